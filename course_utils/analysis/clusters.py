"""Do vectors form clusters? Pictures, numbers, and the controls that numbers need.

Lesson 4, *Do soft tokens form clusters?* and *Do prompts of one task lie together?*. As controls,
compare with vectors that were never trained (``methods.soft_prompt.random_init``), and with the
same vectors under permuted labels (``permutation_test``).
"""

import math
import warnings
from collections.abc import Callable

import numpy
import torch
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import silhouette_score
from torch.nn.functional import normalize

from course_utils.analysis.vectors import checked
from course_utils.errors import CourseError
from course_utils.validate import whole

EQUAL = 1e-6  # numbers so near to each other differ by rounding alone


def pca(points: torch.Tensor, k: int = 2) -> torch.Tensor:
    """Coordinates on the first ``k`` principal components: (n, d) -> (n, k) float32.

    The sign of each component is arbitrary.

    Raises:
        CourseError: ``k`` is above n or d; the points are not finite, fewer than two, or all the
            same.
    """
    return torch.tensor(_fitted(points, k).transform(_array(points)), dtype=torch.float32)


def explained_share(points: torch.Tensor, k: int = 2) -> float:
    """Share of the variance that the first ``k`` principal components show, in [0, 1].

    Raises:
        CourseError: see ``pca``.
    """
    return min(1.0, float(_fitted(points, k).explained_variance_ratio_.sum()))


def k_means(points: torch.Tensor, k: int, seed: int = 0) -> torch.Tensor:
    """The cluster of each of the (n, d) points: (n,) int64.

    Points are scaled to length 1 first, so that clusters are of directions, as for the cosine.

    Raises:
        CourseError: ``k`` is above the number of different directions, or points are not finite.
    """
    directions = _array(normalize(checked(points, "points").double(), dim=1))
    k, seed = whole("k", k, 1, len(directions)), whole("seed", seed, 0, 2**32 - 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            found = KMeans(k, n_init=10, random_state=seed).fit_predict(directions)
        except ConvergenceWarning:
            raise CourseError(
                f"The {len(directions)} points have fewer than {k} different directions, so they "
                f"cannot be cut into {k} clusters",
                "choose a smaller k",
            ) from None
    return torch.tensor(found, dtype=torch.int64)


def silhouette(points: torch.Tensor, labels: torch.Tensor) -> float:
    """Mean silhouette by cosine distance, in [-1, 1] (Rousseeuw 1987).

    Near 1: points are much nearer to their own cluster than to the next one; near 0: clusters
    touch.

    Raises:
        CourseError: there are not at least 2 clusters, and fewer than points; or points are not
            finite.
    """
    array, labels = _array(checked(points, "points")), _labels(labels, len(points))
    clusters = len(labels.unique())
    if not 2 <= clusters < len(labels):
        raise CourseError(
            f"{clusters} clusters of {len(labels)} points have no silhouette",
            "take at least 2 clusters, and fewer than points",
        )
    return float(silhouette_score(array, labels.numpy(), metric="cosine"))


def neighbour_purity(vectors: torch.Tensor, labels: torch.Tensor, k: int) -> float:
    """Share of each vector's ``k`` nearest others, by cosine, that have its label; the mean.

    Where several are equally near and not all of them are among the ``k``, each counts in part:
    the order in which vectors stand must not matter.

    Args:
        vectors: (n, d), finite; one of length 0 has a cosine of 0 with every other.
        labels: (n,).
        k: from 1 to n - 1, as no vector is its own neighbour.

    Raises:
        CourseError: one of these is something else.
    """
    directions = normalize(checked(vectors, "vectors", least=2).double(), dim=1)
    n = len(directions)
    labels, k = _labels(labels, n).to(directions.device), whole("k", k, 1, n - 1)
    others = ~torch.eye(n, dtype=torch.bool, device=directions.device)
    cosines = (directions @ directions.T)[others].view(n, n - 1)
    same = (labels[:, None] == labels)[others].view(n, n - 1).double()
    last = cosines.topk(k, dim=1).values[:, -1:]  # of the k-th nearest
    nearer = (cosines > last + EQUAL).double()  # (n, n - 1)
    as_near = ((cosines - last).abs() <= EQUAL).double()
    left = k - nearer.sum(1)  # places for those that are as near as the k-th
    hits = (nearer * same).sum(1) + left * (as_near * same).sum(1) / as_near.sum(1)
    return float((hits / k).mean())


def permutation_test(
    statistic: Callable[[torch.Tensor], float],
    labels: torch.Tensor,
    permutations: int = 999,
    seed: int = 0,
) -> tuple[float, float, float]:
    """Would labels that mean nothing do as well?

    Args:
        statistic: of labels, larger for better clusters, such as
            ``lambda labels: neighbour_purity(vectors, labels, 3)``.
        labels: (n,), the true ones.
        permutations: how often the labels are shuffled.
        seed: of the shuffles.

    Returns:
        The statistic of the true labels, its mean under permuted ones, and p: the share of
        permutations, the true one among them, that reach the true value. All three are NaN, and a
        warning says why, where the statistic has no value: what is not a number has no rank.

    Raises:
        CourseError: there are no labels.
    """
    permutations, seed = whole("permutations", permutations, 1), whole("seed", seed, 0)
    labels, generator = _labels(labels), torch.Generator().manual_seed(seed)
    orders = (torch.randperm(len(labels), generator=generator) for _ in range(permutations))
    try:
        observed = _finite(statistic(labels))
        values = [_finite(statistic(labels[order])) for order in orders]
    except CourseError as error:
        warnings.warn(f"No p-value: {error}", stacklevel=2)
        return math.nan, math.nan, math.nan
    permuted = torch.tensor(values, dtype=torch.float64)
    rounding = EQUAL * max(abs(observed), permuted.abs().max().item())
    reached = int((permuted >= observed - rounding).sum())
    return observed, permuted.mean().item(), (1 + reached) / (1 + permutations)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise CourseError(
            f"The statistic is {float(value)}, which cannot be ranked",
            "look whether its vectors are finite, and whether it is defined for every grouping",
        )
    return float(value)


def _labels(labels: torch.Tensor, count: int | None = None) -> torch.Tensor:
    """The labels on the CPU, one for each of ``count`` points; None: of any number of them."""
    if not isinstance(labels, torch.Tensor):
        raise CourseError(
            f"Labels are a {type(labels).__name__}, not a tensor",
            "number them from 0, and give torch.tensor(numbers)",
        )
    if labels.ndim != 1 or not len(labels) or count not in (None, len(labels)):
        raise CourseError(
            f"Labels of the shape {tuple(labels.shape)} do not fit {count or 'any'} points",
            "give one label for each point",
        )
    return labels.cpu()


def _fitted(points: torch.Tensor, k: int) -> PCA:
    array = _array(checked(points, "points", least=2))
    k = whole("k", k, 1, min(array.shape))
    if (array == array[0]).all():
        raise CourseError(
            "All points are the same, so there is no direction in which they differ",
            "take points that differ",
        )
    return PCA(k, svd_solver="full").fit(array)


def _array(points: torch.Tensor) -> numpy.ndarray:
    return points.detach().double().cpu().numpy()
