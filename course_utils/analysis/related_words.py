"""Do soft tokens lie near the words of their task? Sentences of Lester et al. (2021, section 7).

Lesson 4, *Do soft tokens form clusters?*: class labels are said to be near tokens, even after
random starts, and neighbours to be related to the task.
"""

from collections.abc import Collection

import torch
from torch.nn.functional import normalize
from transformers import PreTrainedTokenizerBase

from course_utils.analysis.lexical import decoded
from course_utils.analysis.neighbours import CHUNK, nearest
from course_utils.analysis.vectors import checked
from course_utils.errors import CourseError
from course_utils.validate import whole


@torch.no_grad()
def label_ranks(vectors: torch.Tensor, table: torch.Tensor, label_ids: list[int]) -> torch.Tensor:
    """The rank of the nearest label word among all words, by cosine, 1 for the nearest of all.

    Args:
        vectors: (n, d_model).
        table: (vocabulary, d_model).
        label_ids: token ids of the label words.

    Returns:
        (n,) int64. Of a word drawn at random, the mean rank of the nearer of two labels is a third
        of the vocabulary.

    Raises:
        CourseError: there is no label, one is no row of the table, or the widths differ.
    """
    vectors, table = checked(vectors, "vectors"), checked(table, "the table")
    if not label_ids:
        raise CourseError("There are no label words to rank", "give prompt.label_ids(tokenizer)")
    ids = [whole("a label's id", i, 0, len(table) - 1) for i in label_ids]
    directions = normalize(table.float(), dim=1).T
    ranks = []
    for chunk in vectors.float().split(CHUNK):
        cosines = chunk @ directions  # (chunk, vocabulary)
        best = cosines[:, ids].max(1, keepdim=True).values
        ranks.append(1 + (cosines > best).sum(1))
    return torch.cat(ranks)


def lexicon_share(
    vectors: torch.Tensor,
    table: torch.Tensor,
    tokenizer: PreTrainedTokenizerBase,
    lexicon: Collection[str],
    k: int = 20,
) -> torch.Tensor:
    """Share of each vector's ``k`` nearest words, by cosine, that stand in a lexicon.

    Args:
        vectors: (n, d_model).
        table: (vocabulary, d_model).
        tokenizer: that of the table.
        lexicon: words in lower case, such as ``assets.lexicon.lexicon()`` has for sentiment.
        k: at most ``vocabulary``.

    Returns:
        (n,) float32, in [0, 1].

    Raises:
        CourseError: see ``neighbours.nearest``.
    """
    rows = decoded(tokenizer, nearest(vectors, table, "cosine", k))
    return torch.tensor([sum(w.strip().lower() in lexicon for w in row) / k for row in rows])
