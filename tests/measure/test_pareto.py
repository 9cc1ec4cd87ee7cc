"""The front of several costs: known answers, and what every front must have."""

import random

import pytest

from course_utils.errors import CourseError
from course_utils.measure.pareto import pareto_front


@pytest.mark.parametrize(
    ("accuracies", "costs", "expected"),
    [
        ([0.9, 0.8], [(1,), (2,)], [True, False]),
        ([0.9, 0.8], [(2,), (1,)], [True, True]),
        ([0.9, 0.9], [(1, 2), (1, 2)], [True, True]),  # equal ones stay
        ([0.9, 0.9], [(1, 2), (1, 3)], [True, False]),  # better in one is enough
        ([0.9, 0.8, 0.7], [(3, 3), (2, 9), (9, 2)], [True, True, True]),
        ([0.9, 0.8], [(), ()], [True, False]),
        ([], [], []),
    ],
)
def test_known_fronts(accuracies, costs, expected):
    assert pareto_front(accuracies, costs) == expected


def test_every_method_off_the_front_has_one_on_it_that_dominates_it():
    numbers = random.Random(0)
    for _ in range(100):
        methods = [tuple(numbers.randint(1, 4) for _ in range(4)) for _ in range(9)]
        front = pareto_front([m[0] for m in methods], [list(m[1:]) for m in methods])
        best = [m for m, on in zip(methods, front) if on]
        assert best
        for method, on in zip(methods, front):
            better = [
                o[0] >= method[0] and all(a <= b for a, b in zip(o[1:], method[1:])) and o != method
                for o in best
            ]
            assert any(better) != on


def test_a_table_with_holes_is_refused():
    with pytest.raises(CourseError, match="2 accuracies and 1 rows"):
        pareto_front([0.9, 0.8], [(1,)])
    with pytest.raises(CourseError, match="no table"):
        pareto_front([0.9, 0.8], [(1,), (1, 2)])
    with pytest.raises(CourseError, match="1 accuracies and 2 rows"):
        pareto_front([0.9], [(1,), (2,)])
    for accuracy, cost in ((0.8, float("nan")), (float("nan"), 2)):
        with pytest.raises(CourseError, match="NaN"):
            pareto_front([0.9, accuracy], [(1,), (cost,)])
