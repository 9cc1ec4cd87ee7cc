"""Cluster measures on points whose clusters are known, and on points that have none."""

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
