"""Soft prompts in numbers, token by token, and paths that went as far but nowhere in particular.

Lesson 4: the tables of *Do soft tokens form clusters?*, and the controls of its pictures and of
*Ask the model what it reads*.
"""

import torch
from torch.nn.functional import cosine_similarity, normalize
from transformers import PreTrainedTokenizerBase

from course_utils.analysis.lexical import alike, decoded
from course_utils.analysis.neighbours import centred, mean_cosine, nearest, tightness
from course_utils.analysis.vectors import checked
from course_utils.errors import CourseError

NEIGHBOURS = 5  # of each token, as in Lester et al. 2021, section 7


def describe(
    prompts: torch.Tensor, table: torch.Tensor, tokenizer: PreTrainedTokenizerBase
) -> dict[str, torch.Tensor]:
    """Five measures of each prompt, each a mean over its tokens.

    Args:
        prompts: (prompts, length, d_model).
        table: (vocabulary, d_model).
        tokenizer: that of the table.

    Returns:
        Name of the measure to (prompts,) float32: ``length`` of a vector; cosine with the
        ``nearest word``; ``tightness`` of the five nearest words; the same ``centred``, with the
        table's mean row taken from everything; and ``lexical``, the share of their pairs that are
        forms of one word.

    Raises:
        CourseError: see ``neighbours.nearest``.
    """
    tokens = checked(prompts.flatten(0, -2), "vectors")  # (prompts * length, d_model)
    ids = nearest(tokens, table, "cosine", NEIGHBOURS)
    numbers = {
        "length": tokens.norm(dim=1),
        "nearest word": cosine_similarity(tokens, table[ids[:, 0]]),
        "tightness": mean_cosine(table[ids]),
        "centred": tightness(centred(tokens, table), centred(table, table), NEIGHBOURS),
        "lexical": torch.tensor([alike(words) for words in decoded(tokenizer, ids)]),
    }
    return {name: values.view(len(prompts), -1).mean(1) for name, values in numbers.items()}


def length_and_cosine(vectors: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """The length of each vector and its cosine with the nearest word: (..., d) -> (..., 2).

    A vector that is itself a row of the table has a cosine of 1.

    Raises:
        CourseError: see ``neighbours.nearest``.
    """
    flat = checked(vectors.reshape(-1, vectors.shape[-1]), "vectors").float()
    words = table[nearest(flat, table, "cosine", 1)[:, 0]]
    pairs = torch.stack([flat.norm(dim=1), cosine_similarity(flat, words)], dim=1)
    return pairs.view(*vectors.shape[:-1], 2)


def words_length_and_cosine(ids: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """The same of words, whose nearest word is to be another one: (n,) ids -> (n, 2).

    Raises:
        CourseError: see ``neighbours.nearest``.
    """
    rows = table[ids].float()
    two = nearest(rows, table, "cosine", 2)  # (n, 2); a word's own row is the first, as a rule
    other = torch.where(two[:, 0] == ids, two[:, 1], two[:, 0])
    return torch.stack([rows.norm(dim=1), cosine_similarity(rows, table[other])], dim=1)


def displaced(start: torch.Tensor, end: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Each token as far from its start as training took it, but in a direction drawn at random.

    Only the part of the way that is orthogonal to the start is drawn anew. So the result has the
    length of ``end`` and its cosine with ``start`` too, and differs from it in nothing but where it
    went.

    Args:
        start, end: (length, d_model), or with more dimensions before these; d_model of at least 2.
        generator: on the CPU.

    Returns:
        Of the same shape, float32.

    Raises:
        CourseError: the shapes differ.
    """
    if start.shape != end.shape:
        raise CourseError(
            f"A start of {tuple(start.shape)} and an end of {tuple(end.shape)} have no distance",
            "take both from one training",
        )
    unit, moved = normalize(start.float(), dim=-1), (end - start).float()
    along = (moved * unit).sum(-1, keepdim=True) * unit
    drawn = _directions(start.shape, generator)
    across = normalize(drawn - (drawn * unit).sum(-1, keepdim=True) * unit, dim=-1)
    return start.float() + along + (moved - along).norm(dim=-1, keepdim=True) * across


def random_walk(path: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """A walk from the same start, every step as long as that of the path, directions at random.

    Args:
        path: (moments, length, d_model).
        generator: on the CPU.

    Returns:
        Of the same shape, float32.

    Raises:
        CourseError: there are fewer than two moments.
    """
    if path.ndim != 3 or len(path) < 2:
        raise CourseError(
            f"A path of the shape {tuple(path.shape)} has no steps",
            "give (moments, length, d_model) with at least two moments",
        )
    steps = path.float().diff(dim=0).norm(dim=-1, keepdim=True)  # (moments - 1, length, 1)
    walked = steps * _directions(path[1:].shape, generator)
    return torch.cat([path[:1].float(), path[0].float() + walked.cumsum(0)])


def _directions(shape: torch.Size, generator: torch.Generator) -> torch.Tensor:
    return normalize(torch.randn(shape, generator=generator), dim=-1)
