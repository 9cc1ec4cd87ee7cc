"""Principal components: of the points themselves, or of others, onto which points are projected.

Lesson 4, *Principal components*: directions fitted on the words of the vocabulary do not know
where the soft tokens lie, so they cannot set them apart by construction.
"""

import dataclasses

import torch

from course_utils.analysis.vectors import checked
from course_utils.errors import CourseError
from course_utils.validate import whole


@dataclasses.dataclass(frozen=True)
class Projection:
    """Directions of largest variance, and the mean of the points that they were fitted on.

    Attributes:
        mean: (d,) float64.
        directions: (k, d) float64, of length 1; the sign of each is arbitrary.
        share: of the fitted points' variance that lies along them, in [0, 1].
    """

    mean: torch.Tensor
    directions: torch.Tensor
    share: float

    def __call__(self, points: torch.Tensor) -> torch.Tensor:
        """Coordinates along the directions: (..., d) -> (..., k) float32.

        Raises:
            CourseError: the points have another width.
        """
        if points.shape[-1] != len(self.mean):
            raise CourseError(
                f"Points of {points.shape[-1]} numbers have no place on directions of "
                f"{len(self.mean)}",
                "take both from the same model",
            )
        centred = points.detach().cpu().double() - self.mean
        return (centred @ self.directions.T).float()


def fit(points: torch.Tensor, k: int = 2) -> Projection:
    """The first ``k`` principal components of (n, d) points.

    Raises:
        CourseError: ``k`` is above n or d; the points are not finite, fewer than two, or all the
            same.
    """
    points = checked(points, "points", least=2).double().cpu()
    k = whole("k", k, 1, min(points.shape))
    if (points == points[0]).all():
        raise CourseError(
            "All points are the same, so there is no direction in which they differ",
            "take points that differ",
        )
    variances, axes = torch.linalg.eigh(points.T.cov().view(points.shape[1], -1))  # rising
    share = min(1.0, float(variances[-k:].sum() / variances.sum()))
    return Projection(points.mean(0), axes[:, -k:].flip(1).T, share)


def pca(points: torch.Tensor, k: int = 2) -> torch.Tensor:
    """Coordinates on the points' own first ``k`` principal components: (n, d) -> (n, k) float32.

    Raises:
        CourseError: see ``fit``.
    """
    return fit(points, k)(points)


def explained_share(points: torch.Tensor, k: int = 2) -> float:
    """Share of the variance that the first ``k`` principal components show, in [0, 1].

    Raises:
        CourseError: see ``fit``.
    """
    return fit(points, k).share
