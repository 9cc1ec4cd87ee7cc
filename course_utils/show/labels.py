"""Write texts beside points so that they cover nothing (lesson 4's maps)."""

from collections.abc import Sequence

import numpy
from matplotlib.axes import Axes

from course_utils.show.style import HALO

SIZE = 8  # points
HEIGHT, LETTER = 1.2 * SIZE, 0.56 * SIZE  # of a line, and the width of a letter on average
MARK = 3.5  # points: half of a mark
# Where a text may stand, from its point: the near places first, right before left.
PLACES = [
    (distance * x, distance * y)
    for distance in (1, 1.8, 3, 4.5, 6)
    for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
]


def label_points(
    axes: Axes, points: numpy.ndarray, texts: Sequence[str], others: numpy.ndarray
) -> None:
    """Write a text beside each point, where it covers the fewest marks and other texts.

    Call it last, when title and legend have their room already. A text that had to go far gets a
    line to its point.

    Args:
        points: (n, 2), in the units of the axes.
        texts: one a point; ``$`` is a ``$``.
        others: (m, 2), further marks that no text should cover.
    """
    axes.figure.draw_without_rendering()  # so that the axes have their place
    scale = _points_a_unit(axes)
    marks = numpy.concatenate([points, others]) * scale
    taken: list[tuple[float, float, float, float]] = []
    for place, text in zip(points, texts):
        choices = [_box(place * scale, place_at, text) for place_at in PLACES]
        costs = [_cost(axes, scale, box, taken, marks) for box in choices]
        best = int(numpy.argmin(costs))
        taken.append(choices[best])
        left, bottom, right, top = choices[best]
        centre = numpy.array([(left + right) / 2, (bottom + top) / 2]) - place * scale
        far = {"arrowstyle": "-", "linewidth": 0.5} if best >= 16 else None
        axes.annotate(text, place, centre, textcoords="offset points", fontsize=SIZE, ha="center",
                      va="center", parse_math=False, arrowprops=far, zorder=5,
                      path_effects=HALO)  # fmt: skip


def _points_a_unit(axes: Axes) -> numpy.ndarray:
    """(2,): how many points one unit of each axis is."""
    box, figure = axes.get_position(), axes.figure
    size = 72 * numpy.array(
        [box.width * figure.get_figwidth(), box.height * figure.get_figheight()]
    )
    return size / numpy.ptp([axes.get_xlim(), axes.get_ylim()], axis=1)


def _box(
    point: numpy.ndarray, direction: tuple[float, float], text: str
) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a text in that direction from its point, in points."""
    width, (along, up) = LETTER * len(text), direction
    side = numpy.sign(along) * (MARK + 1 + width / 2) + (along - numpy.sign(along)) * HEIGHT
    x, y = point[0] + side, point[1] + up * (HEIGHT if along == 0 else HEIGHT / 2) * 1.1
    return x - width / 2, y - HEIGHT / 2, x + width / 2, y + HEIGHT / 2


def _cost(
    axes: Axes,
    scale: numpy.ndarray,
    box: tuple[float, float, float, float],
    taken: list[tuple[float, float, float, float]],
    marks: numpy.ndarray,
) -> float:
    """How much stands in the way: texts, the frame, marks."""
    left, bottom, right, top = box
    texts = sum(left < x1 and right > x0 and bottom < y1 and top > y0 for x0, y0, x1, y1 in taken)
    inside = (marks > [left - MARK, bottom - MARK]) & (marks < [right + MARK, top + MARK])
    (x0, x1), (y0, y1) = (numpy.array(axes.get_xlim()) * scale[0],
                          numpy.array(axes.get_ylim()) * scale[1])  # fmt: skip
    outside = left < x0 or right > x1 or bottom < y0 or top > y1
    return 10.0 * texts + 20.0 * outside + float(inside.all(1).sum())
