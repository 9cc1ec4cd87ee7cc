"""What rounding does to weights, and a model whose weights are rounded."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_model
from course_utils.quantisation import codebooks
from course_utils.quantisation.error import (
    code_usage,
    evenly_used,
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


@pytest.mark.parametrize("size", [1e-40, 1e-30, 1.0, 1e38])
def test_the_relative_error_does_not_depend_on_the_size(size):
    weight = torch.tensor([3.0, 1.5], dtype=torch.float64) * size
    assert relative_rmse(weight * 1.25, weight) == pytest.approx(0.25, rel=1e-6)


def test_the_relative_error_of_zeros():
    zeros = torch.zeros(3)
    assert relative_rmse(zeros, zeros) == 0 and relative_rmse(zeros + 1, zeros) == float("inf")


@pytest.mark.parametrize("got, weight", [((3,), (4,)), ((1, 4), (4,)), ((0,), (0,))])
def test_other_shapes_have_no_relative_error(got, weight):
    with pytest.raises(CourseError, match="cannot be compared"):
        relative_rmse(torch.ones(got), torch.ones(weight))


@pytest.mark.parametrize("block", [None, 1, 7, 64])
def test_zeros_come_back_and_nothing_is_refused(block):
    assert not round_trip(torch.zeros(3, 5), codebooks.nf4(), block).any()
    with pytest.raises(CourseError, match="no weight"):
        round_trip(torch.zeros(0, 5), codebooks.nf4(), block)


def test_a_block_of_zero_is_not_one_scale_for_all():
    with pytest.raises(CourseError, match="block = 0"):
        round_trip(torch.ones(3, 5), codebooks.nf4(), 0)


def test_weights_of_another_model_change_nothing():
    model = tiny_model()
    before, weights = model.state_dict(), linear_weights(model)
    kept = {name: tensor.clone() for name, tensor in before.items()}
    first = next(iter(weights))
    without = {name: weight for name, weight in weights.items() if name != first}
    for wrong in (without, weights | {"more": torch.ones(2, 2)}, weights | {first: torch.ones(1)}):
        with pytest.raises(CourseError, match="do not fit the 14 linear layers"):
            set_linear_weights(model, wrong, lambda weight: 0 * weight)
    with pytest.raises(CourseError, match="let it keep the shape"):
        set_linear_weights(model, weights, lambda weight: weight[:1])
    assert all(torch.equal(tensor, kept[name]) for name, tensor in model.state_dict().items())
    with pytest.raises(CourseError, match="0 linear layers"):
        set_linear_weights(torch.nn.ReLU(), {})


def test_weights_of_zero_that_stay_zero_have_no_error():
    layer = torch.nn.Sequential(torch.nn.Linear(3, 2))
    weights = {name: 0 * weight for name, weight in linear_weights(layer).items()}
    assert set_linear_weights(layer, weights) == 0
    assert set_linear_weights(layer, weights, lambda weight: weight + 1) == float("inf")


def test_usage_is_the_share_of_the_weights_that_each_code_gets():
    levels = torch.tensor([-1.0, 0.0, 0.5, 1.0])
    weight = torch.tensor([[2.0, -1.9, 0.1, 1.1], [0.0, 0.0, 4.0, 0.1]])
    assert code_usage(weight, levels, 4).tolist() == pytest.approx([1 / 8, 4 / 8, 1 / 8, 2 / 8])
    odd = torch.tensor([1.0, 0.0, -1.0])  # the byte that is filled up does not count
    assert code_usage(odd, levels, 4).tolist() == pytest.approx([1 / 3, 1 / 3, 0, 1 / 3])


def test_nf4_uses_its_codes_unevenly_and_levels_for_even_use_have_the_larger_error():
    weight = torch.randn(256, 256, generator=torch.Generator().manual_seed(0))
    usage = code_usage(weight, codebooks.nf4())
    assert usage.sum() == pytest.approx(1) and usage.min() < 0.02 and usage.max() > 0.09
    even = evenly_used(weight, 16)
    assert code_usage(weight, even).min() > 0.04 and (even.diff() > 0).all()
    errors = [
        relative_rmse(round_trip(weight, levels), weight) for levels in (even, codebooks.nf4())
    ]
    assert errors[0] > 1.3 * errors[1]


def test_slices_with_the_same_median_share_a_level():
    assert evenly_used(torch.ones(8, 64), 16).tolist() == [1]
    sparse = gaussian(8, 64)
    sparse[:, ::4] = 0  # four slices of 16
    levels = evenly_used(sparse, 16)
    assert (levels.diff() > 0).all() and 12 <= len(levels) <= 14 and 0 in levels
    assert relative_rmse(round_trip(sparse, levels), sparse) < 0.3
    with pytest.raises(CourseError, match="count"):
        evenly_used(gaussian(8, 64), 17)
