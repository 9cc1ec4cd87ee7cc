"""Intruder dimensions: built in, found, shrunk; and the control beside them."""

import pytest
import torch

from course_utils.analysis.intruders import (
    intruders,
    nearest_others,
    shrunk,
    similarities,
)
from course_utils.analysis.low_rank import decompose
from course_utils.errors import CourseError

OUT, IN = 40, 12


@pytest.fixture
def weight():
    return torch.randn(OUT, IN, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def foreign(weight):
    """A direction at right angles to all that the weight writes, as strong as its third."""
    U, S, _ = decompose(weight)
    drawn = torch.randn(OUT, generator=torch.Generator().manual_seed(1))
    drawn = drawn - U @ (U.mT @ drawn)
    reads = torch.randn(IN, generator=torch.Generator().manual_seed(2))
    strength = 0.5 * (S[0] + S[1])
    return strength * torch.outer(drawn / drawn.norm(), reads / reads.norm())


def test_a_weight_that_did_not_change_has_no_intruder(weight):
    assert similarities(weight, weight).min() > 0.999
    assert intruders(weight, 1.5 * weight).tolist() == []


def test_a_foreign_direction_is_found_among_the_strongest(weight, foreign):
    adapted = weight + 4 * foreign
    found = intruders(weight, adapted, k=5, threshold=0.5)
    assert found.dtype == torch.int64 and found.tolist() == [0]
    assert similarities(weight, adapted)[0] < 0.5


def test_similarities_are_the_largest_cosines(weight, foreign):
    adapted = weight + foreign
    old, new = (torch.linalg.svd(m, full_matrices=False).U for m in (weight, adapted))
    expected = [max(abs(float(u @ v)) for v in old.T) for u in new.T]
    assert similarities(weight, adapted).tolist() == pytest.approx(expected, abs=1e-4)


def test_a_higher_threshold_and_more_directions_find_no_fewer(weight, foreign):
    adapted = weight + foreign
    counts = [len(intruders(weight, adapted, k=10, threshold=t)) for t in (0.3, 0.5, 0.7, 1.0)]
    assert counts == sorted(counts) and counts[-1] == 10
    assert len(intruders(weight, adapted, k=12, threshold=0.7)) >= counts[2]


def test_bfloat16_weights_are_taken_too(weight, foreign):
    weight = weight.bfloat16()
    assert intruders(weight, weight.float() + 4 * foreign, k=3).tolist() == [0]


def test_shrinking_takes_the_directions_away_and_leaves_the_others(weight, foreign):
    adapted = weight + foreign
    parts = decompose(adapted)
    which = torch.tensor([0, 2])
    half, none = (shrunk(adapted, parts, which, factor) for factor in (0.5, 0.0))
    S = parts[1].clone()
    S[which] *= 0.5
    torch.testing.assert_close(half, (parts[0] * S) @ parts[2], atol=1e-4, rtol=0)
    S[which] = 0
    torch.testing.assert_close(none, (parts[0] * S) @ parts[2], atol=1e-4, rtol=0)
    assert torch.equal(shrunk(adapted, parts, which, 1.0), adapted)


def test_the_control_has_as_many_directions_of_the_nearest_strength():
    strengths = torch.tensor([9.0, 8.0, 5.0, 4.0, 1.0])
    similar = torch.tensor([0.9, 0.1, 0.9, 0.2, 0.9])
    found = torch.tensor([1, 3])
    assert nearest_others(strengths, similar, found, 0.5).tolist() == [0, 2]
    all_foreign = torch.full((5,), 0.1)
    assert nearest_others(strengths, all_foreign, found, 0.5).tolist() == []


def test_other_shapes_and_settings_are_refused(weight):
    with pytest.raises(CourseError, match="does not become"):
        intruders(weight, weight.T)
    with pytest.raises(CourseError, match="k = 13"):
        intruders(weight, weight, k=13)
    with pytest.raises(CourseError, match="threshold = 2"):
        intruders(weight, weight, threshold=2)
