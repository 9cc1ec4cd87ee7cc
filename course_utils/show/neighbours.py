"""The words nearest to a soft token: as a table over the training, and in an explorer.

Lesson 4, *What has it learned? The nearest words*.
"""

import ipywidgets
import torch
from transformers import PreTrainedTokenizerBase

from course_utils.analysis.neighbours import METRICS, nearest_words
from course_utils.show.explorer import Explorer, explorer
from course_utils.show.tables import Table, table

VALUES = {"cosine": "cosine", "dot": "dot product", "euclidean": "distance"}


def describe_neighbours(
    vector: torch.Tensor,
    vocabulary: torch.Tensor,
    tokenizer: PreTrainedTokenizerBase,
    metric: str = "cosine",
    k: int = 8,
) -> str:
    """One line for each of the ``k`` nearest words of a (d_model,) vector, and one on its length.

    Raises:
        CourseError: no such metric.
    """
    words = nearest_words(vector[None], vocabulary, tokenizer, k, metric)[0]
    lines = [f"length {vector.norm():.2f}; {VALUES[metric]}:"]
    lines += [f"{rank:3} {value:7.2f}  {word!r}" for rank, (word, value) in enumerate(words, 1)]
    return "\n".join(lines)


def neighbour_table(
    moments: torch.Tensor,
    steps: list[int],
    vocabulary: torch.Tensor,
    tokenizer: PreTrainedTokenizerBase,
) -> Table:
    """The nearest word of every soft token, by cosine, at each moment: a row a token.

    Args:
        moments: (moments, length, d_model).
        steps: the training steps done at each moment.
        vocabulary: (words, d_model), the rows of the embedding table.
    """
    columns = [nearest_words(vectors, vocabulary, tokenizer, 1) for vectors in moments]
    rows = []
    for token in range(moments.shape[1]):
        nearest = [column[token][0] for column in columns]
        cells = (f"{value:.2f} {word[:16]!r}" for word, value in nearest)
        rows.append({"token": token} | dict(zip((f"step {step}" for step in steps), cells)))
    return table(rows, "Cosine with the nearest word, and that word")


def neighbour_explorer(
    moments: torch.Tensor,
    steps: list[int],
    vocabulary: torch.Tensor,
    tokenizer: PreTrainedTokenizerBase,
) -> Explorer:
    """Choose a soft token, a moment of the training and a metric, and see the nearest words.

    Args:
        moments: (moments, length, d_model).
        steps: the training steps done at each moment.
        vocabulary: (words, d_model), the rows of the embedding table.
    """
    token = ipywidgets.BoundedIntText(0, min=0, max=moments.shape[1] - 1, description="token")
    step = ipywidgets.Dropdown(
        options=[(str(done), i) for i, done in enumerate(steps)],
        value=len(steps) - 1,
        description="step",
    )
    metric = ipywidgets.Dropdown(options=list(METRICS), description="metric")

    def show(token: int, step: int, metric: str) -> None:
        print(describe_neighbours(moments[step, token], vocabulary, tokenizer, metric))

    return explorer(show, {"token": token, "step": step, "metric": metric})
