"""Tables and the figure of the recorded study of QLoRA."""

import pytest

from course_utils.measure.means import Mean
from course_utils.recorded.qlora import ROUNDED, perplexity_ratio
from course_utils.show.looks import look
from course_utils.show.qlora import (
    _times,
    against_table,
    merge_table,
    rates_figure,
    rates_table,
    ratios_table,
)
from course_utils.show.style import alt_text
from tests.recorded.made_up_qlora import made_up

REPORT = made_up()
ARMS = ["LoRA", "QLoRA", "QLoRA, libraries", "LoftQ"]


def cells(table):
    return table.frame.to_dict("records")


def test_two_arms_are_compared_in_points():
    (row,) = cells(against_table(REPORT, [("QLoRA", "LoRA")], "c"))
    assert row[""] == "QLoRA less LoRA" and row["points [95 %]"].startswith("+0.0 [-")


def test_a_merge_is_compared_with_the_unmerged_model():
    ways = ["original", "dequantised", "dequantised" + ROUNDED]
    rows = cells(merge_table(REPORT, "QLoRA", ways, "c"))
    assert [row["bits"] for row in rows] == ["16", "16", "4"]
    assert rows[0]["perplexity"] == "130" and rows[0]["times unmerged [95 %]"].startswith("0.73")
    assert [row["points [95 %]"].split()[0] for row in rows] == ["+0.0", "+0.0", "-0.5"]


def test_rates_that_all_arms_tried_are_shown_with_the_chosen_one():
    rows = cells(rates_table(REPORT, ["LoRA", "QLoRA"], "c"))
    assert [row["rate"] for row in rows] == ["0.0002", "0.0005", "0.001", "0.002"]
    assert [row["LoRA"] for row in rows] == ["132", "135 *", "140", "150"]


def test_the_ratio_of_two_arms_is_paired_by_seed_at_each_rate():
    rows = cells(ratios_table(REPORT, [("QLoRA", "LoRA"), ("LoftQ", "QLoRA")], "c"))
    assert [row["rate"] for row in rows] == ["0.0002", "0.0005", "0.001", "0.002"]
    expected = perplexity_ratio(REPORT.tried("QLoRA", 5e-4), REPORT.tried("LoRA", 5e-4))
    assert expected.mean == pytest.approx((180 / 135 * 181 / 136) ** 0.5)
    assert rows[1]["QLoRA / LoRA"] == f"1.33 [{expected.low:.2f}, {expected.high:.2f}]"
    assert rows[1]["LoftQ / QLoRA"].startswith("0.89 [")


def test_by_rate_every_arm_has_a_line_filled_where_it_was_chosen():
    figure = rates_figure(REPORT, ["LoRA", "QLoRA"], "a title")
    left, right = figure.axes
    assert [len(line.get_xdata()) for line in left.lines] == [4, 1, 4, 1]
    assert right.lines[0].get_ydata() == pytest.approx([132.5, 135.5, 140.5, 150.5], rel=1e-3)
    assert left.lines[1].get_xdata()[0] == 5e-4 and right.lines[1].get_ydata()[0] > 135
    assert right.get_yscale() == "log" and len(right.lines) == 6  # and two untrained models
    assert "LoRA 0.0005, 135; QLoRA 0.0005, 180" in alt_text(figure)


def test_every_method_has_its_own_colour_and_arms_of_one_method_another_mark():
    figure = rates_figure(REPORT, ARMS, "a title")
    lines = {line.get_label(): line for line in figure.axes[0].lines[::2]}
    assert list(lines) == ARMS
    for arm in ARMS[:3]:
        assert lines[arm].get_color() == look(arm).colour
        assert lines[arm].get_marker() == look(arm).marker
    assert lines["QLoRA"].get_color() == lines["QLoRA, libraries"].get_color()
    assert [line.get_linestyle() for line in lines.values()] == ["-", "-", "--", "-"]
    untrained = {line.get_color() for line in figure.axes[1].lines[-2:]}
    assert lines["LoftQ"].get_color() not in {look(arm).colour for arm in ARMS[:3]} | untrained


def test_a_factor_beyond_all_meaning_is_not_written_out():
    assert _times(Mean(1463.2, 0.001, 3e10, 2)) == "1,463 [0.00, > 9,999]"
    assert _times(Mean(1.5, 1.2, 120.4, 2)) == "1.50 [1.20, 120]"


def test_no_table_is_wider_than_90_characters():
    ways = ["original", "original" + ROUNDED, "dequantised", "dequantised" + ROUNDED]
    tables = (
        against_table(REPORT, [("QLoRA, attention, rank 21", "QLoRA, attention")], "c"),
        merge_table(REPORT, "QLoRA", ways, "c"),
        rates_table(REPORT, ARMS, "c"),
        ratios_table(REPORT, [("QLoRA, libraries", "LoRA")], "c"),
    )
    for found in tables:
        assert max(map(len, repr(found).split("\n"))) <= 90
