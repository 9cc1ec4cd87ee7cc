"""Rounding to 4 bits: the levels, the error, what it does to a model, and an explorer.

Lesson 5, *Which sixteen numbers?* and *Which error matters?*.
"""

import dataclasses

import ipywidgets
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.measure import verdicts
from course_utils.measure.evaluation import Comparison
from course_utils.measure.perplexity import Change
from course_utils.quantisation.blockwise import blocks, normalise
from course_utils.quantisation.codebooks import CODEBOOKS
from course_utils.quantisation.error import relative_rmse, round_trip
from course_utils.show.explorer import Explorer, explorer
from course_utils.show.looks import GREY, RED, SERIES
from course_utils.show.style import (
    GROUND,
    described,
    headline,
    legend_above,
    marked,
    show,
    styled,
    subplots,
)

LOOKS = dict(zip(("nf4", "int4", "fp4"), SERIES))
BLOCKS = (16, 32, 64, 128, 256, 512, 1024, 4096)


def with_outliers(weight: torch.Tensor, per_thousand: int, size: float = 10.0) -> torch.Tensor:
    """A copy in which some weights, drawn with a fixed seed, are ``size`` times the RMS.

    Args:
        per_thousand: how many of a thousand.
    """
    generator = torch.Generator().manual_seed(0)
    changed = weight.detach().float().cpu().clone()
    drawn = torch.rand(changed.shape, generator=generator) < per_thousand / 1000
    changed[drawn] = size * changed.square().mean().sqrt() * changed[drawn].sign()
    return changed


@styled
def rounding_figure(weight: torch.Tensor, codebook: str, block: int, per_thousand: int) -> Figure:
    """Left: scaled weights and the levels they are rounded to. Right: the error by block size.

    Args:
        weight: of a layer, any shape.
        codebook: a key of ``CODEBOOKS``.
        block: weights that share a scale.
        per_thousand: outliers that are put in, see ``with_outliers``.
    """
    weight = with_outliers(weight, per_thousand)
    figure, (left, right) = subplots(3.5, 1, 2)
    count = _show_levels(left, weight, codebook, block)
    errors = {
        name: [relative_rmse(round_trip(weight, CODEBOOKS[name](), b), weight) for b in BLOCKS]
        for name in LOOKS
    }
    _show_errors(right, errors, block)
    error = errors[codebook][BLOCKS.index(block)]
    right.plot(block, error, "o", markersize=12, markerfacecolor="none", color=RED)
    grows = all(line == sorted(line) and line[0] < line[-1] for line in errors.values())
    message = verdicts.message("The error grows with the block", grows, "Error by block size")
    outliers = f"{per_thousand} \u2030 outliers" if per_thousand else "no outliers"
    headline(figure, f"{message} ({outliers})")
    left.set_title(f"{count} levels of {codebook}, block {block}, {outliers}", loc="left")
    found = ", ".join(f"{name} {line[BLOCKS.index(block)]:.3f}" for name, line in errors.items())
    return described(
        figure,
        f"Left: histogram of the weights, each divided by the largest of its block of {block}, and "
        f"{count} levels of {codebook}; {outliers}. Right: relative RMSE by block size, from "
        f"{BLOCKS[0]} to {BLOCKS[-1]}; at {block}: {found}.",
    )


def _show_errors(axes: Axes, errors: dict[str, list[float]], block: int) -> None:
    """A line a codebook."""
    for name, drawn in LOOKS.items():
        axes.plot(BLOCKS, errors[name], color=drawn.colour, marker=drawn.marker, markersize=4,
                  label=name)  # fmt: skip
    axes.set_xscale("log", base=2)
    axes.set_xticks(BLOCKS, [str(size) for size in BLOCKS], rotation=45)
    axes.minorticks_off()
    axes.set(xlabel="weights in a block", ylabel="relative RMSE", ylim=(0, None))
    legend_above(axes)


def _show_levels(axes: Axes, weight: torch.Tensor, codebook: str, block: int) -> int:
    """A histogram of the scaled weights, and a line at every level; how many there are."""
    levels = CODEBOOKS[codebook]()
    scaled, _ = normalise(blocks(weight.reshape(-1), block))
    axes.hist(scaled.flatten().numpy(), bins=120, range=(-1, 1), color=GREY, density=True)
    top = axes.get_ylim()[1]
    axes.vlines(levels, 0, top, color=LOOKS[codebook].colour, linewidth=1)
    axes.set(xlabel="weight / largest of its block", ylabel="density", xlim=(-1.05, 1.05))
    axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    return len(levels)


