"""Figures that several lessons show: one message each, said in the title."""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy
from IPython.display import display
from matplotlib.figure import Figure

from course_utils.settings import quick

# Okabe and Ito's palette: told apart by most colour-blind readers.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#7F7F7F"


def display_figure(draw: Callable[[], Figure]) -> None:
    """Draw a figure and display it, inside a widget.

    pyplot never gets to know of it: another thread of the kernel could ask it to draw the figure
    at the same time, and leave it blank.
    """
    with plt.ioff():
        figure = draw()
        plt.close(figure)
    display(figure)


def marked(title: str) -> str:
    """The title of a figure of this run's own measurements: that of a quick run says so."""
    return f"{title} (quick run)" if quick() and "(quick run)" not in title else title


def loss_figure(
    losses: Sequence[float], validations: Sequence[tuple[int, float]], steps: int
) -> Figure:
    """Training and validation loss, over a run of ``steps`` steps.

    Args:
        losses: one a step.
        validations: ``(steps done, validation loss)`` pairs.
    """
    figure, axes = plt.subplots(figsize=(7, 2.8), layout="constrained")
    done = numpy.arange(1, len(losses) + 1)
    axes.plot(done, losses, color=BLUE, linewidth=1, label="training, one batch")
    if validations:
        at, loss = zip(*validations)
        axes.plot(at, loss, "o--", color=RED, label="validation")
    axes.set(xlim=(0, steps), ylim=(0, None), xlabel="step", ylabel="loss (nats)")
    axes.set_title(marked("Loss at the answer"))
    axes.legend()
    return figure


def accuracy_figure(
    rows: list[tuple[str, float, tuple[float, float]]], baseline: float, title: str
) -> Figure:
    """Accuracies with their intervals, one row a method, and a baseline.

    Args:
        rows: ``(name, accuracy, (low, high))``, shares in [0, 1]; the first stands on top.
        baseline: accuracy of the majority class.
        title: the message; in a quick run the figure says so after it.
    """
    figure, axes = plt.subplots(figsize=(7, 0.9 + 0.38 * len(rows)), layout="constrained")
    for y, (_, accuracy, (low, high)) in enumerate(rows):
        axes.plot([low, high], [y, y], color=BLUE, linewidth=2)
        axes.plot(accuracy, y, "o", color=BLUE)
        axes.annotate(f"{accuracy:.3f}", (accuracy, y), (0, 6), textcoords="offset points",
                      ha="center", fontsize=8)  # fmt: skip
    axes.axvline(baseline, color=GREY, linestyle="--", label="majority baseline")
    axes.set_yticks(range(len(rows)), [name for name, *_ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.7)
    axes.set(xlabel="accuracy (bar: 95 % interval)")
    axes.set_title(marked(title))
    axes.legend(loc="best", fontsize=8)
    return figure
