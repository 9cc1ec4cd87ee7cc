"""What the best of many looks like when all are equally good: the winner's curse (lesson 1)."""

import numpy
from scipy import stats

from course_utils.validate import number, whole


def expected_best(accuracy: float, n: int, k: int) -> float:
    """The expected highest share of ``k`` equally good prompts, each tried on ``n`` own items.

    The expected maximum of k binomial counts, over n; exact.

    Args:
        accuracy: of each, in [0, 1].
        n: items, at least 1.
        k: prompts, at least 1.

    Raises:
        CourseError: an argument is something else.
    """
    accuracy = number("accuracy", accuracy, least=0, most=1)
    n, k = whole("n", n, 1), whole("k", k, 1)
    at_most = stats.binom.cdf(numpy.arange(n), n, accuracy)
    return float((1 - at_most**k).sum() / n)
