"""Two drawings: how label words are read off (lesson 1), what a step holds (lesson 2)."""

import re
from collections.abc import Mapping, Sequence

import numpy
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from course_utils.errors import CourseError
from course_utils.show.looks import BLUE, GREEN, GREY, ORANGE, PINK, Look
from course_utils.show.style import GROUND, INK, described, headline, styled, subplots

LABEL_LOOKS = (Look(ORANGE, "s", "\\\\\\"), Look(BLUE, "o", "///"))
PIECES, LINE = 24, 26  # of the prompt: how many are shown, and letters in a line


@styled
def label_words_schematic(
    text: str, words: Sequence[str], probabilities: Mapping[str, float]
) -> Figure:
    """A prompt, the probabilities of its next word, and two of them made to sum to 1.

    Args:
        text: the prompt, with a review in it; its end is shown.
        words: the two label words, such as `` negative`` and `` positive``.
        probabilities: of some next words, by word, the label words among them; their sum is at
            most 1.

    Raises:
        CourseError: a label word has no probability, or both have 0.
    """
    missing = [word for word in words if word not in probabilities]
    if missing or not any(probabilities[word] for word in words):
        raise CourseError(
            f"The label words {list(words)} have no probabilities to compare",
            "give the probability of each, and of some other next words",
        )
    whole = sum(probabilities[word] for word in words)
    order = sorted(probabilities, key=lambda word: probabilities[word], reverse=True)
    shares = {word: probabilities[word] / whole for word in order if word in words}
    looks = dict(zip(words, LABEL_LOOKS))
    figure, (prompt, following, picked) = subplots(3.2, 1, 3, width_ratios=(1.5, 1, 0.8))
    _draw_pieces(prompt, text)
    _draw_bars(following, {word: probabilities[word] for word in order}, looks)
    _draw_bars(picked, shares, looks)
    rest = max(0.0, 1 - sum(probabilities.values()))
    following.set(xlabel=f"probability (all others: {rest:.2f})")
    following.set_xlim(0, 1.7 * max(probabilities.values()))
    picked.set(xlabel=f"share (of {_short(whole)})", xlim=(0, 1.35))
    following.xaxis.set_major_locator(MaxNLocator(3))
    for row, word in enumerate(shares):
        _join(following, order.index(word), probabilities[word], picked, row, words)
    for axes, title in (
        (prompt, "1. The prompt, as pieces"),
        (following, "2. What comes next?"),
        (picked, "3. The two alone"),
    ):
        axes.set_title(title, loc="left", fontweight="bold")
    headline(figure, "From a prompt to a choice between two label words")
    return described(
        figure,
        "Three steps. A prompt, cut into pieces, goes into the model. Next, probabilities of the "
        f"next word: {_in_words({word: probabilities[word] for word in order})}. Last, the two "
        f"label words alone, made to sum to 1: {_in_words(shares)}.",
    )


def _join(
    one: Axes, row: int, value: float, other: Axes, other_row: int, words: Sequence[str]
) -> None:
    """An arrow from the end of a bar to the name of the same word in the other panel."""
    figure = one.figure
    beyond = ScaledTranslation(32 / 72, 0, figure.dpi_scale_trans)  # the number at the bar's end
    name = max(len(repr(word)) for word in words)
    before = ScaledTranslation(-(5.2 * name + 10) / 72, 0, figure.dpi_scale_trans)
    arrow = ConnectionPatch((value, row), (0, other_row), one.transData + beyond,
                            other.get_yaxis_transform() + before, arrowstyle="->",
                            color=INK)  # fmt: skip
    arrow.set_in_layout(False)
    figure.add_artist(arrow)


def _short(value: float) -> str:
    """A probability with two decimals, or its first digit where these are 0."""
    return f"{value:.2f}" if value >= 0.005 else f"{value:.1g}"


def _in_words(values: Mapping[str, float]) -> str:
    return ", ".join(f"{word!r} {_short(value)}" for word, value in values.items())


def _draw_pieces(axes: Axes, text: str) -> None:
    """The prompt's end in boxes, a line below the other, and an arrow out of the last."""
    axes.set_axis_off()
    pieces = re.findall(r"\n|[^\S\n]?\S+", text)
    pieces = (["..."] if len(pieces) > PIECES else []) + pieces[-PIECES:]
    rows: list[list[str]] = [[]]
    for piece in pieces:
        shown = "\\n" if piece == "\n" else piece.strip()
        if sum(len(other) + 2 for other in rows[-1]) + len(shown) > LINE:
            rows.append([])
        rows[-1].append(shown)
        if piece == "\n":
            rows.append([])
    axes.set(xlim=(0, LINE + 6), ylim=(-max(6, len(rows)), 0.2))
    x = 0.0
    for y, row in enumerate(rows):
        x = 0.0
        for piece in row:
            axes.text(x, -y, piece, va="top", fontsize=8, parse_math=False,
                      bbox={"facecolor": "white", "edgecolor": GREY, "pad": 2})  # fmt: skip
            x += len(piece) + 2
    height = 0.8 - len(rows)
    axes.annotate("", (LINE + 6, height), (x, height),
                  arrowprops={"arrowstyle": "->", "color": INK})  # fmt: skip
    axes.text((x + LINE + 6) / 2, height + 0.1, "the model", fontsize=8, ha="center")


