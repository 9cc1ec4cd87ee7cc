"""Bytes of activations, where they can be counted by hand."""

import weakref

import torch
from torch import nn

from course_utils.data.batches import collate
from course_utils.memory.measured import saved_bytes
from course_utils.methods import lora
from course_utils.model import forward as model_forward
from course_utils.model.tiny import tiny_model


def test_a_linear_layer_keeps_its_input():
    layer, x = nn.Linear(6, 10), torch.randn(4, 6)
    assert saved_bytes(layer, lambda: layer(x)) == 4 * 6 * 4


def test_parameters_are_not_counted():
    layer, x = nn.Linear(6, 10), torch.randn(4, 6, requires_grad=True)
    assert saved_bytes(layer, lambda: layer(x)) == 4 * 6 * 4  # for the gradient of x: the weight


def test_memory_that_two_operations_share_counts_once():
    layer, x = nn.ModuleList([nn.Linear(6, 10), nn.Linear(6, 3)]), torch.randn(4, 6)
    assert saved_bytes(layer, lambda: layer[0](x).sum() + layer[1](x).sum()) == 4 * 6 * 4


def test_what_each_function_saves_is_added():
    x = torch.randn(4, 6, requires_grad=True)
    assert saved_bytes(nn.Identity(), lambda: x.exp().exp()) == 2 * 4 * 6 * 4  # both results


def test_nothing_is_kept_when_it_has_counted():
    x, results = torch.randn(4, 6, requires_grad=True), []

    def forward():
        result = x.exp()  # its backward pass needs the result itself
        results.append(weakref.ref(result))
        return result

    assert saved_bytes(nn.Identity(), forward) == 4 * 6 * 4
    assert results[0]() is None


def test_a_frozen_layer_below_which_nothing_trains_keeps_nothing():
    layer, x = nn.Linear(6, 10).requires_grad_(False), torch.randn(4, 6)
    assert saved_bytes(layer, lambda: layer(x)) == 0


def test_lora_keeps_about_what_full_fine_tuning_keeps():
    batch, model = collate([[5, 9, 11, 40] * 8, [7, 8] * 8], 0), tiny_model()
    run = lambda: model_forward.answer_logits(model, batch)  # noqa: E731
    full = saved_bytes(model, run)
    lora.add_lora(model, rank=2)
    assert 0.7 * full < saved_bytes(model, run) < 1.3 * full
