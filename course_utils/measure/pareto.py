"""Which methods are worth a look, where accuracy and several costs count (lesson 6)."""

from collections.abc import Sequence

from course_utils.errors import CourseError


def pareto_front(accuracies: Sequence[float], costs: Sequence[Sequence[float]]) -> list[bool]:
    """Which methods no other one dominates.

    One method dominates another if it is at least as accurate, at most as expensive in every cost,
    and strictly better in one of these. Two that are equal in all do not dominate each other.

    Args:
        accuracies: one a method; high is good.
        costs: of each method, in the same order: such as bytes, seconds, memory; low is good.

    Returns:
        One a method: is it on the front?

    Raises:
        CourseError: the numbers of methods or of costs differ, or a value is NaN.
    """
    points = [(-accuracy, *cost) for accuracy, cost in zip(accuracies, costs)]  # low is good in all
    if len(accuracies) != len(costs) or len({len(point) for point in points}) > 1:
        raise CourseError(
            f"{len(accuracies)} accuracies and {len(costs)} rows of costs are no table of methods",
            "give one row of costs for each accuracy, each with the same costs",
        )
    if any(value != value for point in points for value in point):
        raise CourseError(
            "A method with NaN among its values is neither better nor worse than another",
            "leave it out, or measure it again",
        )
    return [not any(_dominates(other, point) for other in points) for point in points]


def _dominates(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other))
