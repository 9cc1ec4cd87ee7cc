"""Trends of gaps over sizes: a known one, none, and what holds for all tasks together."""

import pytest

from course_utils.measure.holm import adjusted
from course_utils.measure.trend import Trend
from course_utils.recorded.gap_trends import TaskTrend, gap_trends
from tests.recorded.made_up_studies import FULL, LORA, MODELS, SLOPES, SOFT, ladder, without


@pytest.fixture(scope="module")
def rungs():
    return ladder()


def test_a_known_slope_is_found_and_its_absence_is_not_claimed(rungs):
    found = gap_trends(rungs, SOFT)
    assert list(found) == list(SLOPES)
    assert found["pair"].trend.slope == pytest.approx(SLOPES["pair"], abs=0.3)
    assert found["pair"].stands and found["pair"].trend.high < 0
    assert not found["movies"].stands and found["movies"].trend.low < 0 < found["movies"].trend.high
    p_values = [each.p for each in found.values()]
    assert [each.holm_p for each in found.values()] == adjusted(p_values)
    assert [len(each.gaps) for each in found.values()] == [4, 4]


def test_a_trend_must_stand_all_tasks_taken_together_and_its_interval_leave_out_0():
    assert TaskTrend(Trend(-6, -9, -3), 0.01, 0.04, []).stands
    assert not TaskTrend(Trend(-6, -9, -3), 0.03, 0.06, []).stands
    assert not TaskTrend(Trend(-6, -13, 1), 0.01, 0.04, []).stands


def test_a_line_needs_three_sizes(rungs):
    *_, last = MODELS
    three = without(rungs, model=last, task="pair", method=FULL)
    assert [len(each.gaps) for each in gap_trends(three, SOFT).values()] == [3, 4]
    two = without(three, model="gemma-3-270m", task="pair", method=FULL)
    assert list(gap_trends(two, SOFT)) == ["movies"]
    assert gap_trends(without(rungs, method=LORA), LORA) == {}
