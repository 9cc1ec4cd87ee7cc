"""What rounding does to weights, and a model whose weights are rounded."""

import pytest
import torch

from course_utils.model.tiny import tiny_model
from course_utils.quantisation import codebooks
from course_utils.quantisation.error import (
    linear_weights,
    relative_rmse,
    round_trip,
    set_linear_weights,
)


def gaussian(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 0.05


def test_the_relative_error_is_a_share_of_the_weights_size():
    weight = torch.tensor([3.0, 4.0])
    assert relative_rmse(torch.tensor([3.0, 4.5]), weight) == pytest.approx(0.1)
    assert relative_rmse(weight, weight) == 0


def test_one_scale_for_all_is_one_block():
    weight, levels = gaussian(6, 64), codebooks.int4()
    scale = weight.abs().max() / 7
    expected = (weight / scale).round() * scale
    torch.testing.assert_close(round_trip(weight, levels, None), expected)
    assert not torch.allclose(round_trip(weight, levels), expected)


def test_a_models_weights_are_changed_and_given_back():
    model = tiny_model()
    before, originals = model(input_ids=torch.tensor([[1, 2]])).logits, linear_weights(model)
    assert len(originals) == 14
    error = set_linear_weights(model, originals, lambda weight: 1.1 * weight)
    assert error == pytest.approx(0.1)
    assert not torch.equal(model(input_ids=torch.tensor([[1, 2]])).logits, before)
    assert set_linear_weights(model, originals) == 0
    assert torch.equal(model(input_ids=torch.tensor([[1, 2]])).logits, before)
