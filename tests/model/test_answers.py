"""Label probabilities: a softmax over the labels, and no rank of what is no number."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.model.answers import label_probabilities, refuse_not_finite


def test_probabilities_are_the_softmax_over_the_labels():
    logits = torch.tensor([[0.0, 9.0, 1.0, 3.0], [5.0, 0.0, 2.0, 2.0]]).bfloat16()
    found = label_probabilities(logits, [2, 3])
    assert found.dtype == torch.float32
    torch.testing.assert_close(
        found, torch.tensor([[0.1192, 0.8808], [0.5, 0.5]]), atol=1e-4, rtol=0
    )


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
def test_what_is_no_number_is_refused(bad):
    logits = torch.zeros(2, 4)
    logits[1, 3] = bad
    with pytest.raises(CourseError, match="not finite.*float32"):
        label_probabilities(logits, [2, 3])
    assert label_probabilities(logits, [0, 2]).tolist() == [[0.5, 0.5]] * 2


def test_finite_numbers_pass():
    refuse_not_finite(torch.tensor([0.0, -1e30]))
    refuse_not_finite(torch.zeros(0))
