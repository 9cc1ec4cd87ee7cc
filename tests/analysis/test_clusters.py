"""Purity and the gap of cosines by their definitions, on clusters and on points without any."""

import itertools
import math

import pytest
import torch

from course_utils.analysis.clusters import (
    cosine_gap_of,
    purity_of,
)
from course_utils.errors import CourseError

LABELS = torch.arange(4).repeat_interleave(6)


def clustered(noise=0.1, seed=0):
    """Six points around each of four directions."""
    generator = torch.Generator().manual_seed(seed)
    centres = torch.eye(4, 10)[LABELS]
    return centres + noise * torch.randn(24, 10, generator=generator)


def purity(points, labels, k):
    return purity_of(points, k)(labels[None]).item()


def shapeless(seed=0):
    return torch.randn(24, 10, generator=torch.Generator().manual_seed(seed))


def test_purity_by_its_definition():
    points = shapeless().requires_grad_()
    cosines = torch.nn.functional.cosine_similarity(points[:, None], points[None], dim=-1)
    shares = []
    for i in range(24):
        order = [j for j in cosines[i].argsort(descending=True).tolist() if j != i][:3]
        shares.append(sum(int(LABELS[j] == LABELS[i]) for j in order) / 3)
    assert purity(points, LABELS, 3) == pytest.approx(sum(shares) / 24)
    assert purity(clustered(), LABELS, 3) == 1.0


BAD = [
    pytest.param(torch.full((24, 10), math.nan), id="nan"),
    pytest.param(shapeless().index_fill(0, torch.tensor([3]), math.inf), id="inf"),
    pytest.param(torch.ones(24), id="one dimension"),
    pytest.param(torch.ones(0, 10), id="none"),
]
MEASURES = [
    lambda points: purity_of(points, 3),
    lambda points: cosine_gap_of(points, LABELS[: len(points)]),
]


@pytest.mark.parametrize("points", BAD)
@pytest.mark.parametrize("measure", MEASURES, ids=["purity", "gap"])
def test_vectors_that_are_no_numbers_are_refused(measure, points):
    with pytest.raises(CourseError, match="points|vectors"):
        measure(points)


@pytest.mark.parametrize("k", [0, -1, 1.0, None, 24])
def test_k_out_of_range_is_refused_and_its_ends_are_not(k):
    purity_of(shapeless(), 1), purity_of(shapeless(), 23)
    with pytest.raises(CourseError, match="^k = "):
        purity_of(shapeless(), k)


@pytest.mark.parametrize("points", [torch.ones(24, 10), torch.zeros(24, 10)], ids=["equal", "zero"])
@pytest.mark.parametrize("k", [1, 3, 23])
def test_equal_vectors_have_the_purity_of_chance(points, k):
    """A point is not its own neighbour, and the order of the points decides nothing."""
    assert purity(points, LABELS, k) == pytest.approx(5 / 23)
    assert purity(points, torch.arange(24), k) == 0


def test_ties_are_shared_and_the_nearer_ones_count_in_full():
    """Of the first point, one neighbour is nearest, and two of three equal ones take a place."""
    points = torch.tensor([[1.0, 0], [0.9, 0.1], [0, 1], [0, 2], [0, 3]])
    for labels in itertools.product([0, 1], repeat=5):
        same = [label == labels[0] for label in labels]
        first = (same[1] + 2 / 3 * sum(same[2:])) / 3
        second_same = [label == labels[1] for label in labels]
        second = (second_same[0] + 2 / 3 * sum(second_same[2:])) / 3
        others = []
        for i in (2, 3, 4):  # two equal ones first, then point 1
            order = [j for j in (2, 3, 4) if j != i] + [1]
            others.append(sum(labels[j] == labels[i] for j in order) / 3)
        expected = (first + second + sum(others)) / 5
        found = purity(points, torch.tensor(labels), 3)
        assert found == pytest.approx(expected)


def test_two_points_are_each_others_neighbour():
    points = torch.tensor([[1.0, 0], [-1, 0]])
    assert purity(points, torch.tensor([0, 0]), 1) == 1
    assert purity(points, torch.tensor([0, 1]), 1) == 0


def test_many_labellings_at_once_are_each_as_alone():
    generator = torch.Generator().manual_seed(0)
    many = torch.stack([LABELS[torch.randperm(24, generator=generator)] for _ in range(5)])
    alone = [purity(clustered(), labels, 3) for labels in many]
    assert purity_of(clustered(), 3)(many).tolist() == pytest.approx(alone)


def test_the_gap_of_cosines_by_its_definition():
    points, blocks = shapeless(), torch.arange(24) % 6
    cosines = torch.nn.functional.cosine_similarity(points[:, None], points[None], dim=-1)
    same, other = [], []
    for i, j in itertools.product(range(24), repeat=2):
        if blocks[i] != blocks[j]:
            (same if LABELS[i] == LABELS[j] else other).append(cosines[i, j].item())
    expected = sum(same) / len(same) - sum(other) / len(other)
    found = cosine_gap_of(points, blocks)(torch.stack([LABELS, LABELS.flip(0)]))
    assert found[0].item() == pytest.approx(expected, abs=1e-6)


def test_what_a_block_shares_is_not_in_the_gap():
    """Pairs of one block are left out, so a direction of each block changes nothing in them."""
    blocks = torch.arange(24) % 6
    own = torch.nn.functional.one_hot(blocks, 6).float()
    points = torch.cat([clustered(noise=0.0), own], dim=1)
    assert cosine_gap_of(points, blocks)(LABELS[None]).item() == pytest.approx(0.5)  # of length 2


def test_one_block_has_no_pairs():
    with pytest.raises(CourseError, match="one block"):
        cosine_gap_of(shapeless(), torch.zeros(24))
