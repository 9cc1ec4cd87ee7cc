"""Cluster measures on points whose clusters are known, and on points that have none."""

import itertools
import math

import pytest
import torch

from course_utils.analysis.clusters import (
    explained_share,
    k_means,
    neighbour_purity,
    pca,
    permutation_test,
    silhouette,
)
from course_utils.errors import CourseError

LABELS = torch.arange(4).repeat_interleave(6)


def clustered(noise=0.1, seed=0):
    """Six points around each of four directions."""
    generator = torch.Generator().manual_seed(seed)
    centres = torch.eye(4, 10)[LABELS]
    return centres + noise * torch.randn(24, 10, generator=generator)


def shapeless(seed=0):
    return torch.randn(24, 10, generator=torch.Generator().manual_seed(seed))


def test_pca_equals_the_eigenvectors_of_the_covariance():
    points = shapeless() * torch.linspace(3, 0.5, 10) + 5
    values, vectors = torch.linalg.eigh(points.T.cov().double())
    expected = (points - points.mean(0)).double() @ vectors.flip(1)[:, :3]
    found = pca(points.requires_grad_(), 3).double()
    torch.testing.assert_close(found.abs(), expected.abs(), atol=1e-4, rtol=0)
    share = values.flip(0)[:3].sum() / values.sum()
    assert explained_share(points, 3) == pytest.approx(share.item(), abs=1e-5)


def test_k_means_finds_the_clusters_whatever_their_lengths():
    lengths = torch.tensor([0.5, 2, 9]).repeat(8)[:, None]
    found = k_means(clustered() * lengths, 4)
    same = found[:, None] == found[None, :]
    assert torch.equal(same, LABELS[:, None] == LABELS[None, :])
    assert torch.equal(found, k_means(clustered() * lengths, 4))


def test_silhouette_by_its_definition():
    points, cosines = shapeless(), torch.nn.functional.normalize(shapeless(), dim=1)
    distances = 1 - cosines @ cosines.T
    widths = []
    for i in range(24):
        own = [distances[i, j] for j in range(24) if LABELS[j] == LABELS[i] and j != i]
        others = [distances[i, LABELS == c].mean() for c in range(4) if c != LABELS[i]]
        a, b = sum(own) / len(own), min(others)
        widths.append((b - a) / max(a, b))
    assert silhouette(points, LABELS) == pytest.approx((sum(widths) / 24).item(), abs=1e-5)
    assert silhouette(clustered(), LABELS) > 0.8


def test_purity_by_its_definition():
    points = shapeless().requires_grad_()
    cosines = torch.nn.functional.cosine_similarity(points[:, None], points[None], dim=-1)
    shares = []
    for i in range(24):
        order = [j for j in cosines[i].argsort(descending=True).tolist() if j != i][:3]
        shares.append(sum(int(LABELS[j] == LABELS[i]) for j in order) / 3)
    assert neighbour_purity(points, LABELS, 3) == pytest.approx(sum(shares) / 24)
    assert neighbour_purity(clustered(), LABELS, 3) == 1.0


def test_permuted_labels_tell_clusters_from_noise():
    purity = lambda points: lambda labels: neighbour_purity(points, labels, 3)  # noqa: E731
    observed, chance, p = permutation_test(purity(clustered()), LABELS, 199)
    assert observed == 1.0 and p == 1 / 200
    assert chance == pytest.approx(5 / 23, abs=0.03)  # five others of 23 have the same label
    ps = [permutation_test(purity(shapeless(seed)), LABELS, 99)[2] for seed in range(20)]
    assert min(ps) < 0.3 and 0.3 < sum(ps) / 20 < 0.8


def test_p_is_one_where_labels_do_not_matter():
    assert permutation_test(lambda labels: 0.5, LABELS, 19) == (0.5, 0.5, 1.0)


BAD = [
    pytest.param(torch.full((24, 10), math.nan), id="nan"),
    pytest.param(shapeless().index_fill(0, torch.tensor([3]), math.inf), id="inf"),
    pytest.param(torch.ones(24), id="one dimension"),
    pytest.param(torch.ones(0, 10), id="none"),
]
MEASURES = [
    pca,
    explained_share,
    lambda points: k_means(points, 2),
    lambda points: silhouette(points, LABELS[: len(points)]),
    lambda points: neighbour_purity(points, LABELS[: len(points)], 3),
]


@pytest.mark.parametrize("points", BAD)
@pytest.mark.parametrize("measure", MEASURES, ids=["pca", "share", "k_means", "width", "purity"])
def test_vectors_that_are_no_numbers_are_refused(measure, points):
    with pytest.raises(CourseError, match="points|vectors"):
        measure(points)


@pytest.mark.parametrize("k", [0, -1, 1.0, None])
@pytest.mark.parametrize(
    "measure, most",
    [(pca, 10), (explained_share, 10), (k_means, 24),
     (lambda points, k: neighbour_purity(points, LABELS, k), 23)],
    ids=["pca", "share", "k_means", "purity"],
)  # fmt: skip
def test_k_out_of_range_is_refused_and_its_ends_are_not(measure, most, k):
    measure(shapeless(), 1)
    measure(shapeless(), most)
    for value in (k, most + 1):
        with pytest.raises(CourseError, match="^k = "):
            measure(shapeless(), value)


