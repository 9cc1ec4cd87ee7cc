"""Soft tokens among the words of the vocabulary, and beside a walk that goes nowhere in particular.

Lesson 4, *Principal components*.
"""

from collections.abc import Mapping

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.show.labels import label_points
from course_utils.show.looks import BLUE, GREY, ORANGE, RED
from course_utils.show.style import described, headline, marked, styled, subplots

RING = 110  # square points: the start, a ring that leaves what lies in it to be seen


@styled
def word_map(
    panels: Mapping[str, torch.Tensor],
    words: Mapping[str, torch.Tensor],
    sample: torch.Tensor,
    title: str,
) -> Figure:
    """A column a panel: all words above, and the soft tokens with the way they went below.

    Args:
        panels: name of the panel, such as ``trained`` and ``random walk``, to (moments, length, 2):
            where each soft token was, from the start to the end. All have the same axes.
        words: word to its point (2,), such as the label words; named in the lower row.
        sample: (words, 2), a sample of the vocabulary.
        title: the message; in a quick run the figure says so after it.
    """
    figure, grid = subplots(6.4, 2, len(panels), squeeze=False, sharex="row", sharey="row")
    named = torch.stack(list(words.values())) if words else torch.zeros(0, 2)
    box = _around(torch.cat([named, *(paths.flatten(0, 1) for paths in panels.values())]))
    for (whole, near), (name, paths) in zip(grid.T, panels.items()):
        whole.set_title(name, loc="left")
        whole.scatter(*sample.T, s=5, color=GREY, alpha=0.4, linewidth=0)
        whole.scatter(*paths[-1].T, s=7, color=BLUE)
        (left, right), (low, high) = box
        whole.add_patch(Rectangle((left, low), right - left, high - low, fill=False))
        _draw(near, paths, named, sample)
        near.set(xlim=box[0], ylim=box[1], xlabel="principal component 1 (the box, enlarged)")
    for axes in grid[:, 0]:
        axes.set_ylabel("principal component 2")
    handles, names = grid[1][0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=4)
    headline(figure, marked(title))
    for near, paths in zip(grid[1], panels.values()):
        label_points(near, named.numpy(), [repr(word) for word in words],
                     torch.cat([paths[0], paths[-1], sample]).numpy())  # fmt: skip
    return described(figure, _in_words(panels, words, sample))


def _around(points: torch.Tensor) -> list[tuple[float, float]]:
    """The limits of both axes, with some room around all points."""
    low, high = points.min(0).values, points.max(0).values
    room = 0.15 * (high - low).clamp(min=1e-3)
    return list(zip((low - room).tolist(), (high + room).tolist()))


def _draw(axes: Axes, paths: torch.Tensor, named: torch.Tensor, sample: torch.Tensor) -> None:
    axes.scatter(*sample.T, s=12, color=GREY, alpha=0.5, linewidth=0, label="words at random")
    for token in range(paths.shape[1]):
        axes.plot(*paths[:, token].T, color=BLUE, linewidth=0.8, alpha=0.7)
    axes.scatter(*paths[-1].T, s=22, color=BLUE, label="soft tokens, end", zorder=3)
    axes.scatter(*paths[0].T, s=RING, facecolors="none", edgecolors=ORANGE, linewidth=1.2,
                 label="soft tokens, start", zorder=4)  # fmt: skip
    if len(named):
        axes.scatter(*named.T, s=45, color=RED, marker="*", label="named words", zorder=3)


def _in_words(
    panels: Mapping[str, torch.Tensor], words: Mapping[str, torch.Tensor], sample: torch.Tensor
) -> str:
    moved = {n: (paths[-1] - paths[0]).norm(dim=1).mean().item() for n, paths in panels.items()}
    spread = (sample - sample.mean(0)).norm(dim=1).mean()
    ways = "; ".join(f"{name}: {far:.2f}" for name, far in moved.items())
    count = next(iter(panels.values())).shape[1]
    return (
        f"Map of {count} soft tokens on two principal components among {len(sample)} words, which "
        f"lie {spread:.2f} from their middle on average. The tokens move on average: {ways}. "
        f"Named words: {', '.join(map(repr, words)) or 'none'}."
    )
