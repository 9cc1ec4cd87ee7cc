"""Prompts before and after: where marks stand, what is printed, families and stages."""

import pytest

from course_utils.show.dumbbell import dumbbell_figure
from course_utils.show.style import alt_text

ROWS = [
    ("plain", "words", 0.6, 0.75),
    ("$4$ shots", "shots", 0.8, 0.7),
    ("more", "words", 0.5, 0.5),
]


def marks(axes):
    """Of each mark: value, row, marker, colour."""
    single = [line for line in axes.get_lines() if len(line.get_xdata()) == 1]
    return [
        (line.get_xdata()[0], line.get_ydata()[0], line.get_marker(), line.get_color())
        for line in single
    ]


def test_each_row_has_a_line_between_its_two_marks():
    (axes,) = dumbbell_figure(ROWS, "t").axes
    joined = [
        (*line.get_xdata(), line.get_ydata()[0]) for line in axes.get_lines()
        if len(line.get_xdata()) == 2
    ]  # fmt: skip
    assert joined == [(0.6, 0.75, 0), (0.7, 0.8, 1), (0.5, 0.5, 2)]
    found = marks(axes)
    assert [(x, y) for x, y, *_ in found[:4]] == [(0.6, 0), (0.75, 0), (0.8, 1), (0.7, 1)]
    assert len({marker for *_, marker, _ in found}) == 2
    bottom, top = axes.get_ylim()
    assert bottom > 2 and top < 0  # the first row stands on top
    assert [label.get_text() for label in axes.get_yticklabels()] == [row[0] for row in ROWS]


def test_families_have_colours_and_values_are_printed():
    (axes,) = dumbbell_figure(ROWS, "t").axes
    colours = [mark[3] for mark in marks(axes)]
    assert colours[0] == colours[1] == colours[4] != colours[2]
    assert [t.get_text() for t in axes.texts[:4]] == ["0.600", "0.750", "0.700", "0.800"]


def test_three_stages_have_three_markers_and_a_legend():
    stages = {"as it is": 0.6, "calibrated": 0.7, "threshold": 0.8}
    figure = dumbbell_figure([("one", "x", stages)], "t")
    assert len({marker for *_, marker, _ in marks(figure.axes[0])}) == 3
    assert [t.get_text() for t in figure.legends[0].get_texts()] == [*stages, "x"]
    assert "as it is then calibrated then threshold: one 0.600 to 0.700 to 0.800" in alt_text(
        figure
    )


def test_the_names_of_two_stages_can_be_chosen():
    figure = dumbbell_figure(ROWS, "t", before="own words", after="chat")
    assert [t.get_text() for t in figure.legends[0].get_texts()][:2] == ["own words", "chat"]


def test_the_baseline_is_drawn_where_it_is_given():
    assert not any("baseline" in t.get_text() for t in dumbbell_figure(ROWS, "t").axes[0].texts)
    (axes,) = dumbbell_figure(ROWS, "t", 0.51).axes
    assert axes.texts[-1].get_text() == "majority baseline 0.510"


@pytest.mark.parametrize(("quick", "title"), [("0", "t"), ("1", "t (quick run)")])
def test_a_quick_run_is_marked(quick, title, monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", quick)
    assert dumbbell_figure(ROWS, "t").get_suptitle() == title


def test_two_dozen_prompts_fit_a_screen():
    assert dumbbell_figure(ROWS * 8, "t").get_figheight() <= 7.6
