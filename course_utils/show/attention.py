"""Where the answer looks, layer by layer, with a soft prompt and without (lesson 4)."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.analysis.attention import FIRST, QUESTION, REVIEW, SOFT, Looks
from course_utils.show.looks import BLUE, GREEN, GREY, ORANGE, PINK
from course_utils.show.style import GROUND, described, headline, marked, styled, subplots

COLOURS = {FIRST: ORANGE, SOFT: BLUE, REVIEW: GREEN, QUESTION: PINK}
HATCHES = {FIRST: "", SOFT: "xx", REVIEW: "//", QUESTION: ".."}
LINES = (  # of the states
    ("state at the first position", ORANGE, "-"),
    ("longest of the others", BLUE, "--"),
    ("median of the others", GREY, ":"),
)


@styled
def attention_figure(looks: Mapping[str, Looks], title: str) -> Figure:
    """A column each: the attention of the answer position by layer, and the states' lengths.

    Args:
        looks: such as ``no soft prompt`` and ``trained``, the control first.
        title: the message; in a quick run the figure says so after it.
    """
    figure, grid = subplots(5.4, 2, len(looks), squeeze=False, sharex=True, sharey="row")
    for (upper, lower), (name, found) in zip(grid.T, looks.items()):
        _shares(upper, found)
        upper.set_title(name, loc="left")
        for values, (line, colour, style) in zip(found.norms.T, LINES):
            lower.plot(range(1, 1 + len(values)), values, style, color=colour, label=line,
                       linewidth=1.6)  # fmt: skip
        lower.set(xlabel="layer")
    grid[1][0].set_yscale("log")
    grid[1][0].yaxis.set_major_formatter("{x:,.0f}")
    grid[0][0].set_ylabel("attention of the answer\nposition (share)")
    grid[1][0].set_ylabel("length of the\nhidden state")
    named = [axes.get_legend_handles_labels() for axes in grid[:, 0]]
    figure.legend(named[0][0] + named[1][0], named[0][1] + named[1][1], ncols=4,
                  loc="outside lower center")  # fmt: skip
    headline(figure, marked(title))
    return described(figure, " ".join(_in_words(name, found) for name, found in looks.items()))


def _shares(axes: Axes, found: Looks) -> None:
    layers = range(1, 1 + len(found.norms))
    drawn = axes.stackplot(layers, *found.shares.values(), labels=list(found.shares),
                           colors=[COLOURS[part] for part in found.shares])  # fmt: skip
    for area, part in zip(drawn, found.shares):
        area.set(hatch=HATCHES[part], edgecolor=GROUND, linewidth=0.5)
    axes.set(ylim=(0, 1), xlim=(1, len(found.norms)))


def _in_words(name: str, found: Looks) -> str:
    parts = ", ".join(f"{p} {s.mean():.2f}" for p, s in found.shares.items() if s.any())
    first, other, median = found.norms.max(0).values.tolist()
    return (
        f"{name}: attention of the answer position, mean over layers: {parts}; longest hidden "
        f"state at the first position {first:,.0f}, elsewhere {other:,.0f}, median up to "
        f"{median:,.0f}."
    )
