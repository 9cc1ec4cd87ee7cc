"""Several seeds of a method on the same items: their mean, and its distance from another's."""

import math

import numpy
from scipy import stats

from course_utils.evaluation import Comparison


def accuracies(answers: list[str]) -> numpy.ndarray:
    """(seeds,) float64: the share of ``1`` in each seed's answers."""
    return _right(answers).mean(1)


def compare_means(first: list[str], second: list[str]) -> Comparison:
    """The difference of two methods' mean accuracies on the same items.

    Each item counts as the share of a method's seeds that get it right; the interval is that of
    the mean of the items' differences (normal approximation), so it says what other *items* would
    change. It says nothing of other seeds: the few there are shown beside it.

    Args:
        first, second: one string a seed, one character an item, ``1`` where right; the same items
            in the same order. The two may have different numbers of seeds.

    Returns:
        ``only_first`` and ``only_second`` count the items of which one method gets more right; p is
        that of the sign test on them.

    Raises:
        ValueError: the items differ in number, or there are fewer than two.
    """
    if len({len(answers) for answers in first + second}) != 1 or len(first[0]) < 2:
        raise ValueError("compare_means needs the same items, at least two, for every seed")
    change = _right(first).mean(0) - _right(second).mean(0)  # (items,)
    centre, half = change.mean(), 1.96 * change.std(ddof=1) / math.sqrt(len(change))
    more, less = int((change > 1e-9).sum()), int((change < -1e-9).sum())
    p = stats.binomtest(more, more + less).pvalue if more + less else 1.0
    return Comparison(
        float(centre), float(centre - half), float(centre + half), float(p), more, less
    )


def _right(answers: list[str]) -> numpy.ndarray:
    """(seeds, items) float64."""
    return numpy.array([[character == "1" for character in row] for row in answers], float)
