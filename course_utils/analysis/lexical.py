"""Are a soft token's neighbours forms of one word? A measure that lengths and cones do not move.

Lesson 4, *Do soft tokens form clusters?*. The clusters that Lester et al. (2021, section 7) print,
such as *Technology, technology, Technologies*, are mostly of this kind.
"""

import dataclasses
import itertools

import torch
from transformers import PreTrainedTokenizerBase

from course_utils.analysis.neighbours import mean_cosine, nearest
from course_utils.validate import whole

VOWELS = frozenset("aeiouy")
UNDOUBLED = frozenset("bdfgmnprt")  # running -> run, but falling -> fall


def stem(word: str) -> str:
    """A word without case, blanks around it and ending: `` Kids`` and ``kid`` are both ``kid``.

    The endings s, ed, ing, ly, e and y go, after the first step of Porter (1980), which leaves
    most stems readable. What has no letter is only stripped; a blank or a line break stays.
    """
    word = word.strip().lower() or word
    if not word.isalpha():
        return word
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-3] + "i" if word.endswith("ies") else word[:-1]
    for ending in ("ing", "ed", "ly"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and VOWELS & set(rest):
            word = rest[:-1] if rest[-1] == rest[-2] and rest[-1] in UNDOUBLED else rest
            break
    if len(word) > 3 and word[-1] in "ey":
        word = word[:-1] + ("i" if word[-1] == "y" else "")
    return word


def alike(words: list[str]) -> float:
    """Share of the pairs of at least two words that have the same stem, in [0, 1]."""
    pairs = list(itertools.combinations(map(stem, words), 2))
    return sum(first == second for first, second in pairs) / len(pairs)


def decoded(tokenizer: PreTrainedTokenizerBase, ids: torch.Tensor) -> list[list[str]]:
    """The texts of (n, k) token ids, each for itself, with its blank."""
    return [[tokenizer.decode([i]) for i in row] for row in ids.tolist()]


@dataclasses.dataclass(frozen=True)
class WordCluster:
    """The nearest words of a soft token.

    Attributes:
        token: its number in the prompt.
        words: with their blanks, the nearest first.
        tightness: mean cosine of their pairs.
        lexical: share of their pairs with the same stem.
    """

    token: int
    words: tuple[str, ...]
    tightness: float
    lexical: float

    def __str__(self) -> str:
        return "{" + ", ".join(repr(word) for word in self.words) + "}"


def word_clusters(
    vectors: torch.Tensor, table: torch.Tensor, tokenizer: PreTrainedTokenizerBase, k: int = 5
) -> list[WordCluster]:
    """The clusters of a prompt, the most lexical first, and of equals the tightest.

    Of tokens with the same neighbours, in whatever order, the first stands for all.

    Args:
        vectors: (length, d_model).
        table: (vocabulary, d_model).
        tokenizer: that of the table.
        k: from 2 to ``vocabulary``; words are nearest by cosine.

    Raises:
        CourseError: see ``neighbours.nearest``.
    """
    ids = nearest(vectors, table, "cosine", whole("k", k, 2, len(table)))
    tight = mean_cosine(table[ids]).tolist()
    found: dict[frozenset[str], WordCluster] = {}
    for token, words in enumerate(decoded(tokenizer, ids)):
        cluster = WordCluster(token, tuple(words), tight[token], alike(words))
        found.setdefault(frozenset(words), cluster)
    return sorted(found.values(), key=lambda cluster: (-cluster.lexical, -cluster.tightness))
