"""The report of QLoRA: means, ratios and choices by their definitions."""

import math

import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.measure.means import mean_of
from course_utils.measure.seeds import compare_means
from course_utils.recorded.qlora import (
    Merge,
    Trial,
    chosen_rate,
    difference,
    losses,
    perplexity,
    perplexity_ratio,
    recorded_qlora,
)
from tests.recorded.made_up_qlora import made_up

REPORT = made_up()


def merges(*values):
    return [Merge("a", seed, "original", "1101", value) for seed, value in enumerate(values)]


def test_the_ratio_is_the_geometric_mean_of_each_seeds_own():
    first, second = merges(120.0, 150.0, 90.0), merges(100.0, 100.0, 100.0)
    found = perplexity_ratio(first, second)
    logs = [math.log(1.2), math.log(1.5), math.log(0.9)]
    assert found.mean == pytest.approx((1.2 * 1.5 * 0.9) ** (1 / 3))
    assert found.low == pytest.approx(math.exp(mean_of(logs).low)) and found.n == 3
    same = perplexity_ratio(first, merges(100.0, 125.0, 75.0))
    assert same.low == pytest.approx(same.high) == pytest.approx(1.2)
    with pytest.raises(CourseError, match="cannot be paired"):
        perplexity_ratio(first, second[:2])


def test_the_mean_perplexity_is_that_of_the_losses():
    assert perplexity(merges(100.0, 400.0)).mean == pytest.approx(200)


def test_the_difference_is_of_means_over_seeds():
    first, second = REPORT.of("QLoRA"), REPORT.of("LoRA")
    assert difference(first, second) == compare_means(
        [t.correct for t in first], [t.correct for t in second]
    )


def test_a_rate_is_chosen_by_the_mean_over_its_seeds():
    tried = ((1e-3, 0, 0.1), (1e-3, 1, 0.5), (5e-4, 0, 0.2), (5e-4, 1, 0.2), (2e-3, 0, 0.1))
    trials = [Trial("a", rate, seed, 1, loss, 9.0) for rate, seed, loss in tried]
    assert losses(trials, "a") == pytest.approx({5e-4: 0.2, 1e-3: 0.3})
    assert chosen_rate(trials, "a") == 5e-4
    assert losses(trials, "b") == {}


def test_arms_seeds_and_merges_are_found_in_order():
    assert [arm.name for arm in REPORT.arms][-1] == "LoRA, attention" and len(REPORT.arms) == 11
    assert [t.seed for t in REPORT.of("LoftQ")] == [0, 1, 2, 3, 4]
    assert [m.seed for m in REPORT.merged("QLoRA", "dequantised")] == [0, 1, 2, 3, 4]
    assert REPORT.chosen("LoftQ") == 5e-4
    assert [t.seed for t in REPORT.tried("LoftQ", 1e-3)] == [0, 1] and not REPORT.tried("x", 1e-3)
    assert REPORT.start("NF4").rmse > REPORT.start("bfloat16").rmse == 0


def test_what_was_never_recorded_says_how_to_make_it(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    with pytest.raises(CourseError, match="python -m course_utils experiments qlora"):
        recorded_qlora()
