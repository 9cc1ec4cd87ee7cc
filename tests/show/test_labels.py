"""Texts beside points stand on no mark, on no other text, and inside the frame."""

import numpy
import pytest
from matplotlib.text import Text

from course_utils.show.labels import label_points
from course_utils.show.style import described, styled, subplots


@styled
def labelled(points, texts, others=()):
    figure, axes = subplots(3.5)
    marks = numpy.array([*points, *others], float).reshape(-1, 2)
    axes.scatter(*marks.T, s=20)
    axes.margins(0.15)
    label_points(axes, numpy.array(points, float), texts, marks[len(points) :])
    return described(figure, "points")


def boxes(figure):
    figure.canvas.draw()
    (axes,) = figure.axes
    return axes, [
        Text.get_window_extent(text) for text in axes.texts
    ]  # without a line to its point


@pytest.mark.parametrize("seed", range(5))
def test_no_text_stands_on_another_nor_across_the_frame(seed):
    points = numpy.random.default_rng(seed).normal(size=(15, 2))
    axes, found = boxes(labelled(points, [f"' word{i}'" for i in range(15)]))
    frame = axes.get_window_extent()
    for i, box in enumerate(found):
        assert not any(box.shrunk(0.95, 0.8).overlaps(o.shrunk(0.95, 0.8)) for o in found[:i])
        assert frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0


def test_a_text_covers_no_mark_where_there_is_room():
    others = [(0.1, 0), (0.2, 0), (1, 1), (-1, -1)]  # to the right of the point
    axes, [box] = boxes(labelled([(0, 0)], ["word"], others))
    for mark in [(0, 0), *others]:
        assert not box.contains(*axes.transData.transform(mark))


def test_a_point_alone_has_its_text_to_the_right():
    axes, [box] = boxes(labelled([(0, 0)], ["$x_{$"], [(1, 1), (-1, -1)]))
    x, y = axes.transData.transform((0, 0))
    assert x < box.x0 < x + 15 and box.y0 < y < box.y1
    assert axes.texts[0].get_text() == "$x_{$"
