"""The word nearest to each soft token through training, as a table (lesson 4).

*The soft tokens, seen*; in a browser, ``show.prompt_explorer``.
"""

import torch
from transformers import PreTrainedTokenizerBase

from course_utils.analysis.neighbours import nearest_words
from course_utils.show.tables import Table, table


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
