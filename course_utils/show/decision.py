"""What to use, as questions in order: the first that is answered with yes decides (lesson 6)."""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from course_utils.errors import CourseError
from course_utils.show.looks import look
from course_utils.show.style import INK, described, headline, styled, subplots
from course_utils.show.tables import Table, table

LEFT, RIGHT, GAP = 0.30, 0.62, 0.08  # of the width: question, answer, and what is between them
QUESTION, ANSWER = 27, 68  # letters in a line
HEIGHT, LINE = 0.86, 0.155  # of a box, in rows, and inches of a line
TITLE = "What to use: the first question that you answer with yes decides"


class Choice(NamedTuple):
    """A question, and what to use if the answer is yes.

    Attributes:
        question: ends in a question mark; of the last choice what is left.
        use: one or more methods.
        because: what was measured.
    """

    question: str
    use: str
    because: str


@styled
def decision_figure(choices: Sequence[Choice], title: str = TITLE) -> Figure:
    """A row a choice: the question, and an arrow to what to use, with the measured numbers.

    Raises:
        CourseError: there is no choice.
    """
    if not choices:
        raise CourseError("There is no choice to draw", "give at least one")
    lines = max(len(_answer(choice)) for choice in choices)
    figure, axes = subplots(0.6 + len(choices) * (0.28 + LINE * (1 + lines)))
    axes.set_axis_off()
    axes.set(xlim=(-0.004, 1.004), ylim=(len(choices) - 0.5, -0.5))
    for row, choice in enumerate(choices):
        _draw(axes, row, choice)
        if row + 1 < len(choices):
            _arrow(axes, (LEFT / 2, row + HEIGHT / 2), (LEFT / 2, row + 1 - HEIGHT / 2))
            axes.text(LEFT / 2 + 0.01, row + 0.5, "no", fontsize=8, va="center")
    headline(figure, title)
    words = (f"{c.question} {c.use}" for c in choices)
    return described(figure, f"Questions and what to use: {'; '.join(words)}.")


def decision_table(choices: Sequence[Choice]) -> Table:
    """The same as a table."""
    rows = [{"if": c.question, "use": c.use, "measured": c.because} for c in choices]
    return table(rows, TITLE)


def _answer(choice: Choice) -> list[str]:
    return textwrap.wrap(choice.because, ANSWER)


def _draw(axes: Axes, row: int, choice: Choice) -> None:
    start = LEFT + GAP
    _box(axes, 0, row, LEFT, INK, 0.9)
    question = textwrap.fill(choice.question, QUESTION)
    axes.text(LEFT / 2, row, question, ha="center", va="center", fontsize=8.5, parse_math=False)
    _arrow(axes, (LEFT, row), (start, row))
    axes.text((LEFT + start) / 2, row - 0.06, "yes", fontsize=8, ha="center", va="bottom")
    _box(axes, start, row, RIGHT, look(choice.use).colour, 2.0)
    axes.text(start + 0.012, row - 0.36, choice.use, fontsize=9, fontweight="bold", va="top",
              parse_math=False)  # fmt: skip
    axes.annotate("\n".join(_answer(choice)), (start + 0.012, row - 0.36), (0, -13), va="top",
                  textcoords="offset points", fontsize=8, parse_math=False)  # fmt: skip


def _box(axes: Axes, x: float, row: int, width: float, colour: str, line: float) -> None:
    axes.add_patch(FancyBboxPatch((x, row - HEIGHT / 2), width, HEIGHT, facecolor="none",
                                  boxstyle="round,pad=0,rounding_size=0.01", edgecolor=colour,
                                  linewidth=line))  # fmt: skip


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": INK, "shrinkA": 0,
                                              "shrinkB": 0})  # fmt: skip
