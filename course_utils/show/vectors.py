"""Soft tokens as vectors: maps among the words and by task.

Lesson 4, *Exercise 7: principal components* and *Do prompts of one task lie together?*.
"""

import numpy
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.show.labels import label_points
from course_utils.show.looks import BLUE, GREY, ORANGE, RED, looks_of
from course_utils.show.style import (
    described,
    headline,
    legend_above,
    marked,
    styled,
    subplots,
)


@styled
def word_map(
    paths: torch.Tensor,
    neighbours: dict[str, torch.Tensor],
    label_words: dict[str, torch.Tensor],
    sample: torch.Tensor,
    title: str,
) -> Figure:
    """Soft tokens with the way they went, the words nearest to them, and other words.

    Args:
        paths: (moments, length, 2), where each soft token was, from the start to the end.
        neighbours: word to its point (2,).
        label_words: the same.
        sample: (words, 2), a sample of the vocabulary.
        title: the message; in a quick run the figure says so after it.
    """
    figure, axes = subplots(5.6)
    axes.scatter(*sample.T, s=6, color=GREY, alpha=0.4, label="words at random")
    for token in range(paths.shape[1]):
        axes.plot(*paths[:, token].T, color=BLUE, linewidth=0.7, alpha=0.7)
    axes.scatter(*paths[-1].T, s=28, color=BLUE, label="soft tokens, end")
    for words, colour, marker, name in (
        (neighbours, ORANGE, "s", "nearest words at the end"),
        (label_words, RED, "*", "label words"),
    ):
        axes.scatter(*_stacked(words).T, s=60, color=colour, marker=marker, label=name, zorder=3)
    axes.scatter(*paths[0].T, s=130, facecolors="none", edgecolors=BLUE, linewidth=1.2,
                 label="soft tokens, start", zorder=4)  # fmt: skip
    axes.margins(0.1)
    axes.set(xlabel="principal component 1", ylabel="principal component 2")
    legend_above(axes, 3)
    headline(figure, marked(title))
    words = neighbours | label_words
    label_points(axes, _stacked(words).numpy(), [repr(word) for word in words],
                 torch.cat([paths[0], paths[-1]]).numpy())  # fmt: skip
    moved = (paths[-1] - paths[0]).norm(dim=1).mean()
    return described(
        figure,
        f"Map of {paths.shape[1]} soft tokens on two principal components, from start to end of "
        f"training; they move {moved:.2f} on average, among {len(sample)} words. "
        f"Label words: {', '.join(map(repr, label_words))}. "
        f"Nearest words at the end: {', '.join(map(repr, neighbours))}.",
    )


def _stacked(words: dict[str, torch.Tensor]) -> torch.Tensor:
    """(words, 2)."""
    return torch.stack(list(words.values())) if words else torch.zeros(0, 2)


@styled
def task_map(
    panels: dict[str, torch.Tensor], tasks: list[str], seeds: list[int], title: str
) -> Figure:
    """Soft prompts as points, by task (colour and marker) and seed (number); a panel an init.

    Args:
        panels: name of the panel to its points (prompts, 2).
        tasks: of each prompt.
        seeds: of each prompt.
        title: the message.
    """
    figure, all_axes = subplots(3.6, 1, len(panels), squeeze=False)
    for axes, (name, points) in zip(all_axes[0], panels.items()):
        _draw_tasks(axes, points, tasks)
        axes.set(xlabel="principal component 1")
        axes.set_title(f"start: {name}", loc="left")
    all_axes[0][0].set_ylabel("principal component 2")
    handles, names = all_axes[0][0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names))
    headline(figure, title)
    for axes, points in zip(all_axes[0], panels.values()):
        label_points(axes, points.numpy(), [str(seed) for seed in seeds], numpy.zeros((0, 2)))
    return described(
        figure,
        f"{len(seeds)} soft prompts on two principal components, tasks {', '.join(names)}; "
        f"numbers are seeds. {_centres_in_words(panels, tasks)}",
    )


def _draw_tasks(axes: Axes, points: torch.Tensor, tasks: list[str]) -> None:
    for task, drawn in looks_of(tasks).items():
        own = points[[other == task for other in tasks]]
        axes.scatter(*own.T, s=36, color=drawn.colour, marker=drawn.marker, label=task)
    axes.margins(0.15)


def _centres_in_words(panels: dict[str, torch.Tensor], tasks: list[str]) -> str:
    """Where the prompts of each task lie on average, panel by panel."""
    words = []
    for name, points in panels.items():
        means = {task: points[[t == task for t in tasks]].mean(0).tolist() for task in tasks}
        centres = ", ".join(f"{task} ({x:.1f}, {y:.1f})" for task, (x, y) in means.items())
        words.append(f"Start {name}, mean of each task: {centres}.")
    return " ".join(words)
