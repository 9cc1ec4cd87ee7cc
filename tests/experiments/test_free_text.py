"""The study of free text on a tiny model: ways to ask, and answers counted from made-up replies."""

import copy
import json
import types

import datasets
import pytest

from course_utils.experiments import free_text
from course_utils.measure.free_text import Reply
from course_utils.model.tiny import WORDS, tiny_model, tiny_tokenizer

TURNS = "{% for m in messages %}[user]\n{{ m['content'] }}\n{% endfor %}[assistant]"
ROWS = [("a bad film", 0), ("a good film", 1), ("bad, bad", 0), ("good", 1), ("fine", 1)]


@pytest.fixture
def tokenizer():
    tokenizer = copy.deepcopy(tiny_tokenizer())
    tokenizer.chat_template = TURNS
    return tokenizer


@pytest.fixture
def task():
    columns = {"text": [text for text, _ in ROWS], "label": [label for _, label in ROWS]}
    data = datasets.Dataset.from_dict(columns)
    words = (WORDS[1], WORDS[0])
    return types.SimpleNamespace(name="movies", label_words=words, train=data, validation=data)


def test_the_shots_are_balanced_and_take_turns(task):
    shots = free_text.balanced_shots(task)
    assert [label for _, label in shots] == [0, 1, 0, 1]
    assert all(shot in ROWS for shot in shots) and len(set(shots)) == 4


def test_the_ways_to_ask(tokenizer, task):
    found = free_text.questions(tokenizer, task)
    assert list(found) == ["raw", "chat", "chain of thought", "4 shots"]
    assert [question.new_tokens for question in found.values()] == [20, 20, 160, 8]
    assert [question.scored for question in found.values()] == [True, True, False, True]
    raw, shots = found["raw"].prompt.render("fine"), found["4 shots"].prompt.render("fine")
    assert shots.endswith(raw) and shots.count("Sentiment:") == 5
    assert found["chat"].prompt.render("fine").endswith("word.\n\nReview: fine\n[assistant]")
    assert "step by step" in found["chain of thought"].prompt.template


def test_what_was_written_is_counted(tokenizer, task, monkeypatch):
    written = ["Negative", "negative or positive", "It is positive", "positive", "?"]

    def write(model, tokenizer, prompt, texts, new_tokens):
        places = [[text for text, _ in ROWS].index(text) for text in texts]
        ids = [[place, 7, 7][:new_tokens] for place in places]
        if len(texts) == 1 and texts != ["good"]:  # one reply is another when it is alone
            ids = [[place, 8, 8] for place in places]
        return [Reply(written[place], row) for place, row in zip(places, ids)]

    monkeypatch.setattr(free_text, "write_replies", write)
    question = free_text.questions(tokenizer, task)["chain of thought"]
    texts, labels = zip(*ROWS)
    design = free_text.measure(None, tokenizer, question, list(texts), list(labels))
    assert (design.parsed, design.correct, design.scored) == ("10110", "10010", "")
    assert (design.same_alone, design.alone, design.tokens) == (1, 5, 15)
    assert design.samples[1] == {
        "text": "a good film", "label": 1, "reply": "negative or positive", "answer": None
    }  # fmt: skip


def test_the_study_asks_in_every_way_and_scores_the_same_prompt(
    tokenizer, task, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(free_text, "load_model", lambda dtype: (tiny_model(), tokenizer))
    monkeypatch.setattr(free_text.tasks, "load", lambda name: task)
    monkeypatch.setattr(free_text, "ITEMS", 5)
    monkeypatch.setattr(free_text, "SENTIMENT_WORDS", task.label_words)
    monkeypatch.setattr(free_text, "REPLY_WORDS", ("N", "P"))
    monkeypatch.setattr(free_text, "ONE_WORD", "One word?")
    monkeypatch.setattr(free_text, "STEP_BY_STEP", "Why?")
    report = free_text.study_free_text(tmp_path)
    assert json.loads((tmp_path / "free_text.json").read_text()) == report
    for name, design in report["designs"].items():
        assert len(design["correct"]) == len(design["parsed"]) == design["alone"] == 5
        assert len(design["scored"]) == (0 if name == "chain of thought" else 5)
        assert design["same_alone"] == 5 and design["tokens"] >= 5
    assert "4 shots: a label in" in capsys.readouterr().out
