"""Would labels that mean nothing do as well? Permuted within blocks, and all of them where it can.

Lesson 4, *Do prompts of one task move together?*. Prompts of one seed share their start, so they
are alike whatever their task is. A test that shuffles tasks over all prompts counts this likeness
as noise. So the mean of each seed is taken away first, and tasks are shuffled within each seed.
"""

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator

import torch

from course_utils.analysis.vectors import checked, checked_labels
from course_utils.errors import CourseError

Statistic = Callable[[torch.Tensor], torch.Tensor]  # (m, n) labels -> (m,), larger is better
MOST, DRAWN = 400_000, 50_000  # assignments that are enumerated; drawn where there are more
CHUNK = 4096  # assignments at a time
ROUNDING = 1e-6


@dataclasses.dataclass(frozen=True)
class PermutationTest:
    """What ``blocked_test`` found.

    Attributes:
        observed: the statistic of the true labels.
        chance: its mean over the assignments.
        p: share of the assignments, the true one among them, that reach the true value.
        assignments: how many there were.
        exact: all that are different were enumerated; else they were drawn at random.
    """

    observed: float
    chance: float
    p: float
    assignments: int
    exact: bool

    def __str__(self) -> str:
        how = "all" if self.exact else "a random"
        found = f"{self.observed:.2f} (chance {self.chance:.2f})"
        return f"{found}, p = {self.p:.2g} over {how} {self.assignments:,} assignments"


def without_block_mean(vectors: torch.Tensor, blocks: torch.Tensor) -> torch.Tensor:
    """Each vector less the mean of its block: (n, d) -> (n, d) float32.

    Args:
        vectors: (n, d).
        blocks: (n,), such as the seed that each prompt started from.

    Raises:
        CourseError: the vectors are not finite, or there are not as many blocks.
    """
    vectors = checked(vectors, "vectors").float()
    blocks = checked_labels(blocks, len(vectors)).to(vectors.device)
    same = (blocks[:, None] == blocks).float()  # (n, n)
    return vectors - (same / same.sum(1, keepdim=True)) @ vectors


def blocked_test(
    statistic: Statistic, labels: torch.Tensor, blocks: torch.Tensor, seed: int = 0
) -> PermutationTest:
    """Permute the labels within each block, and count how often the true value is reached.

    With T labels in S blocks there are (T!)^S assignments. They come in sets of T! that differ by
    the labels' names alone, so those of the first block stay, and (T!)^(S - 1) are enumerated: 36
    of three tasks and three seeds, 1,296 of three tasks and five seeds. Of more than 400,000,
    50,000 are drawn, and the true one is added.

    Args:
        statistic: (m, n) labels to (m,) values, larger for better groups. It may ask which labels
            are equal, not which they are: see ``clusters.purity_of`` and ``cosine_gap_of``.
        labels: (n,), the true ones, such as tasks; each once in each block.
        blocks: (n,), such as seeds.
        seed: of the assignments that are drawn.

    Raises:
        CourseError: a label is missing from a block or there twice, there are fewer than two of
            either, or the statistic is not finite.
    """
    labels = checked_labels(labels)
    order = _by_block(labels, checked_labels(blocks, len(labels)))  # (blocks, labels) of positions
    kinds, rows = order.shape[1], order.shape[0]
    count = math.factorial(kinds) ** (rows - 1)
    exact = count <= MOST
    drawn = _all(kinds, rows) if exact else _some(kinds, rows, seed)
    observed = _finite(statistic(labels[None]))[0]
    numbers = labels[order[0]]  # the labels by rank
    values = torch.cat([
        _finite(statistic(_laid_out(numbers[ranks], order))) for ranks in drawn
    ])  # fmt: skip
    rounding = ROUNDING * max(abs(float(observed)), float(values.abs().max()))
    reached, extra = int((values >= observed - rounding).sum()), 0 if exact else 1
    p = (reached + extra) / (len(values) + extra)
    return PermutationTest(float(observed), float(values.mean()), p, len(values) + extra, exact)


def _by_block(labels: torch.Tensor, blocks: torch.Tensor) -> torch.Tensor:
    """Where each label stands in each block: (blocks, labels) int64, labels in rising order."""
    kinds, names = labels.unique(), blocks.unique()
    places = [[torch.nonzero((blocks == b) & (labels == k)) for k in kinds] for b in names]
    if not all(len(place) == 1 for row in places for place in row):
        raise CourseError(
            "Some label is missing from a block, or is there twice",
            "give each label once in each block, such as each task once for each seed",
        )
    if len(kinds) < 2 or len(names) < 2:
        raise CourseError(
            f"{len(kinds)} labels in {len(names)} blocks cannot be permuted to anything new",
            "give at least two labels and two blocks",
        )
    return torch.tensor([[int(place) for place in row] for row in places])


def _all(kinds: int, blocks: int) -> Iterator[torch.Tensor]:
    """All (chunk, blocks, kinds) ranks, the first block in rising order."""
    orders = torch.tensor(list(itertools.permutations(range(kinds))))  # the first is rising
    count = len(orders) ** (blocks - 1)
    for chunk in torch.arange(count).split(CHUNK):
        digits = [chunk // len(orders) ** b % len(orders) for b in range(blocks - 1)]
        picked = torch.stack([torch.zeros_like(chunk), *digits], dim=1)
        yield orders[picked]


def _some(kinds: int, blocks: int, seed: int) -> Iterator[torch.Tensor]:
    """``DRAWN`` (chunk, blocks, kinds) ranks at random."""
    generator = torch.Generator().manual_seed(seed)
    for chunk in torch.arange(DRAWN).split(CHUNK):
        yield torch.rand(len(chunk), blocks, kinds, generator=generator).argsort(2)


def _laid_out(labels: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
    """(m, blocks, kinds) labels in the order of the points: (m, n)."""
    laid = torch.empty(len(labels), order.numel(), dtype=labels.dtype)
    laid[:, order.flatten()] = labels.flatten(1)
    return laid


def _finite(values: torch.Tensor) -> torch.Tensor:
    if not values.isfinite().all():
        raise CourseError(
            "The statistic is not a finite number for every grouping, so it cannot be ranked",
            "look whether its vectors are finite, and whether groups have more than one member",
        )
    return values
