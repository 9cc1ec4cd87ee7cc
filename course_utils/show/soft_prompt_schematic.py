"""A drawing of prompt tuning: what is looked up, what is trained, and what stays frozen (lesson 4).

*Words are vectors*.
"""

from collections.abc import Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from course_utils.errors import CourseError
from course_utils.show.looks import GREY, METHODS
from course_utils.show.style import GROUND, INK, described, headline, styled, subplots

NUMBERS, SOFT, WORDS = 9, 3, 7  # of each vector; columns of soft tokens and of words
CELL, WIDE = 0.16, 0.62  # height of a number, width of a column
TRAINED = METHODS["prompt tuning"].colour
VECTORS, MODEL, ANSWER = 1.3, 3.25, 4.55  # heights of the rows
MAP = "Greys"


@styled
def soft_prompt_schematic(
    soft: torch.Tensor, words: Sequence[str], rows: torch.Tensor, answer: str
) -> Figure:
    """Soft tokens and words go into the model as vectors; only the soft tokens learn.

    Args:
        soft: (length, d_model), of which the first three vectors are drawn.
        words: the tokens of a text, of which the last seven are drawn.
        rows: (words, d_model), their rows of the table.
        answer: the word that should come next.

    Raises:
        CourseError: there is not a row for each word, or no soft token.
    """
    if len(words) != len(rows) or not len(words) or not len(soft):
        raise CourseError(
            f"{len(words)} words with {len(rows)} rows and {len(soft)} soft tokens cannot be drawn",
            "give at least one soft token, and a row of the table for each word",
        )
    figure, axes = subplots(3.9)
    axes.set_axis_off()
    first, last = soft[:SOFT], list(words)[-WORDS:]
    columns = len(first) + 1 + len(last)
    strength = rows[-WORDS:].abs().max().item()
    for x, vector in enumerate(first):
        _vector(axes, x, vector, strength, TRAINED)
        axes.text(x, 0.85, f"soft {x}", ha="center", fontsize=8, color=INK)
    axes.text(len(first), VECTORS + NUMBERS * CELL / 2, "...", ha="center", fontsize=12)
    for x, (word, row) in enumerate(zip(last, rows[-WORDS:]), len(first) + 1):
        _vector(axes, x, row, strength, GREY)
        axes.annotate("", (x, VECTORS - 0.08), (x, 0.42),
                      arrowprops={"arrowstyle": "->", "color": GREY})  # fmt: skip
        axes.text(x, 0.1, word.strip() or repr(word)[1:-1], ha="center", fontsize=8.5,
                  parse_math=False,
                  bbox={"facecolor": "white", "edgecolor": GREY, "pad": 2.5})  # fmt: skip
    _words_beside(axes, columns, len(soft))
    axes.add_patch(FancyBboxPatch((-0.4, MODEL), columns - 0.2, 0.75, facecolor="white",
                                  edgecolor=INK, boxstyle="round,pad=0.05"))  # fmt: skip
    axes.text((columns - 1) / 2, MODEL + 0.37, "the model, frozen", ha="center", va="center")
    axes.annotate("", (columns - 1, ANSWER), (columns - 1, MODEL + 0.82),
                  arrowprops={"arrowstyle": "->", "color": INK})  # fmt: skip
    axes.text(columns - 1, ANSWER + 0.08, repr(answer), ha="center", parse_math=False)
    axes.annotate("", (1, VECTORS + NUMBERS * CELL + 0.06), (columns - 1.5, ANSWER + 0.14),
                  arrowprops={"arrowstyle": "->", "color": TRAINED, "linestyle": "--",
                              "linewidth": 1.6, "connectionstyle": "arc3,rad=0.3"})  # fmt: skip
    axes.text(-0.4, ANSWER + 0.08, "the gradient of the loss\nreaches the soft tokens alone",
              fontsize=8.5, va="center")  # fmt: skip
    axes.set(xlim=(-1, columns + 1.6), ylim=(-0.4, ANSWER + 0.5))
    headline(figure, "A soft prompt stands where the vectors of words would stand")
    text = " ".join(word.strip() for word in last)
    return described(
        figure,
        f"{len(soft)} soft tokens, vectors without words, stand before the vectors of the text "
        f"'{text}', which are looked up in the table. All go into the frozen model, whose last "
        f"position should answer {answer!r}. The gradient goes back to the soft tokens alone.",
    )


def _vector(axes: Axes, x: float, vector: torch.Tensor, strength: float, edge: str) -> None:
    """The first numbers of a vector as a column: the darker, the larger in size."""
    shown = vector[:NUMBERS, None].detach().abs().cpu().numpy()
    ends = (x - WIDE / 2, x + WIDE / 2, VECTORS, VECTORS + NUMBERS * CELL)
    axes.imshow(shown, cmap=MAP, vmin=0, vmax=strength, extent=ends, aspect="auto", zorder=1)
    axes.add_patch(FancyBboxPatch((ends[0], VECTORS), WIDE, NUMBERS * CELL, facecolor="none",
                                  edgecolor=edge, linewidth=2, boxstyle="square,pad=0",
                                  zorder=2))  # fmt: skip


def _words_beside(axes: Axes, columns: int, length: int) -> None:
    """What the rows are, at their right."""
    right = columns - 0.35
    for y, text in (
        (VECTORS + NUMBERS * CELL / 2, "vectors"),
        (0.85, "table\nlook-up"),
        (0.18, "words"),
    ):
        axes.text(right, y, text, fontsize=8.5, va="center",
                  bbox={"facecolor": GROUND, "edgecolor": "none", "pad": 1})  # fmt: skip
    axes.text(-0.4, 0.1, f"{length} trained vectors,\nof no word", fontsize=8.5, color=INK)
