"""Several comparisons at once: Holm's correction of their p-values (lesson 6)."""

from collections.abc import Sequence

from course_utils.validate import number


def adjusted(p_values: Sequence[float]) -> list[float]:
    """P-values that hold for all comparisons together (Holm 1979, step-down Bonferroni).

    From the lowest on, the p-value with k lower ones before it is multiplied by the number of those
    that are not below it, m - k; none becomes lower than the one before it, nor higher than 1.
    Whether the comparisons depend on each other does not matter.

    Args:
        p_values: of m comparisons, in any order, each in [0, 1].

    Returns:
        One a comparison, in the order given. Where it is at most alpha, the comparison stands, and
        the chance that any of those without a difference does is at most alpha.

    Raises:
        CourseError: a p-value is not in [0, 1], or NaN.
    """
    values = [number("p", p, least=0, most=1) for p in p_values]
    found, highest = [0.0] * len(values), 0.0
    for k, i in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, min(1.0, (len(values) - k) * values[i]))
        found[i] = highest
    return found


def holm(p_values: Sequence[float], alpha: float = 0.05) -> list[bool]:
    """Which comparisons stand at the level ``alpha``, all taken together; see ``adjusted``.

    Args:
        p_values: see ``adjusted``.
        alpha: above 0 and below 1.

    Returns:
        One a comparison, in the order given: is its null hypothesis rejected?

    Raises:
        CourseError: a p-value or alpha is out of range, or NaN.
    """
    alpha = number("alpha", alpha, above=0, below=1)
    return [p <= alpha for p in adjusted(p_values)]
