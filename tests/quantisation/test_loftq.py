"""LoftQ's start: its distance from the weight, what the model computes, and what it refuses."""

import pytest
import torch
from torch import nn

from course_utils.analysis.low_rank import truncate
from course_utils.data.batches import collate
from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.model import forward
from course_utils.model.identity import has_moved, remember_origin
from course_utils.model.tiny import tiny_model
from course_utils.quantisation.layer import QuantisedLinear, quantise_model
from course_utils.quantisation.loftq import add_loftq, loftq

BATCH = collate([[5, 9, 11, 40], [7, 8]], 0)


def linear(out=48, in_=64, bias=False):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layer = nn.Linear(in_, out, bias=bias)
        nn.init.normal_(layer.weight, std=0.05)
    return layer


def distance(layer, A, B, weight):
    return (layer.weight + B @ A - weight).norm().item()


def test_once_is_the_rounded_weight_and_the_largest_part_of_its_error():
    plain = linear()
    layer, A, B = loftq(plain, 4, iterations=1)
    rounded = QuantisedLinear(plain).weight
    assert torch.equal(layer.weight, rounded)
    torch.testing.assert_close(B @ A, truncate(plain.weight.detach() - rounded, 4))


def test_the_steps_of_the_paper_by_hand():
    plain = linear()
    weight, update = plain.weight.detach(), torch.zeros(48, 64)
    for _ in range(3):
        rest = linear()
        rest.weight.data = weight - update
        codes = QuantisedLinear(rest).weight
        update = truncate(weight - codes, 6)
    layer, A, B = loftq(plain, 6, iterations=3)
    torch.testing.assert_close(layer.weight, codes)
    torch.testing.assert_close(B @ A, update, atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize("rank", [2, 16])
def test_more_iterations_and_more_ranks_come_nearer(rank):
    plain = linear(128, 128)
    weight = plain.weight.detach()
    alone = (QuantisedLinear(plain).weight - weight).norm().item()
    once, often = (distance(*loftq(plain, rank, n), weight) for n in (1, 5))
    assert often < once < alone
    assert distance(*loftq(plain, 2 * rank, 5), weight) < often


def test_the_model_starts_nearer_to_the_original_than_the_rounded_one():
    model, rounded = tiny_model(), tiny_model()
    remember_origin(model, ())
    before = forward.answer_logits(model, BATCH)
    weights = {name: p.detach().clone() for name, p in model.named_parameters()}
    names = add_loftq(model, rank=4, alpha=12.0)
    quantise_model(rounded)
    assert len(names) == 14 and set(names) == set(lora_layers(model))
    plain = tiny_model()
    for name, layer in lora_layers(model).items():
        _, A, B = loftq(plain.get_submodule(name), 4)
        torch.testing.assert_close(3.0 * layer.lora_B @ layer.lora_A, B @ A)
        torch.testing.assert_close(layer.lora_A, A / 3**0.5)
        effective = layer.base.weight + 3.0 * layer.lora_B @ layer.lora_A
        rest = (effective - weights[f"{name}.weight"]).norm()
        assert rest < (rounded.get_submodule(name).weight - weights[f"{name}.weight"]).norm()
        assert layer.lora_A.requires_grad and not layer.base.packed.requires_grad
    apart = [(forward.answer_logits(m, BATCH) - before).norm() for m in (model, rounded)]
    assert apart[0] < apart[1] and not has_moved(model)


def test_the_bias_is_the_layers_own_and_frozen():
    plain = linear(bias=True)
    layer, *_ = loftq(plain.eval(), 2)
    assert layer.bias is plain.bias and not layer.bias.requires_grad and not layer.training


def test_a_weight_that_is_rounded_already_and_numbers_that_are_none_are_refused():
    model = tiny_model()
    quantise_model(model)
    with pytest.raises(CourseError, match="quantised already"):
        add_loftq(model)
    adapted = tiny_model()
    add_lora(adapted, 2)
    with pytest.raises(CourseError, match="LoRA layers already"):
        add_loftq(adapted)
    with pytest.raises(CourseError, match="iterations"):
        loftq(linear(), 2, 0)
    with pytest.raises(CourseError, match="from 1 to 48"):
        loftq(linear(), 49)
