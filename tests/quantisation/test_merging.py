"""Adapters that were trained on 4-bit layers, merged into a plain model."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.model.tiny import tiny_model
from course_utils.quantisation.layer import quantise_model
from course_utils.quantisation.merging import merge_into

IDS = torch.tensor([[5, 9, 11, 40], [7, 8, 3, 2]])


def trained(in_4_bits=True):
    """A model whose adapters do something."""
    model = tiny_model()
    if in_4_bits:
        quantise_model(model)
    add_lora(model, 3, 5.0)
    generator = torch.Generator().manual_seed(1)
    for layer in lora_layers(model).values():
        layer.lora_B.data = torch.randn(layer.lora_B.shape, generator=generator) * 0.1
    return model


def test_into_what_the_codes_stand_for_the_model_computes_as_it_did():
    model, plain = trained(), tiny_model()
    merge_into(plain, model, dequantised=True)
    torch.testing.assert_close(plain(input_ids=IDS).logits, model(input_ids=IDS).logits)


def test_into_the_original_the_update_alone_is_added():
    model, plain, before = trained(), tiny_model(), tiny_model()
    merge_into(plain, model, dequantised=False)
    for name, layer in lora_layers(model).items():
        update = 5 / 3 * layer.lora_B @ layer.lora_A
        expected = before.get_submodule(name).weight + update
        torch.testing.assert_close(plain.get_submodule(name).weight, expected)
    apart = (plain(input_ids=IDS).logits - model(input_ids=IDS).logits).abs().max()
    assert apart > 1e-3  # the rounding error is gone


def test_of_a_plain_model_both_are_the_same():
    model, first, second = trained(in_4_bits=False), tiny_model(), tiny_model()
    merge_into(first, model, dequantised=False)
    merge_into(second, model, dequantised=True)
    for one, other in zip(first.parameters(), second.parameters()):
        assert torch.equal(one, other)
    torch.testing.assert_close(first(input_ids=IDS).logits, model(input_ids=IDS).logits)


def test_models_that_do_not_fit_are_refused_and_left_alone():
    with pytest.raises(CourseError, match="0 LoRA layers do not fit"):
        merge_into(tiny_model(), tiny_model(), dequantised=True)
    with pytest.raises(CourseError, match="do not fit"):
        merge_into(trained(), trained(), dequantised=True)
    merged = trained(in_4_bits=False)
    next(iter(lora_layers(merged).values())).merge()
    with pytest.raises(CourseError, match="is merged"):
        merge_into(tiny_model(), merged, dequantised=False)
