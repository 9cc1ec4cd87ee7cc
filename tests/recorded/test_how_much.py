"""The report of how much is trained: choices and summaries by their definitions, made up."""

import dataclasses

import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.measure.seeds import compare_means
from course_utils.recorded.how_much import (
    Training,
    Trial,
    at_edge,
    chosen_rate,
    losses,
    recorded_how_much,
)
from course_utils.recorded.reports import write_report
from course_utils.recorded.rows import to_row

TRIALS = [
    Trial("all", 2e-5, 10, 6, 0.30),
    Trial("all", 1e-5, 10, 8, 0.35),
    Trial("all", 5e-5, 10, 4, 0.40),
    Trial("head", 1e-3, 90, 80, 0.5),
    Trial("head", 1e-2, 90, 80, 0.4),
]
ANSWERS = {"all": ["1110", "1111"], "head": ["1100", "1010"]}
TRAININGS = [
    Training(
        variant=name,
        learning_rate=rate,
        steps=10,
        best_step=best,
        loss=0.3,
        seed=seed,
        trainable_parameters=count,
        seconds=12.0 + 30 * seed,
        peak_memory=100,
        alone=seed == 0,
        correct=ANSWERS[name][seed],
        perplexity=perplexity,
    )
    for name, rate, count, best, perplexity in (
        ("all", 2e-5, 500, 10, 120.0),
        ("head", 1e-2, 5, 8, None),
    )
    for seed in (1, 0)
]
REPORT = {
    "settings": {"task": "movies"},
    "device": "a GPU",
    "versions": {},
    "date": "2026-11-26",
    "workers": 6,
    "trials": [to_row(trial) for trial in TRIALS],
    "trainings": [to_row(training) for training in TRAININGS],
    "correct_before": "1000",
    "perplexity_before": 100.0,
}


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    return tmp_path


def test_the_rate_with_the_lowest_loss_is_chosen_and_an_edge_is_seen():
    assert list(losses(TRIALS, "all")) == [1e-5, 2e-5, 5e-5]
    assert chosen_rate(TRIALS, "all") == 2e-5 and not at_edge(TRIALS, "all")
    assert chosen_rate(TRIALS, "head") == 1e-2 and at_edge(iter(TRIALS), "head")


def test_a_variant_shows_all_seeds_and_the_time_of_the_one_alone(folder):
    write_report(folder, "how_much", REPORT)
    report = recorded_how_much()
    head, everything = report.variants()
    assert (head.name, head.trainable_parameters, head.at_edge) == ("head", 5, True)
    assert head.accuracies.values == (0.5, 0.5) and head.perplexities is None
    assert everything.accuracies.values == (0.75, 1.0) and everything.seconds == 12.0
    assert everything.perplexities.mean == 120.0
    assert head.stopped_improving and not everything.stopped_improving
    assert [training.seed for training in report.of("all")] == [0, 1]
    assert report.difference("all", "head") == compare_means(ANSWERS["all"], ANSWERS["head"])


def test_one_seed_that_improved_to_the_end_is_enough():
    longer = dataclasses.replace(TRAININGS[2], best_step=10)
    assert TRAININGS[2].stopped_improving and not longer.stopped_improving
    assert longer.interval[0] < longer.accuracy < longer.interval[1]


def test_what_was_not_recorded_says_how_to_make_it(folder):
    with pytest.raises(CourseError, match="experiments how_much"):
        recorded_how_much()
