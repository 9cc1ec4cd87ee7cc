"""The study of label counts: draws, steps, and the whole on a tiny model."""

import copy
import json
import types

import datasets
import pytest

from course_utils import settings
from course_utils.experiments import label_counts, trainings
from course_utils.experiments.label_counts import Job
from course_utils.model.identity import remember_origin
from course_utils.model.tiny import WORDS, tiny_model, tiny_tokenizer
from course_utils.recorded.label_counts import (
    AS_IT_IS,
    FULL,
    PROMPT,
    TFIDF,
    recorded_label_counts,
)

pytestmark = pytest.mark.slow  # together many seconds

TURNS = "{% for m in messages %}[user]\n{{ m['content'] }}\n{% endfor %}[assistant]"


def items(count, seed):
    texts = [("bad film", "good film")[i % 2] + f" {seed} {i % 7}" for i in range(count)]
    return datasets.Dataset.from_dict({"text": texts, "label": [i % 2 for i in range(count)]})


@pytest.fixture
def task():
    return types.SimpleNamespace(
        name="movies", label_words=WORDS[1::-1], train=items(40, 0), validation=items(12, 1),
        test=items(10, 2), whole_reply=False,
    )  # fmt: skip


@pytest.fixture
def performed(monkeypatch, task):
    """Jobs that were done, in this process, on a tiny model."""
    done = []
    tokenizer = copy.deepcopy(tiny_tokenizer())
    tokenizer.chat_template = TURNS

    def perform_all(perform, jobs, workers):
        for job in jobs:
            done.append(job)
            yield perform(job)

    def load_model(device=None):
        model = tiny_model()
        remember_origin(model, ())
        return model, tokenizer

    monkeypatch.setattr(label_counts, "perform_all", perform_all)
    monkeypatch.setattr(label_counts, "load_model", load_model)
    monkeypatch.setattr(label_counts.tasks, "load", lambda name: task)
    monkeypatch.setattr(label_counts, "COUNTS", (4, 8))
    monkeypatch.setattr(label_counts, "RATES", (1e-3, 1e-2))
    monkeypatch.setattr(label_counts, "LEAST_STEPS", 3)
    monkeypatch.setattr(label_counts, "MOST_STEPS", 6)
    monkeypatch.setattr(trainings, "VALIDATION", 12)
    return done


def test_a_smaller_draw_is_part_of_a_larger_one_and_has_every_label(task, monkeypatch):
    monkeypatch.setattr(label_counts, "COUNTS", (2, 8))
    orders = [label_counts.drawn(task, seed) for seed in range(20)]
    labels = task.train["label"]
    for order in orders:
        assert sorted(order) == list(range(40))
        assert {labels[row] for row in order[:2]} == {0, 1}
    assert len({tuple(order) for order in orders}) == 20
    assert label_counts.drawn(task, 3) == orders[3]


@pytest.mark.parametrize(
    ("labels", "batch_size", "steps", "every"),
    [(16, 16, 60, 10), (64, 32, 60, 10), (256, 32, 60, 10), (1024, 32, 192, 32),
     (8068, 32, 490, 82)],
)  # fmt: skip
def test_steps_are_six_epochs_between_two_limits(labels, batch_size, steps, every):
    config = label_counts.config_of(Job(FULL, labels, 2, 5e-5))
    assert (config.batch_size, config.steps, config.validate_every) == (batch_size, steps, every)
    assert (config.learning_rate, config.seed) == (5e-5, 2)


def test_the_study_gives_each_method_its_labels(performed, monkeypatch, tmp_path, capsys):
    report = label_counts.study_label_counts(tmp_path, workers=3)
    assert json.loads((tmp_path / "label_counts.json").read_text()) == report
    assert report["versions"]["scikit-learn"] != "unknown"
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    found = recorded_label_counts()
    seeds = {
        method: {n: [row.seed for row in rows] for n, rows in found.of(method).items()}
        for method in found.methods()
    }
    three = [0, 1, 2]
    assert seeds == {
        PROMPT: {0: [0], 4: three, 8: three, 40: [0]},
        AS_IT_IS: {0: [0]},
        TFIDF: {4: three, 8: three, 40: [0]},
        FULL: {4: three, 8: three, 40: three},
    }
    assert len(found.trainings) == 3 * (2 + 2) and len(found.settings["templates"]) == 6
    assert found.curve(TFIDF)[-1].mean == 1.0  # one word tells the labels apart
    assert found.of(FULL)[4][0].labels_used == 16
    assert "TF-IDF, 40 labels, seed 0: 1.000 (C = " in capsys.readouterr().out


def test_the_study_goes_on_where_it_was_cut_off(performed, tmp_path):
    whole = label_counts.study_label_counts(tmp_path, workers=3)
    path = tmp_path / "label_counts.json"
    cut = json.loads(path.read_text())
    words = next(row for row in cut["answers"] if row["method"] == TFIDF and row["labels"] == 8)
    cut["answers"].remove(words)
    tuned = [cut["trainings"].pop(), cut["trainings"].pop(0)]
    path.write_text(json.dumps(cut))
    performed.clear()
    again = label_counts.study_label_counts(tmp_path, workers=3)
    assert [job.method for job in performed].count(FULL) == len(tuned)
    assert Job(TFIDF, 8, words["seed"]) in performed and len(performed) == 3
    for kind in ("answers", "trainings"):
        assert sorted(map(str, again[kind])) == sorted(map(str, whole[kind]))