def describe_rounding(weight: torch.Tensor, codebook: str, block: int, per_thousand: int) -> str:
    """Two lines: the error, and how many weights and levels lie near 0."""
    weight = with_outliers(weight, per_thousand)
    levels = CODEBOOKS[codebook]()
    error = relative_rmse(round_trip(weight, levels, block), weight)
    scaled, _ = normalise(blocks(weight.reshape(-1), block))
    inner = (scaled.abs() < 0.25).float().mean().item()
    count = int((levels.abs() < 0.25).sum())
    return (
        f"{codebook}, block {block}, {per_thousand} outliers in 1,000: relative RMSE {error:.3f}\n"
        f"    {inner:.0%} of the weights lie in the inner quarter, "
        f"and {count} of {len(levels)} levels"
    )


@dataclasses.dataclass(frozen=True)
class Rounded:
    """A model with rounded weights, against the same model before.

    Attributes:
        name: such as ``nf4, block 64``.
        rmse: relative RMSE of the weights.
        accuracy: difference in accuracy, on the same items.
        perplexity: factor between the perplexities, on the same texts.
    """

    name: str
    rmse: float
    accuracy: Comparison
    perplexity: Change


@styled
def outcome_figure(rows: list[Rounded], title: str) -> Figure:
    """What weight error costs: perplexity on the left, accuracy on the right.

    Args:
        rows: one a way of rounding.
        title: the message; in a quick run the figure says so after it.
    """
    figure, (left, right) = subplots(3.6, 1, 2)
    for row in rows:
        ratio, points = row.perplexity, row.accuracy
        _point(left, row, ratio.ratio, (ratio.low, ratio.high))
        _point(right, row, 100 * points.difference, (100 * points.low, 100 * points.high))
    left.axhline(1, color=GREY, linestyle="--", linewidth=1)
    right.axhline(0, color=GREY, linestyle="--", linewidth=1)
    left.set(xlabel="relative RMSE of the weights", ylabel="perplexity, times that before")
    right.set(xlabel="relative RMSE of the weights", ylabel="accuracy, points against before")
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    headline(figure, marked(title))
    found = "; ".join(_in_words(row) for row in rows)
    return described(figure, f"Against the model before, with 95 % intervals drawn: {found}.")


def _in_words(row: Rounded) -> str:
    points = 100 * row.accuracy.difference
    return (
        f"{row.name}: RMSE {row.rmse:.3f}, perplexity x {row.perplexity.ratio:.2f}, "
        f"accuracy {points:+.1f} points"
    )


def _point(axes: Axes, row: Rounded, value: float, ends: tuple[float, float]) -> None:
    """A mark with its interval; filled where the block is small."""
    drawn = LOOKS[row.name.split(",")[0]]
    axes.plot([row.rmse, row.rmse], ends, color=drawn.colour, linewidth=2)
    filled = drawn.colour if row.name.endswith("64") else GROUND
    axes.plot(row.rmse, value, drawn.marker, color=drawn.colour, markerfacecolor=filled,
              label=row.name, linestyle="none")  # fmt: skip


def rounding_explorer(weights: dict[str, torch.Tensor]) -> Explorer:
    """Choose what is rounded, to which levels, in blocks of which size.

    Args:
        weights: weights of some layers, by name.
    """
    menu = ipywidgets.Dropdown
    controls = {
        "layer": menu(options=[(_short(name), name) for name in weights], description="layer"),
        "codebook": menu(options=list(CODEBOOKS), value="nf4", description="levels"),
        "block": menu(options=BLOCKS, value=64, description="block"),
        "outliers": ipywidgets.BoundedIntText(0, min=0, max=20, description="outliers \u2030"),
    }

    def draw(layer: str, codebook: str, block: int, outliers: int) -> None:
        show(rounding_figure(weights[layer], codebook, block, outliers))
        print(describe_rounding(weights[layer], codebook, block, outliers))

    return explorer(draw, controls)


def _short(name: str) -> str:
    """A layer's name without what all have in common: a menu shows about 20 characters."""
    return name.removeprefix("model.layers.")
