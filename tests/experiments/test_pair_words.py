"""The study of words on pairs, on a tiny model and made-up pairs."""

import json
import types

import datasets
import pytest
import torch

from course_utils.data.pairs import pair_text
from course_utils.data.prompts import calibrate
from course_utils.experiments import pair_words
from course_utils.experiments.pair_prompts import PLAIN, Ask
from course_utils.measure.scoring import label_scores
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.recorded import runs
from course_utils.recorded.pair_words import Asked

WORDS = (" good", " bad")
ASKS = {PLAIN: Ask("{text}", "So:", WORDS), "turned": Ask("{text}", "So:", WORDS[::-1])}


def items(count, seed):
    texts = [pair_text(f"film {i} of {seed}", f"tweet {i * i}") for i in range(count)]
    return datasets.Dataset.from_dict({"text": texts, "label": [i % 2 for i in range(count)]})


@pytest.fixture
def task(monkeypatch):
    task = types.SimpleNamespace(
        name="pair", train=items(20, 0), validation=items(10, 1), test=items(6, 2)
    )
    monkeypatch.setattr(pair_words, "ASKS", ASKS)
    monkeypatch.setattr(pair_words, "SHOTS", (0, 2))
    monkeypatch.setattr(pair_words.tasks, "load", lambda name: task)
    monkeypatch.setattr(pair_words, "load_model", lambda dtype: (tiny_model(), tiny_tokenizer()))
    return task


def scores(task, split):
    prompt = ASKS[PLAIN].prompt(tiny_tokenizer(), [])
    return label_scores(tiny_model(), tiny_tokenizer(), prompt, getattr(task, split)["text"][:])


def test_each_template_is_asked_with_all_shots_and_draws(task):
    rows = list(pair_words.ask_all(tiny_model(), tiny_tokenizer(), task))
    expected = [(name, *shots) for name in ASKS for shots in ((0, 0), (2, 0), (2, 1))]
    assert [(row.template, row.shots, row.draw) for row in rows] == expected
    found, labels = scores(task, "validation"), torch.tensor(task.validation["label"][:])
    plain = (found.argmax(1) == labels).float().mean().item()
    even = (calibrate(found, found).argmax(1) == labels).float().mean().item()
    assert (rows[0].plain, rows[0].calibrated) == pytest.approx((plain, even), abs=1e-4)
    ones, zeros = found[labels == 1, 1], found[labels == 0, 1]
    auc = (ones[:, None] > zeros).float().mean().item()
    assert rows[0].auc == pytest.approx(auc)


def test_turned_words_turn_the_answers(task):
    rows = list(pair_words.ask_all(tiny_model(), tiny_tokenizer(), task))
    assert rows[3].template == "turned"
    assert rows[3].auc == pytest.approx(1 - rows[0].auc)
    assert rows[3].plain == pytest.approx(1 - rows[0].plain)


def test_the_preference_of_the_best_is_that_of_the_validation_pairs(task, monkeypatch):
    references = []

    def keep(scores, reference):
        references.append(reference)
        return calibrate(scores, reference)

    monkeypatch.setattr(pair_words, "calibrate", keep)
    best = Asked(PLAIN, 0, 0, 0.5, 0.6, 0.5)
    answers = pair_words.answer_test(tiny_model(), tiny_tokenizer(), task, best, True)
    even = calibrate(scores(task, "test"), scores(task, "validation"))
    right = even.argmax(1) == torch.tensor(task.test["label"][:])
    assert answers["best"].correct == "".join("01"[int(x)] for x in right)
    torch.testing.assert_close(references, [scores(task, "validation")])
    assert answers["best"].name == "question, 0 shots, calibrated"
    right = scores(task, "test").argmax(1) == torch.tensor(task.test["label"][:])
    assert answers["plain"].correct == "".join("01"[int(x)] for x in right)
    assert answers["plain"].said_a == pytest.approx(
        (scores(task, "test").argmax(1) == 0).float().mean().item(), abs=1e-4
    )


def test_the_report_has_all_that_was_asked_and_four_sets_of_answers(task, tmp_path, capsys):
    report = pair_words.study_pair_words(tmp_path)
    assert json.loads((tmp_path / "pair_words.json").read_text()) == report
    assert len(report["asked"]) == 6
    assert report["settings"]["templates"][PLAIN] == "{text}\nSo:"
    assert (report["settings"]["validation"], report["settings"]["test"]) == (10, 6)
    assert list(report["answers"]) == ["plain", "best", "one_by_one", "bag_of_words"]
    assert all(len(runs.unpack(row["correct"])) == 6 for row in report["answers"].values())
    assert "turned, 2 shots, draw 1" in capsys.readouterr().out
