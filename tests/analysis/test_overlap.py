"""Overlap of subspaces: known cases, and the control that it is compared with."""

import pytest
import torch

from course_utils.analysis.overlap import (
    directions,
    expected_overlap,
    subspace_overlap,
)
from course_utils.errors import CourseError

EYE = torch.eye(6)


def test_the_same_subspace_overlaps_wholly_and_one_at_right_angles_not_at_all():
    turn = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(0))).Q
    assert subspace_overlap(EYE[:, :3], EYE[:, :3] @ turn) == pytest.approx(1.0, abs=1e-5)
    assert subspace_overlap(EYE[:, :3], EYE[:, 3:]) == 0.0
    assert subspace_overlap(EYE[:, :2], EYE[:, 1:3]) == 0.5


def test_a_smaller_subspace_within_a_larger_one_overlaps_wholly():
    assert subspace_overlap(EYE[:, 1:2], EYE[:, :3]) == 1.0


def test_the_directions_of_an_update_are_those_that_it_writes_and_reads():
    update = 5 * torch.outer(EYE[2], EYE[:4, :4][1]) + torch.outer(EYE[0], EYE[:4, :4][3])
    left, right = directions(update, 2)
    assert left.shape == (6, 2) and right.shape == (4, 2)
    assert left.abs().argmax(0).tolist() == [2, 0] and right.abs().argmax(0).tolist() == [1, 3]


def test_random_subspaces_overlap_by_k_over_the_size():
    generator = torch.Generator().manual_seed(0)
    found = []
    for _ in range(200):
        drawn = (torch.randn(40, k, generator=generator) for k in (8, 3))
        first, second = (torch.linalg.qr(matrix).Q for matrix in drawn)
        found.append(subspace_overlap(first, second))
    assert torch.tensor(found).mean().item() == pytest.approx(expected_overlap(40, 8), rel=0.05)


def test_directions_of_another_space_or_too_many_are_refused():
    with pytest.raises(CourseError, match="not in one space"):
        subspace_overlap(EYE[:, :2], torch.eye(4)[:, :2])
    with pytest.raises(CourseError, match="k = 5"):
        directions(torch.randn(6, 4), 5)
