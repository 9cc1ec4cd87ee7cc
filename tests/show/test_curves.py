"""Curves: points, intervals, scales, and names that do not stand on each other."""

import pytest

from course_utils.show.curves import curve_figure
from course_utils.show.looks import look
from course_utils.show.style import alt_text

SERIES = {
    "full fine-tuning": [(1, 0.5, 0.4, 0.6), (10, 0.9, 0.8, 1.0)],
    "TF-IDF": [(1, 2), (10, 3)],
}


def drawn(series, **settings):
    figure = curve_figure(series, "labels", "accuracy", "a title", **settings)
    figure.canvas.draw()
    return figure, figure.axes[0]


def test_curves_have_their_points_intervals_and_looks():
    figure, axes = drawn(SERIES)
    one, other = axes.get_lines()
    assert list(one.get_xdata()) == [1, 10] and list(other.get_ydata()) == [2, 3]
    assert (one.get_color(), one.get_marker()) == (
        look("full fine-tuning").colour, look("full fine-tuning").marker
    )  # fmt: skip
    (bars,) = axes.collections
    assert [tuple(path.vertices[:, 1]) for path in bars.get_paths()] == [(0.4, 0.6), (0.8, 1.0)]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("labels", "accuracy")
    assert figure.get_suptitle() == "a title"
    assert "full fine-tuning: 0.5 at 1 to 0.9 at 10" in alt_text(figure)


def test_each_name_stands_at_the_end_of_its_curve():
    _, axes = drawn(SERIES)
    names = {text.get_text(): text.xy for text in axes.texts}
    assert names == {"full fine-tuning": (10, 0.9), "TF-IDF": (10, 3)}


@pytest.mark.parametrize("log", [False, True])
def test_names_of_curves_that_end_together_stand_apart_and_in_the_figure(log):
    series = {name: [(1, 1), (9, 5 + i / 1000)] for i, name in enumerate("abcd")}
    figure, axes = drawn(series, log_x=log, log_y=log)
    boxes = sorted((t.get_window_extent() for t in axes.texts), key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 2 for low, high in zip(boxes, boxes[1:]))
    assert all(box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1 for box in boxes)


def test_scales_and_lines():
    figure, axes = drawn(SERIES, log_x=True, log_y=True, lines={"chance": 0.5})
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert axes.get_lines()[-1].get_ydata()[0] == 0.5
    assert any(text.get_text() == "chance" for text in axes.texts)
    assert alt_text(figure).endswith("chance: 0.5.")
    _, axes = drawn(SERIES)
    assert axes.get_xscale() == axes.get_yscale() == "linear"


def test_a_curve_of_many_points_has_no_marks():
    _, axes = drawn({"loss": [(i, 1 + i) for i in range(100)]})
    assert axes.get_lines()[0].get_marker() in ("", "None")
