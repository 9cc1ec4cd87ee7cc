"""A drawing, to scale, of a weight matrix and of what LoRA puts beside it.

Lesson 3, *The layer*.
"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.show.looks import BLUE, GREY, ORANGE
from course_utils.show.style import WIDTH, described, headline, styled, subplots
from course_utils.validate import whole

GAP = 0.05  # between a factor and the product, as a share of the width of the weight


@styled
def lora_schematic(name: str, out: int, in_: int, rank: int) -> Figure:
    """``W0 + alpha/r B A`` with every side of every matrix in proportion.

    Args:
        name: of the layer.
        out, in_: of its weight, (out, in).
        rank: of the update.

    Raises:
        CourseError: a side is no whole number of at least 1.
    """
    out, in_, rank = (whole(*each, 1) for each in (("out", out), ("in", in_), ("rank", rank)))
    gap = GAP * in_
    column, product = in_ + 5 * gap, in_ + 5 * gap + rank + gap  # where B and B A begin
    top = out + gap  # where A stands
    ends = (-gap, product + in_ + gap)
    figure, axes = subplots((WIDTH - 0.4) * top / (ends[1] - ends[0]) + 1.0)
    axes.set_axis_off()
    axes.set(aspect="equal", xlim=ends, ylim=(-0.2 * out, top + rank + 0.22 * out))
    for corner, sides, look in (
        ((0, 0), (in_, out), {"facecolor": GREY, "alpha": 0.45}),
        ((column, 0), (rank, out), {"facecolor": BLUE}),
        ((product, top), (in_, rank), {"facecolor": ORANGE}),
        ((product, 0), (in_, out), {"fill": False, "edgecolor": GREY, "linestyle": ":"}),
    ):
        axes.add_patch(Rectangle(corner, *sides, **look))
    _write(axes, in_ / 2, out / 2, f"$W_0$: {out} x {in_}\nfrozen")
    _write(axes, in_ + 2.3 * gap, out / 2, r"$+\;\frac{\alpha}{r}$", size=13)
    _write(axes, column + rank / 2, -0.1 * out, f"$B$: {out} x {rank}, trained")
    _write(axes, product + in_ / 2, top + rank + 0.1 * out, f"$A$: {rank} x {in_}, trained")
    _write(axes, product + in_ / 2, out / 2,
           f"$B A$: as large as $W_0$, of rank {rank};\nneed not be stored")  # fmt: skip
    trained, frozen = rank * (out + in_), out * in_
    share = f"{trained:,} numbers train beside {frozen:,}, {trained / frozen:.1%}"
    headline(figure, f"{name} at rank {rank}, to scale: {share}")
    return described(
        figure,
        f"To scale: the frozen weight of {name}, {out} x {in_}, and beside it B, a column of "
        f"{out} x {rank}, and A, a row of {rank} x {in_}, as thin as lines; their product is as "
        f"large as the weight. {share}.",
    )


def _write(axes: Axes, x: float, y: float, words: str, size: float = 8.5) -> None:
    axes.text(x, y, words, ha="center", va="center", fontsize=size)
