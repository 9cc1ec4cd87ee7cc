"""Levels among the weights that are rounded to them, and how often each code is used.

Lesson 5, *Which sixteen numbers?*.
"""

from collections.abc import Mapping

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.quantisation.blockwise import BLOCK, blocks, normalise
from course_utils.quantisation.error import code_usage, relative_rmse, round_trip
from course_utils.show.looks import GREY, RED, SERIES
from course_utils.show.style import described, headline, styled, subplots
from course_utils.show.tables import Table, table


@styled
def levels_figure(weight: torch.Tensor, levels: torch.Tensor, title: str) -> Figure:
    """A histogram of the weights, each divided by the largest of its block, and the levels.

    Args:
        weight: of a layer, any shape.
        levels: (levels,) from -1 to 1.
        title: of the figure.
    """
    figure, axes = subplots(2.6)
    scaled, _ = normalise(blocks(weight.reshape(-1).float(), BLOCK))
    axes.hist(scaled.flatten().numpy(), bins=120, range=(-1, 1), color=GREY, density=True)
    axes.vlines(levels, 0, axes.get_ylim()[1], color=SERIES[0].colour, linewidth=1)
    axes.set(xlabel=f"weight / largest of its block of {BLOCK}", ylabel="density")
    axes.set(xlim=(-1.05, 1.05))
    headline(figure, title)
    inner = (scaled.abs() < 0.25).float().mean().item()
    within = int((levels.abs() < 0.25).sum())
    return described(
        figure,
        f"Histogram of the scaled weights: bell-shaped around 0, {inner:.0%} of them between -0.25 "
        f"and 0.25, where {within} of the {len(levels)} levels lie.",
    )


@styled
def usage_figure(weight: torch.Tensor, codebooks: Mapping[str, torch.Tensor], title: str) -> Figure:
    """A panel a codebook: the share of the weights that each code stands for, in percent.

    Args:
        weight: of a layer, any shape.
        codebooks: levels by name; a dashed line marks equal shares.
        title: of the figure.
    """
    figure, panels = subplots(2.8, 1, len(codebooks), sharey=True, squeeze=False)
    found = []
    for axes, (name, levels), drawn in zip(panels[0], codebooks.items(), SERIES):
        shares = 100 * code_usage(weight, levels)
        axes.bar(range(len(shares)), shares, color=drawn.colour, hatch=drawn.hatch)
        _mark_equal(axes, 100 / len(levels))
        axes.set_title(name, loc="left")
        axes.set(xlabel="code")
        found.append(f"{name}: {shares.min():.1f} % to {shares.max():.1f} %")
    panels[0][0].set_ylabel("share of the weights, %")
    headline(figure, title)
    return described(figure, f"How often each code is used, dashed: equally. {'; '.join(found)}.")


def _mark_equal(axes: Axes, share: float) -> None:
    axes.axhline(share, color=RED, linestyle="--", linewidth=1)


def usage_table(weight: torch.Tensor, codebooks: Mapping[str, torch.Tensor], caption: str) -> Table:
    """A row a codebook: its rarest and its commonest code, the error, and the level nearest to 0.

    Args:
        weight: of a layer, any shape.
        codebooks: levels by name.
        caption: of the table.
    """
    rows = []
    for name, levels in codebooks.items():
        shares = code_usage(weight, levels)
        rows.append({
            "levels": name,
            "rarest code": shares.min().item(),
            "commonest code": shares.max().item(),
            "relative RMSE": relative_rmse(round_trip(weight, levels), weight),
            "level nearest to 0": levels[levels.abs().argmin()].item(),
        })  # fmt: skip
    return table(rows, caption, {"rarest code": ".1%", "commonest code": ".1%"})
