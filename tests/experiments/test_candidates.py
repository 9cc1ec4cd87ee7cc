"""Candidate prompts on a tiny model: scores as they are and calibrated, and the best of a draw."""

import copy
import types

import datasets
import pytest
import torch

from course_utils.data import prompts
from course_utils.data.prompts import Prompt
from course_utils.experiments import candidates
from course_utils.experiments.candidates import Candidate
from course_utils.measure.scoring import evaluate, label_scores
from course_utils.model.tiny import WORDS, tiny_model, tiny_tokenizer

TURNS = "{% for m in messages %}[user]\n{{ m['content'] }}\n{% endfor %}[assistant]"


def items(count, seed):
    texts = [f"film {seed} {i}" for i in range(count)]
    return datasets.Dataset.from_dict({"text": texts, "label": [i % 2 for i in range(count)]})


@pytest.fixture
def tokenizer():
    tokenizer = copy.deepcopy(tiny_tokenizer())
    tokenizer.chat_template = TURNS
    return tokenizer


def test_there_are_six_templates_two_of_them_chats(tokenizer):
    found = candidates.templates(tokenizer)
    assert len(found) == 6 and found[candidates.PLAIN] == "Review: {text}\nSentiment:"
    chats = [template for template in found.values() if template.startswith("[user]")]
    assert [t.rsplit("[assistant]")[1] for t in chats] == ["Answer:", "Sentiment:"]


def test_each_is_scored_as_it_is_and_with_its_preference_divided_out(tokenizer, monkeypatch):
    given = []

    def calibrate(scores, unlabelled):
        given.append(unlabelled)
        return prompts.calibrate(scores, unlabelled)

    monkeypatch.setattr(candidates, "UNLABELLED", 4)
    monkeypatch.setattr(candidates, "calibrate", calibrate)
    model = tiny_model()
    task = types.SimpleNamespace(label_words=WORDS[:2], train=items(9, 0), test=items(7, 1))
    found = candidates.candidates(model, tokenizer, task)
    assert len(found) == 12 and len({candidate.name for candidate in found}) == 12
    plain, even = found[:2]
    assert (plain.name, even.name) == (candidates.PLAIN, candidates.PLAIN_CALIBRATED)
    prompt = Prompt(candidates.templates(tokenizer)[candidates.PLAIN], WORDS[:2])
    assert plain.correct == evaluate(model, tokenizer, prompt, task.test).correct
    scores = label_scores(model, tokenizer, prompt, task.train["text"][:])
    torch.testing.assert_close(given[0], scores[:4])
    ratio = scores / given[0].mean(0)
    assert torch.equal(even.right, ratio.argmax(1) == torch.tensor(task.train["label"][:]))
    assert torch.equal(plain.right, scores.argmax(1) == torch.tensor(task.train["label"][:]))


def test_the_best_on_the_draw_is_chosen_and_of_equal_ones_the_first():
    rows = {"a": [1, 1, 0, 0], "b": [1, 0, 1, 1], "c": [0, 1, 1, 1]}
    found = [Candidate(name, torch.tensor(right).bool(), "1") for name, right in rows.items()]
    assert candidates.best(found, [0, 1]).name == "a"
    assert candidates.best(found, [1, 2, 3]).name == "c"
    assert candidates.best(found, [0, 1, 2, 3]).name == "b"