def _draw_bars(axes: Axes, values: Mapping[str, float], looks: Mapping[str, Look]) -> None:
    """A bar a word, the first on top; label words have their looks."""
    for y, (word, value) in enumerate(values.items()):
        look = looks.get(word, Look(GREY, "o"))
        axes.barh(y, value, color=look.colour, hatch=look.hatch, edgecolor=GROUND, linewidth=0)
        axes.annotate(_short(value), (value, y), (3, 0), textcoords="offset points",
                      va="center", fontsize=8)  # fmt: skip
    axes.set_yticks(range(len(values)), [repr(word) for word in values], parse_math=False)
    axes.set(ylim=(max(5, len(values)) - 0.5, -0.6), xlim=(0, 1.3 * max(values.values())))
    axes.spines["left"].set_visible(False)


# Of each thing in memory: its name, its look, and (phase from, to, height there, words): how much
# of it there is at both ends, as shares, and whether it is used then or only held.
HELD, USED = 0.3, 1.0
LANES = (
    ("weights\n(16 bits)", Look(BLUE, "o"), (
        (0, 2, (1, 1), USED, "read by every layer"), (2, 3, (1, 1), USED, "rounded anew"))),
    ("activations", Look(ORANGE, "s", ".."), (
        (0, 1, (0, 1), USED, "kept, layer by layer"), (1, 2, (1, 0), USED, "used and freed"))),
    ("gradients", Look(PINK, "P", "--"), (
        (1, 2, (0, 1), USED, "made, layer by layer"), (2, 3, (1, 1), USED, "used, then freed"))),
    ("masters\n(float32)", Look(GREEN, "^", "\\\\"), (
        (0, 2, (1, 1), HELD, "held, not used"), (2, 3, (1, 1), USED, "moved"))),
    ("Adam's two\nmoments", Look(GREEN, "v", "//"), (
        (0, 2, (1, 1), HELD, "held, not used"), (2, 3, (1, 1), USED, "updated"))),
)  # fmt: skip
PHASES = ("forward", "backward", "optimiser's step")


@styled
def memory_schematic() -> Figure:
    """What lives in memory during a training step: forward, backward, optimiser's step."""
    figure, axes = subplots(3.7)
    for row, (_, look, parts) in enumerate(LANES):
        for start, end, heights, strength, words in parts:
            _draw_lane(axes, row, look, (start, end), heights, strength)
            middle = start + (end - start) * (0.5 + 0.14 * (heights[1] - heights[0]))
            axes.text(middle, row, words, ha="center", va="center", fontsize=8,
                      bbox={"facecolor": GROUND, "edgecolor": "none", "pad": 1.5})  # fmt: skip
    for phase in range(1, len(PHASES)):
        axes.axvline(phase, color=INK, linestyle="--", linewidth=1)
    axes.set_yticks(range(len(LANES)), [name for name, *_ in LANES])
    axes.set(ylim=(len(LANES) - 0.4, -0.6), xlim=(0, len(PHASES)))
    axes.set_xticks([0.5 + phase for phase in range(len(PHASES))], PHASES, fontweight="bold")
    axes.tick_params(length=0)
    axes.set_xlabel("time, within one training step (pale: held, but not used)")
    headline(figure, "What is in memory during one training step")
    lanes = (
        f"{name}: {', '.join(f'{words} ({_when(a, b)})' for a, b, _, _, words in parts)}"
        for name, _, parts in LANES
    )
    return described(figure, f"In memory during a training step. {'; '.join(lanes)}.")


def _draw_lane(
    axes: Axes, row: int, look: Look, ends: tuple[int, int], heights: tuple[int, int], alpha: float
) -> None:
    """A band around its row that grows or shrinks from one end to the other."""
    half = 0.36 * numpy.array(heights, float)
    axes.fill_between(ends, row - half, row + half, facecolor=look.colour, hatch=look.hatch,
                      edgecolor=GROUND, linewidth=0, alpha=alpha)  # fmt: skip


def _when(start: int, end: int) -> str:
    return " and ".join(PHASES[start:end])
