"""The blocked test against one written out, and on groups that are known."""

import itertools
import math

import pytest
import torch

from course_utils.analysis import permutations
from course_utils.analysis.clusters import cosine_gap_of, purity_of
from course_utils.analysis.permutations import blocked_test, without_block_mean
from course_utils.errors import CourseError


def design(tasks, seeds):
    """(tasks,) and (seeds,) of each point, task by task."""
    return torch.arange(tasks).repeat_interleave(seeds), torch.arange(seeds).repeat(tasks)


def points(tasks, seeds, task_size, seed_size, draw=0):
    """Each point is its task's direction, its seed's, and some noise."""
    generator = torch.Generator().manual_seed(draw)
    by_task, by_seed = design(tasks, seeds)
    own = task_size * torch.randn(tasks, 40, generator=generator)[by_task]
    start = seed_size * torch.randn(seeds, 40, generator=generator)[by_seed]
    return own + start + 0.5 * torch.randn(tasks * seeds, 40, generator=generator)


def by_hand(vectors, tasks, seeds, k):
    """All (T!)^S assignments, one at a time."""
    by_task, by_seed = design(tasks, seeds)
    values = []
    for orders in itertools.product(itertools.permutations(range(tasks)), repeat=seeds):
        labels = torch.tensor([orders[s][t] for t, s in zip(by_task.tolist(), by_seed.tolist())])
        values.append(purity_of(vectors, k)(labels[None]).item())
    observed = purity_of(vectors, k)(by_task[None]).item()
    p = sum(value >= observed - 1e-9 for value in values) / len(values)
    return observed, sum(values) / len(values), p


@pytest.mark.parametrize("draw", range(4))
def test_all_assignments_are_counted(draw):
    """The first block stays as it is: the p-value is that of all blocks permuted."""
    vectors = points(3, 3, 0.3, 1.0, draw)
    found = blocked_test(purity_of(vectors, 2), *design(3, 3))
    assert (found.observed, found.chance, found.p) == pytest.approx(by_hand(vectors, 3, 3, 2))
    assert found.assignments == 36 and found.exact


@pytest.mark.parametrize("tasks, seeds, count", [(2, 2, 2), (3, 5, 1296), (4, 3, 576)])
def test_the_number_of_assignments(tasks, seeds, count):
    found = blocked_test(purity_of(points(tasks, seeds, 3.0, 0.0), 1), *design(tasks, seeds))
    assert found.assignments == count and found.p == pytest.approx(1 / count)
    assert f"over all {count:,} assignments" in str(found)


def test_every_assignment_is_another_one():
    ranks = torch.cat(list(permutations._all(3, 4)))
    assert len({tuple(rank.flatten().tolist()) for rank in ranks}) == len(ranks) == 216
    assert (ranks[:, 0] == torch.arange(3)).all() and (ranks.sort(2).values[:, :, 1] == 1).all()


def test_what_the_seeds_share_is_taken_away():
    """A large start and a small movement: hidden before, and found afterwards."""
    vectors, (by_task, by_seed) = points(3, 4, 1.0, 8.0), design(3, 4)
    before = blocked_test(purity_of(vectors, 3), by_task, by_seed)
    after = blocked_test(purity_of(without_block_mean(vectors, by_seed), 3), by_task, by_seed)
    assert before.observed < 0.2 and after.observed > 0.9 and after.p == pytest.approx(1 / 216)


def test_the_mean_of_each_block_is_zero_afterwards():
    vectors, (_, by_seed) = points(3, 4, 1.0, 8.0), design(3, 4)
    free = without_block_mean(vectors, by_seed)
    for seed in range(4):
        own = by_seed == seed
        assert torch.allclose(free[own], vectors[own] - vectors[own].mean(0), atol=1e-5)


def test_labels_that_mean_nothing_are_found_to_mean_nothing():
    values = []
    for draw in range(40):
        vectors, (by_task, by_seed) = points(3, 3, 0.0, 2.0, draw), design(3, 3)
        free = without_block_mean(vectors, by_seed)
        values.append(blocked_test(cosine_gap_of(free, by_seed), by_task, by_seed).p)
    assert 0.35 < sum(values) / 40 < 0.65 and sum(p <= 0.05 for p in values) <= 5


def test_the_order_of_the_points_does_not_matter():
    vectors, (by_task, by_seed) = points(3, 3, 0.5, 1.0), design(3, 3)
    order = torch.randperm(9, generator=torch.Generator().manual_seed(1))
    found = blocked_test(purity_of(vectors[order], 2), 7 - by_task[order], by_seed[order])
    assert found == blocked_test(purity_of(vectors, 2), by_task, by_seed)


def test_too_many_assignments_are_drawn(monkeypatch):
    monkeypatch.setattr(permutations, "MOST", 1000)
    monkeypatch.setattr(permutations, "DRAWN", 5000)
    vectors, (by_task, by_seed) = points(3, 5, 0.35, 0.0, 3), design(3, 5)
    statistic = cosine_gap_of(vectors, by_seed)
    found = blocked_test(statistic, by_task, by_seed)
    monkeypatch.undo()
    exact = blocked_test(statistic, by_task, by_seed)
    assert found.assignments == 5001 and not found.exact and "a random 5,001" in str(found)
    assert found.p == pytest.approx(exact.p, abs=0.01) and exact.exact
    assert found.chance == pytest.approx(exact.chance, abs=0.01)


@pytest.mark.parametrize("most, exact", [(36, True), (35, False)])
def test_as_many_as_are_allowed_are_enumerated(most, exact, monkeypatch):
    monkeypatch.setattr(permutations, "MOST", most)
    found = blocked_test(purity_of(points(3, 3, 0.5, 1.0), 2), *design(3, 3))
    assert found.exact == exact


def test_a_constant_statistic_has_p_of_one():
    found = blocked_test(lambda labels: torch.full((len(labels),), 1 / 3), *design(3, 3))
    assert found.p == 1 and found.observed == pytest.approx(1 / 3)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_statistic_that_is_no_number_is_not_ranked(bad):
    with pytest.raises(CourseError, match="not a finite number"):
        blocked_test(lambda labels: torch.full((len(labels),), bad), *design(3, 3))


@pytest.mark.parametrize(
    "labels, blocks, match",
    [
        ([0, 1, 0, 1], [0, 0, 0, 1], "missing"),
        ([0, 1, 0], [0, 0, 1], "missing"),
        ([0, 0], [0, 1], "permuted"),
        ([0, 1], [0, 0], "permuted"),
        ([0, 1], [0, 0, 0], "Labels"),
    ],
)
def test_other_designs_are_refused(labels, blocks, match):
    with pytest.raises(CourseError, match=match):
        blocked_test(lambda given: given[:, 0], torch.tensor(labels), torch.tensor(blocks))
