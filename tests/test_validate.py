"""Settings at the door: what is allowed comes back, all else ends in one sentence."""

import math

import numpy
import pytest

from course_utils import validate
from course_utils.errors import CourseError


@pytest.mark.parametrize("value", [1, 8, numpy.int64(3)])
def test_a_whole_number_within_bounds_comes_back_as_int(value):
    got = validate.whole("rank", value, 1, 8)
    assert got == value and type(got) is int


@pytest.mark.parametrize("value", [0, 9, -1, 2.0, True, "4", None, math.nan, [1]])
def test_all_else_is_no_whole_number_from_1_to_8(value):
    with pytest.raises(CourseError, match="rank = .* a whole number from 1 to 8") as refused:
        validate.whole("rank", value, 1, 8)
    assert repr(value) in str(refused.value)


def test_without_an_upper_bound_the_message_says_at_least():
    with pytest.raises(CourseError, match="of at least 1"):
        validate.whole("steps", 0, 1)


@pytest.mark.parametrize("value", [0.5, 1, 1.5, numpy.float32(0.75)])
def test_a_number_within_bounds_comes_back_as_float(value):
    got = validate.number("alpha", value, above=0, most=1.5)
    assert got == value and type(got) is float


@pytest.mark.parametrize("value", [0, 1.6, -2, math.nan, math.inf, "1", None, True])
def test_all_else_is_no_number_above_0_and_at_most_1_5(value):
    with pytest.raises(CourseError, match="a finite number above 0 and of at most 1.5"):
        validate.number("alpha", value, above=0, most=1.5)


def test_bounds_are_allowed_or_not_as_their_names_say():
    assert validate.number("dropout", 0, least=0, below=1) == 0
    with pytest.raises(CourseError):
        validate.number("dropout", 1, least=0, below=1)


def test_one_of_a_few():
    assert validate.one_of("dtype", "a", ("a", "b")) == "a"
    with pytest.raises(CourseError, match="one of a, b"):
        validate.one_of("dtype", "c", ("a", "b"))


@pytest.mark.parametrize("value", ["q_proj", "", (), [], None, 3, ["q_proj", 1], [""]])
def test_names_are_several_strings_and_never_one(value):
    with pytest.raises(CourseError, match="a list of names, such as") as refused:
        validate.names("targets", value, '("q_proj", "v_proj")')
    assert "q, _, p" not in str(refused.value)


def test_names_come_back_as_a_tuple():
    assert validate.names("targets", ["a", "b"], "...") == ("a", "b")


def test_a_long_value_is_shown_short():
    with pytest.raises(CourseError) as refused:
        validate.whole("steps", "x" * 500, 1)
    assert len(str(refused.value)) < 200
