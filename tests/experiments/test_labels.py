"""The study of labels on a tiny model."""

import copy

import pytest

from course_utils import settings
from course_utils.experiments import labels, ladder, ladder_jobs
from course_utils.experiments.ladder_jobs import drawn
from course_utils.experiments.until_best import Rule
from course_utils.methods.names import Method
from course_utils.model.identity import remember_origin
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.recorded.labels import FOLDER, TFIDF, WORDS, by_labels, leads, recorded_labels
from course_utils.recorded.ladder import TRAINED
from tests.experiments.test_label_counts import TURNS, task  # noqa: F401

pytestmark = pytest.mark.slow  # together many seconds


@pytest.fixture
def rungs(monkeypatch, tmp_path, task):  # noqa: F811
    """What the study writes, read as the recorded one."""
    tokenizer = copy.deepcopy(tiny_tokenizer())
    tokenizer.chat_template = TURNS

    def perform_next(perform, next_job, workers):
        while (job := next_job()) is not None:
            yield perform(job)

    def load_model():
        model = tiny_model()
        remember_origin(model, ())
        return model, tokenizer

    monkeypatch.setattr(ladder, "perform_next", perform_next)
    for module in (ladder_jobs, labels):
        monkeypatch.setattr(module, "load_model", load_model)
    monkeypatch.setattr(ladder_jobs.tasks, "load", lambda name: task)
    monkeypatch.setattr(ladder_jobs, "RULE", Rule(8, 2, 1, 1, 2, cooldown=0))
    monkeypatch.setattr(ladder_jobs, "LENGTH", 3)
    monkeypatch.setattr(labels, "COUNTS", (4, 40))
    monkeypatch.setattr(labels, "SEEDS", (0, 1))
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    labels.study_labels(tmp_path, 1)
    before = (tmp_path / FOLDER / f"{settings.COURSE_MODEL}.jsonl").read_text()
    labels.study_labels(tmp_path, 1)
    assert (tmp_path / FOLDER / f"{settings.COURSE_MODEL}.jsonl").read_text() == before
    return recorded_labels()


def test_every_method_has_every_number_of_labels_from_each_draw(rungs, task):  # noqa: F811
    assert {rung.method for rung in rungs} == {WORDS, TFIDF, *TRAINED}
    for method in (TFIDF, *TRAINED):
        own = by_labels(rungs, method)
        assert {n: [r.seed for r in found] for n, found in own.items()} == {4: [0, 1], 40: [0, 1]}
        assert all(len(r.correct) == len(task.test) for found in own.values() for r in found)
    words = by_labels(rungs, WORDS)
    assert list(words) == [0, 4, 40] and words[0][0].chosen == "Sentiment:, calibrated"
    full = by_labels(rungs, Method.FULL.value)[4][0]
    assert full.validation_items == len(task.validation) and full.steps <= 2
    assert list(leads(rungs, Method.FULL.value, WORDS)) == [4, 40]


def test_a_smaller_draw_is_a_part_of_each_larger_one(task):  # noqa: F811
    one, again, other = (drawn(task, seed) for seed in (0, 0, 1))
    assert one == again != other and sorted(one) == list(range(len(task.train)))
    found = task.train["label"][:]
    assert all(len({found[row] for row in drawn(task, seed)[:4]}) == 2 for seed in range(20))
