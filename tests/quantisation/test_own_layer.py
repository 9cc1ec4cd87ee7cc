"""A 4-bit layer of the learner's own functions."""

import pytest
import torch
from torch import nn

from course_utils.methods.lora import add_lora
from course_utils.model.tiny import tiny_model
from course_utils.quantisation.layer import QuantisedLinear, quantise_model, quantised_layers
from course_utils.quantisation.own_layer import own_layer

CALLS = []


def quantise(weight, codebook, block):
    """As lesson 5 solves it."""
    CALLS.append("quantise")
    rows = weight.reshape(-1, block)
    absmax = rows.abs().amax(1)
    scaled = (rows / absmax[:, None]).flatten()
    codes = (scaled[:, None] - codebook).abs().argmin(1).to(torch.uint8)
    return codes[::2] * 16 + codes[1::2], absmax


def dequantise(packed, absmax, codebook, shape):
    CALLS.append("dequantise")
    codes = torch.stack([packed >> 4, packed & 15], dim=1).flatten()
    levels = codebook.index_select(0, codes.int()).view(len(absmax), -1)
    return (levels * absmax[:, None]).view(shape)


class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, layer):
        CALLS.append("forward")
        ctx.layer = layer
        return x @ layer.weight.to(x.dtype).T

    @staticmethod
    def backward(ctx, gradient):
        CALLS.append("backward")
        return gradient @ ctx.layer.weight.to(gradient.dtype), None


def plain_layer(in_, out, dtype=torch.float32):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Linear(in_, out).to(dtype)


@pytest.mark.parametrize("sizes", [(128, 96), (10, 7)])  # full blocks, and one that is filled up
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_it_is_the_courses_layer_by_other_means(sizes, dtype):
    plain = plain_layer(*sizes, dtype)
    own, course = own_layer(quantise, dequantise, Product)(plain), QuantisedLinear(plain)
    assert torch.equal(own.weight, course.weight) and own.weight.dtype == torch.float32
    assert isinstance(own, QuantisedLinear) and own.origin == course.origin
    x = torch.randn(3, sizes[0], dtype=dtype, requires_grad=True)
    torch.testing.assert_close(own(x), course(x))
    assert own(x).dtype == dtype
    own(x).sum().backward()
    torch.testing.assert_close(x.grad, torch.ones(3, sizes[1], dtype=dtype) @ own.weight.to(dtype))


def test_a_model_of_such_layers_trains_and_calls_nothing_else(monkeypatch):
    model, course = tiny_model(), tiny_model()
    CALLS.clear()
    quantise_model(model, own_layer(quantise, dequantise, Product))
    quantise_model(course)
    monkeypatch.setattr(QuantisedLinear, "product", None)
    assert len(quantised_layers(model)) == CALLS.count("quantise") == 14
    add_lora(model, 2)
    CALLS.clear()
    ids = torch.tensor([[5, 9, 11, 40]])
    loss = model(input_ids=ids, labels=ids).loss
    loss.backward()
    assert CALLS.count("forward") == 14
    assert CALLS.count("backward") == 11  # below the first three nothing is trained
    assert CALLS.count("dequantise") == CALLS.count("forward") + CALLS.count("backward")
    monkeypatch.undo()
    torch.testing.assert_close(loss, course(input_ids=ids, labels=ids).loss)


def test_under_autocast_the_functions_get_bfloat16():
    seen = []

    class Spy(Product):
        @staticmethod
        def forward(ctx, x, layer):
            seen.append(x.dtype)
            return Product.forward(ctx, x, layer)

    own = own_layer(quantise, dequantise, Spy)(plain_layer(64, 8))
    with torch.autocast("cpu", torch.bfloat16):
        assert own(torch.randn(2, 64)).dtype == torch.bfloat16
    assert seen == [torch.bfloat16]
