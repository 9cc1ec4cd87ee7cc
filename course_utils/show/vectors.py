"""Soft tokens as vectors: maps among the words and by task, and the words nearest to each.

Lesson 4, *What has it learned? The nearest words* and the two sections after it.
"""

import ipywidgets
import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure
from transformers import PreTrainedTokenizerBase

from course_utils.analysis.neighbours import METRICS, nearest_words
from course_utils.show.figures import BLUE, GREEN, GREY, ORANGE, RED, marked

LOOKS = ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"), (RED, "D"))  # of tasks: colour and marker


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
    figure, axes = plt.subplots(figsize=(7, 5), layout="constrained")
    axes.scatter(*sample.T, s=6, color=GREY, alpha=0.4, label="words at random")
    for token in range(paths.shape[1]):
        axes.plot(*paths[:, token].T, color=BLUE, linewidth=0.7, alpha=0.7)
    axes.scatter(*paths[0].T, s=28, facecolors="white", edgecolors=BLUE, label="soft tokens, start")
    axes.scatter(*paths[-1].T, s=28, color=BLUE, label="soft tokens, end")
    for words, colour, marker, name in (
        (neighbours, ORANGE, "s", "nearest words at the end"),
        (label_words, RED, "*", "label words"),
    ):
        points = torch.stack(list(words.values()))
        axes.scatter(*points.T, s=70, color=colour, marker=marker, label=name, zorder=3)
        for place, (word, point) in enumerate(words.items()):
            axes.annotate(repr(word), point.tolist(), (6, 6 - 12 * (place % 2)),
                          textcoords="offset points", fontsize=7, parse_math=False)  # fmt: skip
    axes.set(xlabel="principal component 1", ylabel="principal component 2")
    axes.set_title(marked(title))
    axes.legend(fontsize=8)
    return figure


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
    figure, all_axes = plt.subplots(
        1, len(panels), figsize=(3.4 * len(panels), 3.4), layout="constrained", squeeze=False
    )
    looks = dict(zip(dict.fromkeys(tasks), LOOKS))
    for axes, (name, points) in zip(all_axes[0], panels.items()):
        for task, (colour, marker) in looks.items():
            own = points[[other == task for other in tasks]]
            axes.scatter(*own.T, s=45, color=colour, marker=marker, label=task)
        for point, seed in zip(points.tolist(), seeds):
            axes.annotate(str(seed), point, (5, 3), textcoords="offset points", fontsize=7)
        axes.set(title=f"start: {name}", xlabel="principal component 1")
        axes.margins(0.12)
    all_axes[0][0].set_ylabel("principal component 2")
    all_axes[0][0].legend(fontsize=8)
    figure.suptitle(title)
    return figure


VALUES = {"cosine": "cosine", "dot": "dot product", "euclidean": "distance"}


def describe_neighbours(
    vector: torch.Tensor,
    table: torch.Tensor,
    tokenizer: PreTrainedTokenizerBase,
    metric: str = "cosine",
    k: int = 8,
) -> str:
    """One line for each of the ``k`` nearest words of a (d_model,) vector, and one on its length.

    Raises:
        CourseError: no such metric.
    """
    words = nearest_words(vector[None], table, tokenizer, k, metric)[0]
    lines = [f"length {vector.norm():.2f}; {VALUES[metric]}:"]
    lines += [f"{rank:3} {value:7.2f}  {word!r}" for rank, (word, value) in enumerate(words, 1)]
    return "\n".join(lines)


def neighbour_table(
    moments: torch.Tensor,
    steps: list[int],
    table: torch.Tensor,
    tokenizer: PreTrainedTokenizerBase,
) -> str:
    """The nearest word of every soft token, by cosine, at each moment: a line a token.

    Args:
        moments: (moments, length, d_model).
        steps: the training steps done at each moment.
        table: (vocabulary, d_model).
    """
    columns = [nearest_words(vectors, table, tokenizer, 1) for vectors in moments]
    lines = ["token  " + "".join(f"{f'step {step}':<24}" for step in steps)]
    for token in range(moments.shape[1]):
        cells = [f"{value:.2f} {word[:16]!r}" for [(word, value)] in (c[token] for c in columns)]
        lines.append(f"{token:5}  " + "".join(f"{cell:<24}" for cell in cells))
    return "\n".join(line.rstrip() for line in lines)


def neighbour_explorer(
    moments: torch.Tensor,
    steps: list[int],
    table: torch.Tensor,
    tokenizer: PreTrainedTokenizerBase,
) -> ipywidgets.Widget:
    """Choose a soft token, a moment of the training and a metric, and see the nearest words.

    Args:
        moments: (moments, length, d_model).
        steps: the training steps done at each moment.
        table: (vocabulary, d_model).
    """
    token = ipywidgets.IntSlider(0, 0, moments.shape[1] - 1, description="token")
    step = ipywidgets.SelectionSlider(
        options=[(str(done), i) for i, done in enumerate(steps)],
        value=len(steps) - 1,
        description="step",
    )
    metric = ipywidgets.Dropdown(options=list(METRICS), description="metric")

    def show(token: int, step: int, metric: str) -> None:
        print(describe_neighbours(moments[step, token], table, tokenizer, metric))

    output = ipywidgets.interactive_output(show, {"token": token, "step": step, "metric": metric})
    return ipywidgets.VBox([token, step, metric, output])
