"""Rounding to 4 bits: the levels, the error, what it does to a model, and an explorer.

Lesson 5, *Which sixteen numbers?* and *Which error matters?*.
"""

import dataclasses

import ipywidgets
import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.measure import verdicts
from course_utils.measure.evaluation import Comparison
from course_utils.measure.perplexity import Change
from course_utils.quantisation.blockwise import blocks, normalise
from course_utils.quantisation.codebooks import CODEBOOKS
from course_utils.quantisation.error import relative_rmse, round_trip
from course_utils.show.figures import BLUE, GREEN, GREY, ORANGE, RED, display_figure, marked

LOOKS = {"int4": (ORANGE, "s"), "fp4": (GREEN, "^"), "nf4": (BLUE, "o")}  # colour, marker
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


def rounding_figure(weight: torch.Tensor, codebook: str, block: int, per_thousand: int) -> Figure:
    """Left: scaled weights and the levels they are rounded to. Right: the error by block size.

    Args:
        weight: of a layer, any shape.
        codebook: a key of ``CODEBOOKS``.
        block: weights that share a scale.
        per_thousand: outliers that are put in, see ``with_outliers``.
    """
    weight = with_outliers(weight, per_thousand)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
    _show_levels(left, weight, codebook, block)
    errors = {
        name: [relative_rmse(round_trip(weight, CODEBOOKS[name](), b), weight) for b in BLOCKS]
        for name in LOOKS
    }
    for name, (colour, marker) in LOOKS.items():
        right.plot(BLOCKS, errors[name], color=colour, marker=marker, markersize=4, label=name)
    error = relative_rmse(round_trip(weight, CODEBOOKS[codebook](), block), weight)
    right.plot(block, error, "o", markersize=12, markerfacecolor="none", color=RED)
    right.set_xscale("log", base=2)
    right.set_xticks(BLOCKS, [str(size) for size in BLOCKS])
    right.set(xlabel="weights in a block", ylabel="relative RMSE", ylim=(0, None))
    grows = all(line == sorted(line) and line[0] < line[-1] for line in errors.values())
    right.set_title(
        verdicts.message("The error grows with the block", grows, "Error by block size")
    )
    right.legend(title="codebook", fontsize=8)
    return figure


def _show_levels(axes: Axes, weight: torch.Tensor, codebook: str, block: int) -> None:
    """A histogram of the scaled weights, and a line at every level."""
    levels = CODEBOOKS[codebook]()
    scaled, _ = normalise(blocks(weight.reshape(-1), block))
    axes.hist(scaled.flatten().numpy(), bins=120, range=(-1, 1), color=GREY, density=True)
    axes.vlines(levels, 0, axes.get_ylim()[1], color=LOOKS[codebook][0], linewidth=1)
    axes.set(xlabel="weight / largest of its block", ylabel="density", xlim=(-1.05, 1.05))
    axes.set_title(f"{len(levels)} levels of {codebook}, block {block}")


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


def outcome_figure(rows: list[Rounded], title: str) -> Figure:
    """What weight error costs: perplexity on the left, accuracy on the right.

    Args:
        rows: one a way of rounding.
        title: the message; in a quick run the figure says so after it.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    for row in rows:
        colour, marker = LOOKS[row.name.split(",")[0]]
        ratio, points = row.perplexity, row.accuracy
        _point(left, row, ratio.ratio, (ratio.low, ratio.high), colour, marker)
        ends = (100 * points.low, 100 * points.high)
        _point(right, row, 100 * points.difference, ends, colour, marker)
    left.axhline(1, color=GREY, linestyle="--")
    right.axhline(0, color=GREY, linestyle="--")
    left.set(xlabel="relative RMSE of the weights", ylabel="perplexity, times that before")
    right.set(xlabel="relative RMSE of the weights", ylabel="accuracy, points against before")
    figure.suptitle(marked(title))
    right.legend(fontsize=8)
    return figure


def _point(axes: Axes, row: Rounded, value: float, ends: tuple, colour: str, marker: str) -> None:
    """A mark with its interval; filled where the block is small."""
    axes.plot([row.rmse, row.rmse], ends, color=colour, linewidth=2)
    filled = colour if row.name.endswith("64") else "white"
    axes.plot(row.rmse, value, marker, color=colour, markerfacecolor=filled, label=row.name)


def rounding_explorer(weights: dict[str, torch.Tensor]) -> ipywidgets.Widget:
    """Choose what is rounded, to which levels, in blocks of which size.

    Args:
        weights: weights of some layers, by name.
    """
    layer = ipywidgets.Dropdown(options=list(weights), description="layer")
    codebook = ipywidgets.ToggleButtons(options=list(CODEBOOKS), value="nf4", description="levels")
    block = ipywidgets.SelectionSlider(options=BLOCKS, value=64, description="block")
    outliers = ipywidgets.IntSlider(value=0, min=0, max=20, description="outliers \u2030")

    def show(layer: str, codebook: str, block: int, outliers: int) -> None:
        display_figure(lambda: rounding_figure(weights[layer], codebook, block, outliers))
        print(describe_rounding(weights[layer], codebook, block, outliers))

    output = ipywidgets.interactive_output(
        show, {"layer": layer, "codebook": codebook, "block": block, "outliers": outliers}
    )
    return ipywidgets.VBox([layer, codebook, block, outliers, output])