def test_all_components_show_all_of_the_variance():
    assert explained_share(shapeless(), 10) == pytest.approx(1) and explained_share(shapeless()) < 1
    line = torch.arange(5.0)[:, None] * torch.ones(3)
    assert explained_share(line, 1) == pytest.approx(1)


@pytest.mark.parametrize("points", [torch.ones(5, 3), torch.zeros(5, 3), torch.ones(1, 3)])
def test_points_that_do_not_differ_have_no_components(points):
    for measure in (pca, explained_share):
        with pytest.raises(CourseError, match="the same|at least 2"):
            measure(points, 1)


def test_k_means_needs_as_many_directions_as_clusters():
    points = torch.tensor([[1.0, 0], [2, 0], [0, 3]])
    assert k_means(points, 2).unique().numel() == 2
    with pytest.raises(CourseError, match="fewer than 3 different directions"):
        k_means(points, 3)


@pytest.mark.parametrize(
    "labels", [torch.zeros(24), torch.arange(24), torch.zeros(0), torch.zeros(23), LABELS[:, None]]
)
def test_a_silhouette_needs_two_clusters_and_fewer_than_points(labels):
    with pytest.raises(CourseError, match="clusters|labels|Labels"):
        silhouette(shapeless(), labels)


@pytest.mark.parametrize("labels", [["movies", "tweets"] * 12, LABELS.tolist(), None])
def test_labels_are_a_tensor(labels):
    for measure in (lambda: silhouette(shapeless(), labels),
                    lambda: permutation_test(lambda given: 0.5, labels)):  # fmt: skip
        with pytest.raises(CourseError, match="not a tensor"):
            measure()


def test_two_clusters_of_three_points_have_a_silhouette():
    points = torch.tensor([[1.0, 0], [1, 0.1], [0, 1]])
    assert 0 < silhouette(points, torch.tensor([0, 0, 1])) < 1


@pytest.mark.parametrize("points", [torch.ones(24, 10), torch.zeros(24, 10)], ids=["equal", "zero"])
@pytest.mark.parametrize("k", [1, 3, 23])
def test_equal_vectors_have_the_purity_of_chance(points, k):
    """A point is not its own neighbour, and the order of the points decides nothing."""
    assert neighbour_purity(points, LABELS, k) == pytest.approx(5 / 23)
    assert neighbour_purity(points, torch.arange(24), k) == 0
    assert permutation_test(lambda labels: neighbour_purity(points, labels, k), LABELS, 19)[2] == 1


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
        found = neighbour_purity(points, torch.tensor(labels), 3)
        assert found == pytest.approx(expected)


def test_two_points_are_each_others_neighbour():
    points = torch.tensor([[1.0, 0], [-1, 0]])
    assert neighbour_purity(points, torch.tensor([0, 0]), 1) == 1
    assert neighbour_purity(points, torch.tensor([0, 1]), 1) == 0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("when", [0, 5])
def test_a_statistic_that_is_no_number_is_not_ranked(bad, when):
    values = iter([0.3] * when + [bad] * 100)
    with pytest.warns(UserWarning, match="cannot be ranked"):
        found = permutation_test(lambda labels: next(values), LABELS, 19)
    assert all(math.isnan(value) for value in found)


def test_vectors_that_are_no_numbers_have_no_p_value():
    vectors = torch.full((len(LABELS), 4), math.nan)
    with pytest.raises(CourseError, match="NaN"):
        neighbour_purity(vectors, LABELS, 3)
    with pytest.warns(UserWarning, match="No p-value: .*NaN"):
        found = permutation_test(lambda labels: neighbour_purity(vectors, labels, 3), LABELS, 19)
    assert math.isnan(found[2])


@pytest.mark.parametrize("value", [0.5, 0.0, -3.0, 1e-9, 1e9, 1 / 3])
def test_a_constant_statistic_has_p_of_one(value):
    observed, mean, p = permutation_test(lambda labels: value, LABELS, 99)
    assert observed == value and mean == pytest.approx(value) and p == 1


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_p_does_not_depend_on_the_scale(scale):
    """Of the 24 orders of four labels, one has the largest statistic: p is near 1 / 24."""
    weights = torch.tensor([1.0, 2.0, 4.0, 8.0]).double() * scale
    found = permutation_test(lambda labels: (weights * labels).sum(), torch.arange(4), 4799)[2]
    assert found == pytest.approx(1 / 24, abs=0.01)


@pytest.mark.parametrize(
    "change", [{"permutations": 0}, {"permutations": 9.0}, {"seed": -1}, {"labels": LABELS[:0]}]
)
def test_other_settings_of_the_test_are_refused(change):
    settings = {"statistic": lambda labels: 0.5, "labels": LABELS} | change
    with pytest.raises(CourseError, match="permutations|seed|Labels"):
        permutation_test(**settings)
