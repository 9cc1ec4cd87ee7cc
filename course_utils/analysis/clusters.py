"""Do vectors form clusters? Pictures, numbers, and the controls that numbers need.

Lesson 4, *Do soft tokens form clusters?* and *Do prompts of one task lie together?*. As controls,
compare with vectors that were never trained (``methods.soft_prompt.random_init``), and with the
same vectors under permuted labels (``permutation_test``).
"""

from collections.abc import Callable

import numpy
import torch
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from torch.nn.functional import normalize


def pca(points: torch.Tensor, k: int = 2) -> torch.Tensor:
    """Coordinates on the first ``k`` principal components: (n, d) -> (n, k) float32.

    The sign of each component is arbitrary.
    """
    return torch.tensor(_fitted(points, k).transform(_array(points)), dtype=torch.float32)


def explained_share(points: torch.Tensor, k: int = 2) -> float:
    """Share of the variance that the first ``k`` principal components show, in [0, 1]."""
    return float(_fitted(points, k).explained_variance_ratio_.sum())


def k_means(points: torch.Tensor, k: int, seed: int = 0) -> torch.Tensor:
    """The cluster of each of the (n, d) points: (n,) int64.

    Points are scaled to length 1 first, so that clusters are of directions, as for the cosine.
    """
    found = KMeans(k, n_init=10, random_state=seed).fit_predict(_array(normalize(points, dim=1)))
    return torch.tensor(found, dtype=torch.int64)


def silhouette(points: torch.Tensor, labels: torch.Tensor) -> float:
    """Mean silhouette by cosine distance, in [-1, 1] (Rousseeuw 1987).

    Near 1: points are much nearer to their own cluster than to the next one; near 0: clusters
    touch. There must be at least 2 clusters, and fewer than points.
    """
    return float(silhouette_score(_array(points), labels.cpu().numpy(), metric="cosine"))


def neighbour_purity(vectors: torch.Tensor, labels: torch.Tensor, k: int) -> float:
    """Share of each vector's ``k`` nearest others, by cosine, that have its label; the mean."""
    directions = normalize(vectors.detach().float(), dim=1)
    cosines = (directions @ directions.T).fill_diagonal_(-torch.inf)  # (n, n), none is its own
    neighbours = cosines.topk(k, dim=1).indices  # (n, k)
    labels = labels.to(neighbours.device)
    return (labels[neighbours] == labels[:, None]).float().mean().item()


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
        permutations, the true one among them, that reach the true value.
    """
    generator = torch.Generator().manual_seed(seed)
    observed = statistic(labels)
    permuted = torch.tensor(
        [
            statistic(labels[torch.randperm(len(labels), generator=generator)])
            for _ in range(permutations)
        ]
    )
    reached = int((permuted >= observed - 1e-6).sum())
    return observed, permuted.mean().item(), (1 + reached) / (1 + permutations)


def _fitted(points: torch.Tensor, k: int) -> PCA:
    return PCA(k, svd_solver="full").fit(_array(points))


def _array(points: torch.Tensor) -> numpy.ndarray:
    return points.detach().double().cpu().numpy()
