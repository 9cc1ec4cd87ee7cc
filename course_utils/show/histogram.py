"""Which way a prompt leans: its scores of positive and of negative items (lesson 1)."""

from collections.abc import Mapping, Sequence

import numpy
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import roc_auc_score

from course_utils.errors import CourseError
from course_utils.show.looks import BLUE, ORANGE
from course_utils.show.style import described, headline, marked, styled, subplots

SIDES = ((0, "truly negative", ORANGE, "\\\\\\"), (1, "truly positive", BLUE, "///"))
BINS = numpy.linspace(0, 1, 26)


@styled
def lean_figure(panels: Mapping[str, tuple[Sequence[float], Sequence[int]]], title: str) -> Figure:
    """A panel a prompt: histograms of p(positive), of the truly positive and negative items.

    A line stands at 0.5; the panel's title has accuracy and AUC, computed from the same scores.

    Args:
        panels: name of a prompt to ``(p, labels)``: p(positive) of each item, in [0, 1], and its
            right answer, 1 where it is positive; one to three panels. Of an ``Evaluation``:
            ``(evaluation.scores[:, 1], evaluation.labels)``.
        title: the message; in a quick run the figure says so after it.

    Raises:
        CourseError: there are no panels, or more than three, or only one label among the items.
    """
    if not 1 <= len(panels) <= 3:
        raise CourseError(f"{len(panels)} panels do not fit", "give one, two or three prompts")
    figure, all_axes = subplots(1.2 + 1.5 * len(panels), len(panels), sharex=True, squeeze=False)
    words = []
    for axes, (name, (p, labels)) in zip(all_axes[:, 0], panels.items()):
        found = _draw(axes, numpy.asarray(p, float), numpy.asarray(labels, int), name)
        axes.set_title(f"{name} ({found})", loc="left", parse_math=False)
        words.append(f"{name} ({found})")
    all_axes[-1, 0].set(xlabel="p(positive), as the prompt gives it", xlim=(0, 1))
    handles, names = all_axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2)
    headline(figure, marked(title))
    return described(figure, f"Histograms of p(positive) by true label. {'; '.join(words)}.")


def _draw(axes: Axes, p: numpy.ndarray, labels: numpy.ndarray, name: str) -> str:
    """Both histograms, and what the panel's title says of them."""
    if set(labels.tolist()) != {0, 1}:
        raise CourseError(
            f"The items of '{name}' do not have the two labels 0 and 1",
            "give labels of both kinds, 1 where an item is positive",
        )
    for label, side, colour, hatch in SIDES:
        axes.hist(p[labels == label], BINS, histtype="stepfilled", facecolor=f"{colour}40",
                  edgecolor=colour, hatch=hatch, label=side)  # fmt: skip
    axes.axvline(0.5, color="black", linestyle="--", linewidth=1)
    axes.set(ylabel="items")
    right, says = ((p > 0.5) == labels).mean(), (p > 0.5).mean()
    return (
        f"accuracy {right:.3f}, AUC {roc_auc_score(labels, p):.3f}, "
        f"says positive to {says:.0%} (true: {labels.mean():.0%})"
    )
