"""How alike the movements of prompts are, by task and seed (lesson 4).

*Do prompts of one task move together?*
"""

from collections.abc import Mapping, Sequence

import numpy
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from course_utils.errors import CourseError
from course_utils.show.style import HALO, described, headline, styled, subplots

MAP = "cividis"  # its lightness rises evenly: it reads in grey, and to the colour-blind


@styled
def movement_figure(
    panels: Mapping[str, torch.Tensor], tasks: Sequence[str], seeds: Sequence[int], title: str
) -> Figure:
    """The cosine of every two movements; prompts stand by task, and within it by seed.

    The number in each square of two tasks is the mean over pairs of different seeds.

    Args:
        panels: name of the panel, such as ``as they are`` and ``less their seed's mean``, to
            (prompts, prompts) cosines, in the order of ``tasks`` and ``seeds``.
        tasks: of each prompt; those of a task stand together.
        seeds: of each prompt.
        title: the message.

    Raises:
        CourseError: a task's prompts do not stand together, or a matrix has another size.
    """
    names = list(dict.fromkeys(tasks))
    if list(tasks) != sorted(tasks, key=names.index):
        raise CourseError("The prompts of a task do not stand together", "sort them by task first")
    if any(tuple(cosines.shape) != (len(tasks),) * 2 for cosines in panels.values()):
        raise CourseError(
            f"There are {len(tasks)} prompts, and a matrix of another size",
            "give (prompts, prompts) cosines",
        )
    figure, all_axes = subplots(4.6, 1, len(panels), squeeze=False)
    apart = ~torch.eye(len(tasks), dtype=torch.bool)
    values = torch.cat([cosines[apart] for cosines in panels.values()])
    ends = float(values.min()), float(values.max())
    groups = torch.tensor([names.index(task) for task in tasks])
    words, image = [], None
    for axes, (name, cosines) in zip(all_axes[0], panels.items()):
        image = _squares(axes, cosines, groups, ends)
        means = _means(cosines, groups, torch.tensor(seeds))
        _write(axes, means, groups)
        _name(axes, names, groups)
        axes.set_title(name, loc="left")
        own, other = _own_and_other(means)
        words.append(f"{name}: {own:.2f} within a task, {other:.2f} between tasks")
    figure.colorbar(image, ax=all_axes[0].tolist(), location="bottom", shrink=0.5, aspect=35,
                    label="cosine of two movements (number: mean of different seeds)")  # fmt: skip
    headline(figure, title)
    return described(
        figure,
        f"Cosine of the movements of {len(tasks)} prompts, tasks {', '.join(names)}, "
        f"{len(set(seeds))} seeds each. Mean over pairs of different seeds: {'; '.join(words)}.",
    )


def _squares(
    axes: Axes, cosines: torch.Tensor, groups: torch.Tensor, ends: tuple[float, float]
) -> AxesImage:
    shown = cosines.clone().fill_diagonal_(float("nan"))  # a prompt with itself says nothing
    image = axes.imshow(shown.numpy(), cmap=MAP, vmin=ends[0], vmax=ends[1])
    for border in _borders(groups)[1:-1]:
        axes.axhline(border, color="white", linewidth=2)
        axes.axvline(border, color="white", linewidth=2)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return image


def _borders(groups: torch.Tensor) -> list[float]:
    """Where groups begin, and where the last one ends, on an axis of squares."""
    counts = groups.bincount().tolist()
    return [float(sum(counts[:i])) - 0.5 for i in range(len(counts) + 1)]


def _means(cosines: torch.Tensor, groups: torch.Tensor, seeds: torch.Tensor) -> numpy.ndarray:
    """(groups, groups): mean cosine over the pairs of different seeds."""
    apart = seeds[:, None] != seeds
    kinds = range(int(groups.max()) + 1)
    return numpy.array([
        [float(cosines[(groups == a)[:, None] & (groups == b) & apart].mean()) for b in kinds]
        for a in kinds
    ])  # fmt: skip


def _own_and_other(means: numpy.ndarray) -> tuple[float, float]:
    same = numpy.eye(len(means), dtype=bool)
    return float(means[same].mean()), float(means[~same].mean())


def _write(axes: Axes, means: numpy.ndarray, groups: torch.Tensor) -> None:
    middles = _middles(groups)
    for row, y in enumerate(middles):
        for column, x in enumerate(middles):
            axes.annotate(f"{means[row, column]:.2f}", (x, y), ha="center", va="center",
                          fontsize=9, path_effects=HALO)  # fmt: skip


def _name(axes: Axes, names: list[str], groups: torch.Tensor) -> None:
    axes.set_xticks(_middles(groups), names)
    axes.set_yticks(_middles(groups), names, rotation=90, va="center")
    axes.tick_params(length=0)


def _middles(groups: torch.Tensor) -> list[float]:
    borders = _borders(groups)
    return [(first + second) / 2 for first, second in zip(borders, borders[1:])]
