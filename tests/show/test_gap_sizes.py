"""Gaps over sizes: lines, families, a title that claims what stands, and a table of the trends."""

import dataclasses

import pytest

from course_utils.errors import CourseError
from course_utils.measure.trend import Trend
from course_utils.recorded.gap_trends import TaskTrend, gap_trends
from course_utils.show.gap_sizes import (
    change_table,
    gap_sizes_figure,
    trend_table,
    trend_title,
)
from course_utils.show.looks import look
from course_utils.show.style import alt_text
from tests.recorded.made_up_studies import FULL, LORA, SOFT, ladder, soft_gap, without

FALLS = TaskTrend(Trend(-6, -9, -3), 0.01, 0.02, [])
GROWS = TaskTrend(Trend(6, 3, 9), 0.01, 0.02, [])
OPEN = TaskTrend(Trend(-6, -13, 1), 0.1, 0.2, [])
GAP = "Prompt tuning: gap to full fine-tuning"


@pytest.fixture(scope="module")
def rungs():
    return ladder()


def test_all_methods_on_the_left_what_is_trained_on_the_right(rungs):
    figure = gap_sizes_figure(rungs)
    figure.canvas.draw()
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["pair", "pair, enlarged", "movies", "movies, enlarged"]
    left, right = ([line for line in a.get_lines() if line.get_label()[0] != "_"]
                   for a in figure.axes[:2])  # fmt: skip
    assert [line.get_label() for line in left] == [
        "zero-shot prompt", "few-shot prompt", SOFT, LORA
    ]  # fmt: skip
    assert [line.get_label() for line in right] == [SOFT, LORA]
    known = [soft_gap("pair", number) for number in range(4)]
    assert list(right[0].get_ydata()) == pytest.approx(known, abs=0.06)
    assert (right[0].get_color(), right[0].get_marker()) == (look(SOFT).colour, look(SOFT).marker)
    assert len(figure.axes[1].collections) == 2 * 4  # bars


def test_marks_of_a_size_lie_side_by_side_and_the_seeds_beside_their_mean(rungs):
    panel = gap_sizes_figure(rungs).axes[1]
    means = [line.get_xdata()[0] for line in panel.get_lines() if line.get_label()[0] != "_"]
    assert means[1] / means[0] == pytest.approx(1.03)
    rings = [line for line in panel.get_lines() if line.get_fillstyle() == "none"]
    assert rings[0].get_xdata()[0] / means[0] == pytest.approx(1.03)


def test_a_stuck_seed_does_not_flatten_the_enlarged_panels(rungs):
    first = next(r for r in rungs if r.method == SOFT and r.seed == 1 and r.validations)
    stuck = dataclasses.replace(first, correct="0" * len(first.correct))
    figure = gap_sizes_figure([stuck if rung is first else rung for rung in rungs])
    panel = figure.axes[1 if first.task == "pair" else 3]
    low, high = panel.get_ylim()
    singles = [line for line in panel.get_lines() if line.get_fillstyle() == "none"]
    edge = [line for line in singles if line.get_marker() == "^"]
    assert len(edge) == 1 and edge[0].get_ydata()[0] == high
    assert high < 50 < figure.axes[0].get_ylim()[1]  # its own gap is 90, and the bar is cut
    rings = [line.get_ydata()[0] for line in singles if line.get_marker() == "o"]
    assert len(rings) == 2 * 4 * 3 - 1 and all(low < points < high for points in rings)


def test_a_solid_line_joins_one_family(rungs):
    axes = gap_sizes_figure(rungs).axes[1]
    joined = [line.get_linestyle() for line in axes.get_lines() if len(line.get_xdata()) == 2]
    assert joined[1:] == [":", ":", "-"] * 2  # after the line at 0


def test_the_words_have_the_numbers(rungs):
    words = alt_text(gap_sizes_figure(rungs))
    assert "pair: prompt tuning 7.1 to 0.7, LoRA 1.0 to 1.0; movies: prompt tuning 4.2" in words
    assert "few-shot prompt on all tasks: from 30 to 30" in words


def test_a_title_claims_what_stands_and_nothing_else(rungs):
    title = trend_title(gap_trends(rungs, SOFT), SOFT)
    assert (
        title == f"{GAP} shrinks with size on pair; no trend of it with size can be shown on movies"
    )
    assert trend_title({"a": OPEN, "b": OPEN}, SOFT) == (
        "Prompt tuning: no trend of the gap to full fine-tuning with size can be shown on a and b"
    )
    assert trend_title({"a": FALLS, "b": FALLS, "c": FALLS}, SOFT) == (
        f"{GAP} shrinks with size on a, b and c"
    )
    assert "grows with size on b" in trend_title({"a": FALLS, "b": GROWS}, SOFT)
    assert trend_title({}, SOFT).endswith("too few sizes for a trend")


def test_a_table_has_a_row_a_method_and_task(rungs):
    frame = trend_table(rungs).frame
    assert frame["gap of"].tolist() == [SOFT, SOFT, LORA, LORA]
    assert frame["task"].tolist() == ["pair", "movies"] * 2
    assert frame["stands"].tolist() == ["yes", "no", "no", "no"]
    assert frame["sizes"].tolist() == ["4"] * 4
    assert frame["points [95 %]"][0].startswith("-6.0 [")
    assert len(trend_table(without(rungs, method=FULL)).frame) == 0


def test_the_ends_of_the_ladder_have_a_row_a_method_and_task(rungs):
    frame = change_table(rungs).frame
    assert frame["gap of"].tolist() == [SOFT, SOFT, LORA, LORA]
    assert frame["task"].tolist() == ["pair", "movies"] * 2
    assert frame["stands"].tolist() == ["yes", "no", "no", "no"]
    assert frame["difference [95 %]"][0].startswith("+6.4 [")
    difference = float(frame["smallest"][0]) - float(frame["largest"][0])
    assert difference == pytest.approx(6.4, abs=0.11)
    assert len(change_table(without(rungs, method=FULL)).frame) == 0


def test_what_is_missing_is_left_out(rungs):
    some = without(
        without(rungs, task="movies", method=FULL), task="pair", method="few-shot prompt"
    )
    figure = gap_sizes_figure(some)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["pair", "pair, enlarged"]
    assert "few-shot" not in alt_text(figure) and "movies" not in alt_text(figure)
    assert "few-shot prompt" not in [t.get_text() for t in figure.legends[0].get_texts()]
    with pytest.raises(CourseError, match="No model has full fine-tuning and another method"):
        gap_sizes_figure(without(rungs, method=FULL))
