"""Which words lie nearest to a vector? By cosine, dot product or Euclidean distance.

Lesson 4, *The soft tokens, seen* and *Do soft tokens form clusters?*.
"""

import torch
from torch.nn.functional import cosine_similarity, normalize
from transformers import PreTrainedTokenizerBase

from course_utils.analysis.vectors import checked
from course_utils.errors import CourseError
from course_utils.validate import whole

METRICS = ("cosine", "dot", "euclidean")
CHUNK = 128  # vectors that are compared with the whole vocabulary at a time


@torch.no_grad()
def nearest(vectors: torch.Tensor, table: torch.Tensor, metric: str, k: int) -> torch.Tensor:
    """The ``k`` nearest rows of ``table`` for each vector, the nearest first.

    The Euclidean order comes from |v - t|^2 = |v|^2 - 2 v.t + |t|^2 without |v|^2, which is the
    same for every row. So the three metrics differ only in what they do with the length of t:
    the dot product rewards long rows, the cosine ignores their length, and the Euclidean distance
    punishes it.

    Args:
        vectors: (n, d_model).
        table: (vocabulary, d_model).
        metric: one of ``METRICS``.
        k: at most ``vocabulary``.

    Returns:
        (n, k) int64, row numbers.

    Raises:
        CourseError: no such metric; ``k`` is out of range; the widths differ; a number is not
            finite; or by cosine, a vector is 0 and so has no direction.
    """
    if metric not in METRICS:
        raise CourseError(f"There is no metric '{metric}'", f"choose one of {', '.join(METRICS)}")
    vectors, table = checked(vectors, "vectors"), checked(table, "the table")
    k = whole("k", k, 1, len(table))
    _refuse_widths(vectors, table)
    if metric == "cosine" and not vectors.any(1).all():
        raise CourseError(
            f"Vector {int(vectors.any(1).int().argmin())} (counted from 0) is 0, so it has no "
            "direction that a cosine could compare",
            "leave it out, or take the metric 'euclidean'",
        )
    table = table.float()
    if metric == "cosine":
        table = normalize(table, dim=1)
    lengths = table.square().sum(1) / 2 if metric == "euclidean" else 0.0
    chunks = [
        (chunk.float() @ table.T - lengths).topk(k, dim=1).indices  # of (chunk, vocabulary)
        for chunk in vectors.split(CHUNK)
    ]
    return torch.cat(chunks)


def nearest_words(
    vectors: torch.Tensor,
    table: torch.Tensor,
    tokenizer: PreTrainedTokenizerBase,
    k: int = 5,
    metric: str = "cosine",
) -> list[list[tuple[str, float]]]:
    """The ``k`` nearest words of each vector, the nearest first.

    Returns:
        A list for each vector: pairs of the token's text and its value. The value is the cosine,
        the dot product or the Euclidean distance; of the last, smaller is nearer.

    Raises:
        CourseError: see ``nearest``.
    """
    ids = nearest(vectors, table, metric, k)
    all_values = _values(vectors, table[ids], metric)
    return [
        [(tokenizer.decode([i]), value) for i, value in zip(row, values)]
        for row, values in zip(ids.tolist(), all_values.tolist())
    ]


@torch.no_grad()
def _values(vectors: torch.Tensor, rows: torch.Tensor, metric: str) -> torch.Tensor:
    """The metric between each of the (n, d_model) vectors and its (n, k, d_model) rows: (n, k)."""
    vectors, rows = vectors.float()[:, None], rows.float()
    if metric == "cosine":
        return cosine_similarity(vectors, rows, dim=-1)
    if metric == "dot":
        return (vectors * rows).sum(-1)
    return (vectors - rows).norm(dim=-1)


def tightness(vectors: torch.Tensor, table: torch.Tensor, k: int = 5) -> torch.Tensor:
    """How alike are the ``k`` nearest words of each vector? Mean cosine over their pairs.

    In many models any two words have a cosine well above 0, as the whole table points one way.
    So compare with vectors that were never trained and are distributed as the words are, and
    look at the tightness of ``centred`` vectors in the ``centred`` table as well.

    Args:
        vectors: (n, d_model).
        table: (vocabulary, d_model).
        k: from 2 to ``vocabulary``; words are nearest by cosine.

    Returns:
        (n,) float32, in [-1, 1].

    Raises:
        CourseError: see ``nearest``.
    """
    k = whole("k", k, 2, len(table))
    return mean_cosine(table[nearest(vectors, table, "cosine", k)])


@torch.no_grad()
def mean_cosine(rows: torch.Tensor) -> torch.Tensor:
    """Mean cosine of the pairs in each of (n, k, d_model) rows, k of at least 2: (n,) float32."""
    directions, k = normalize(rows.float(), dim=2), rows.shape[1]
    cosines = directions @ directions.transpose(1, 2)  # (n, k, k)
    return (cosines.sum((1, 2)) - k) / (k * (k - 1))  # without each row's cosine with itself


def centred(vectors: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """The vectors less the mean row of the table, in which all words point the same way.

    Args:
        vectors: (n, d_model); ``table`` itself for the centred table.
        table: (vocabulary, d_model).

    Returns:
        (n, d_model) float32.

    Raises:
        CourseError: the widths differ, or see ``vectors.checked``.
    """
    vectors, table = checked(vectors, "vectors"), checked(table, "the table")
    _refuse_widths(vectors, table)
    return vectors.float() - table.float().mean(0)


def snap(
    vectors: torch.Tensor, table: torch.Tensor, metric: str = "cosine"
) -> tuple[torch.Tensor, torch.Tensor]:
    """Replace each vector by its nearest word.

    Returns:
        The words' ids, (n,) int64, and their rows of the table, (n, d_model) float32.

    Raises:
        CourseError: see ``nearest``.
    """
    ids = nearest(vectors, table, metric, 1)[:, 0]
    return ids, table.detach()[ids].float()


def _refuse_widths(vectors: torch.Tensor, table: torch.Tensor) -> None:
    if vectors.shape[1] != table.shape[1]:
        raise CourseError(
            f"Vectors of {vectors.shape[1]} numbers cannot be compared with rows of "
            f"{table.shape[1]}",
            "take both from the same model",
        )
