"""Soft tokens as words: what lies nearest to each of them, through training."""

import ipywidgets
import torch
from transformers import PreTrainedTokenizerBase

from course_utils.neighbours import METRICS, nearest_words

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
