"""Where training takes soft tokens: their length, and their cosine with the nearest word.

Lesson 4, *Do prompts of one task move together?*, with the words behind as a measure of near.
"""

from collections.abc import Mapping

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.show.looks import BLUE, GREEN, GREY, ORANGE
from course_utils.show.style import described, headline, styled, subplots


@styled
def length_figure(
    panels: Mapping[str, torch.Tensor],
    words: torch.Tensor,
    drawn: torch.Tensor,
    title: str,
) -> Figure:
    """Paths from start to end of training, the same two axes in each panel.

    Args:
        panels: name of the panel, such as ``true labels`` and ``shuffled labels``, to
            (moments, tokens, 2) of ``analysis.soft_tokens.length_and_cosine``.
        words: (n, 2), length of words and cosine with their nearest other word.
        drawn: (m, 2), the same of vectors drawn from the words' mean and covariance.
        title: the message.
    """
    figure, all_axes = subplots(3.9, 1, len(panels), squeeze=False, sharex=True, sharey=True)
    for axes, (name, paths) in zip(all_axes[0], panels.items()):
        _draw(axes, paths, words, drawn)
        axes.set(xlabel="length of the vector", ylim=(0, 1.05))
        axes.set_title(name, loc="left")
    all_axes[0][0].set_ylabel("cosine with the nearest word")
    handles, names = all_axes[0][0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2)
    headline(figure, title)
    ways = "; ".join(f"{name}: {_in_words(paths)}" for name, paths in panels.items())
    return described(
        figure,
        f"Length and cosine with the nearest word, means over the soft tokens. {ways}. Words: "
        f"{_pair(words)}, to the nearest other word. Drawn vectors: {_pair(drawn)}.",
    )


def _draw(axes: Axes, paths: torch.Tensor, words: torch.Tensor, drawn: torch.Tensor) -> None:
    axes.scatter(*words.T, s=5, color=GREY, alpha=0.35, linewidth=0,
                 label="words, with the nearest other word")  # fmt: skip
    axes.scatter(*drawn.T, s=9, color=GREEN, marker="^", alpha=0.5, linewidth=0,
                 label="vectors drawn as words are distributed")  # fmt: skip
    for token in range(paths.shape[1]):
        axes.plot(*paths[:, token].T, color=BLUE, linewidth=0.7, alpha=0.8)
    axes.scatter(*paths[0].T, s=60, facecolors="none", edgecolors=ORANGE, linewidth=1.4,
                 label="soft tokens, start", zorder=4)  # fmt: skip
    axes.scatter(*paths[-1].T, s=18, color=BLUE, label="soft tokens, end", zorder=3)


def _in_words(paths: torch.Tensor) -> str:
    return f"from {_pair(paths[0])} to {_pair(paths[-1])}"


def _pair(points: torch.Tensor) -> str:
    length, cosine = points.mean(0).tolist()
    return f"({length:.2f}, {cosine:.2f})"
