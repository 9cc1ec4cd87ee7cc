"""The update of lesson 2 can be added back."""

import pytest
import torch

from course_utils.analysis.weight_update import add_delta, save_delta
from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_model


def test_base_plus_delta_is_the_tuned_model(tmp_path):
    base, tuned = tiny_model(seed=0), tiny_model(seed=0)
    with torch.no_grad():
        for parameter in tuned.parameters():
            parameter.add_(1e-3 * torch.randn_like(parameter))
    size = save_delta(base, tuned, tmp_path / "delta.safetensors")
    assert size > 2 * sum(p.numel() for p in base.parameters())
    add_delta(base, tmp_path / "delta.safetensors")
    for ours, expected in zip(base.parameters(), tuned.parameters()):
        torch.testing.assert_close(ours, expected, atol=2e-5, rtol=0)


def test_a_missing_update_says_what_to_do(tmp_path):
    with pytest.raises(CourseError, match="lesson 2"):
        add_delta(tiny_model(), tmp_path / "none.safetensors")
