"""Principal components against scikit-learn, and projections onto those of other points."""

import pytest
import torch
from sklearn.decomposition import PCA

from course_utils.analysis.projection import explained_share, fit, pca
from course_utils.errors import CourseError


def shapeless(rows=24, seed=0):
    return torch.randn(rows, 10, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("rows", [4, 24, 400])
def test_components_are_those_of_scikit_learn(rows):
    points = shapeless(rows) * torch.linspace(3, 0.5, 10) + 5
    library = PCA(3, svd_solver="full").fit(points.double().numpy())
    found = pca(points.requires_grad_(), 3)
    expected = torch.tensor(library.transform(points.detach().double().numpy())).float()
    torch.testing.assert_close(found.abs(), expected.abs(), atol=1e-4, rtol=0)
    share = library.explained_variance_ratio_.sum()
    assert explained_share(points, 3) == pytest.approx(share, abs=1e-6)


def test_other_points_are_projected_on_the_same_axes():
    fitted, others = fit(shapeless(), 2), shapeless(6, seed=1).view(2, 3, 10)
    assert torch.equal(fitted(shapeless()), pca(shapeless(), 2))
    by_hand = (others.double() - shapeless().double().mean(0)) @ fitted.directions.T
    assert fitted(others).shape == (2, 3, 2)
    torch.testing.assert_close(fitted(others), by_hand.float())
    assert torch.allclose(fitted.directions @ fitted.directions.T, torch.eye(2).double())


def test_what_is_orthogonal_to_the_axes_is_not_seen():
    words = torch.cat([shapeless()[:, :2], torch.zeros(24, 8)], dim=1)  # they differ in two numbers
    far = torch.zeros(1, 10).index_fill(1, torch.tensor([7]), 100.0)
    middle = words.mean(0, keepdim=True)
    assert torch.allclose(fit(words)(middle + far), torch.zeros(1, 2), atol=1e-5)


def test_all_components_show_all_of_the_variance():
    assert explained_share(shapeless(), 10) == pytest.approx(1) and explained_share(shapeless()) < 1
    line = torch.arange(5.0)[:, None] * torch.ones(3)
    assert explained_share(line, 1) == pytest.approx(1)


@pytest.mark.parametrize("points", [torch.ones(5, 3), torch.zeros(5, 3), torch.ones(1, 3)])
def test_points_that_do_not_differ_have_no_components(points):
    for measure in (pca, explained_share):
        with pytest.raises(CourseError, match="the same|at least 2"):
            measure(points, 1)


@pytest.mark.parametrize("k", [0, -1, 1.0, None, 11])
def test_k_out_of_range_is_refused_and_its_ends_are_not(k):
    pca(shapeless(), 1), pca(shapeless(), 10)
    with pytest.raises(CourseError, match="^k = "):
        pca(shapeless(), k)


def test_points_of_another_width_are_refused():
    with pytest.raises(CourseError, match="9 numbers"):
        fit(shapeless())(torch.ones(2, 9))
    with pytest.raises(CourseError, match="NaN"):
        fit(torch.full((4, 3), torch.nan))
