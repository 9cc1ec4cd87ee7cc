"""The best of many equally good prompts, against what can be counted out."""

import numpy
import pytest

from course_utils.errors import CourseError
from course_utils.measure.selection import expected_best


def test_one_prompt_is_not_flattered():
    assert expected_best(0.8, 400, 1) == pytest.approx(0.8)


def test_two_coins_on_one_item():
    assert expected_best(0.5, 1, 2) == pytest.approx(0.75)


def test_a_simulation_comes_close():
    draws = numpy.random.default_rng(0).binomial(400, 0.8, (20_000, 24)).max(1).mean() / 400
    assert expected_best(0.8, 400, 24) == pytest.approx(draws, abs=5e-4)


def test_what_is_certain_stays():
    assert expected_best(1.0, 10, 5) == 1.0 and expected_best(0.0, 10, 5) == 0.0


@pytest.mark.parametrize("bad", [(1.2, 10, 1), (0.5, 0, 1), (0.5, 10, 0), (0.5, 10, 2.5)])
def test_bad_arguments_are_refused(bad):
    with pytest.raises(CourseError):
        expected_best(*bad)
