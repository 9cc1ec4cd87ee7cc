"""Answers to ``FrozenProduct``."""

import torch
from torch.autograd import Function
from torch.nn.functional import linear

from course_utils.quantisation.layer import QuantisedLinear


class Usual(Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight, None


class Reader(Function):
    """Keeps a way to read the weight."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.read = lambda: layer.weight
        return linear(x, ctx.read())

    @staticmethod
    def backward(ctx, gradient):
        return linear(gradient, ctx.read().T), None


def usual(x, layer):
    return Usual.apply(x, layer)


def forward_by(name, function):
    """A wrong answer with another forward; ``function`` takes ctx, x and the layer."""

    def forward(ctx, x, layer):
        ctx.layer = layer
        return function(ctx, x, layer)

    return type(name, (Usual,), {"forward": staticmethod(forward)})


def backward_by(name, function):
    """A wrong answer with another backward; ``function`` takes the gradient and the layer."""

    def backward(ctx, gradient):
        return function(gradient, ctx.layer)

    return type(name, (Usual,), {"backward": staticmethod(backward)})


class SavedWeight(Function):
    @staticmethod
    def forward(ctx, x, layer):
        weight = layer.weight
        ctx.save_for_backward(weight)
        return x @ weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.saved_tensors[0], None


class WeightOnCtx(Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.weight = layer.weight
        return x @ ctx.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.weight, None


class SavedInput(Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.save_for_backward(x)
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight, None


def by_autograd(x, layer):
    return linear(x, layer.weight)


def without_gradient(x, layer):
    with torch.no_grad():
        return x @ layer.weight.T


class NotAFunction(torch.nn.Module):
    def forward(self, x, layer):
        return x @ layer.weight.T


class ClonedWeight(Usual):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer, ctx.copy = layer, [layer.weight.detach().clone()]
        return x @ layer.weight.T


class DataOfWeight(Usual):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer, ctx.weight = layer, layer.weight.data
        return linear(x, ctx.weight)


class ClonedInput(Usual):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        ctx.save_for_backward(x.clone())
        return x @ layer.weight.T


class OnTheClass(Usual):
    @staticmethod
    def forward(ctx, x, layer):
        OnTheClass.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ OnTheClass.layer.weight, None


def NEXT(answer):
    """The lesson calls ``apply``, with a real quantised layer, and goes backward."""
    layer = QuantisedLinear(torch.nn.Linear(64, 8))
    x = torch.randn(8, 64, requires_grad=True)
    answer.apply(x, layer).sum().backward()
    assert torch.allclose(x.grad, layer.weight.sum(0).expand(8, -1), atol=1e-4)


RIGHT = [Usual, Reader]
WRONG = [
    (usual, "calls FrozenProduct.apply"),
    (ClonedWeight, "kept until the backward pass"),
    (DataOfWeight, "kept until the backward pass"),
    (ClonedInput, "the input is kept"),
    (OnTheClass, "computed last"),
    (forward_by("Flat", lambda ctx, x, layer: x.flatten(0, -2) @ layer.weight.T), "shape of x"),
    (backward_by("Mean", lambda g, layer: (g @ layer.weight / len(g), None)), "of its own"),
    (SavedWeight, "kept until the backward pass"),
    (WeightOnCtx, "kept until the backward pass"),
    (by_autograd, "calls FrozenProduct.apply"),
    (SavedInput, "the input is kept"),
    (without_gradient, "calls FrozenProduct.apply"),
    (forward_by("InputBack", lambda ctx, x, layer: x.clone()), "the input itself"),
    (forward_by("Negative", lambda ctx, x, layer: -x @ layer.weight.T), "negative"),
    (forward_by("NoTensor", lambda ctx, x, layer: (x @ layer.weight.T).tolist()), "a tensor"),
    (backward_by("OneValue", lambda g, layer: g @ layer.weight), "and None for the layer"),
    (backward_by("NoGradient", lambda g, layer: (None, None)), "no gradient reaches the input"),
    (backward_by("Doubled", lambda g, layer: (2 * g @ layer.weight, None)), "scaled"),
    (backward_by("WrongSign", lambda g, layer: (-g @ layer.weight, None)), "wrong sign"),
    (backward_by("Passed", lambda g, layer: (g, None)), "has the shape of x"),
    (backward_by("GradientNotUsed", lambda g, layer: (
        layer.weight.sum(0).expand(*g.shape[:-1], -1).clone(), None)), "is not used"),
    (backward_by("SwappedOrder", lambda g, layer: (None, g @ layer.weight)), "x first, then None"),
    (NotAFunction, "inherits from torch.autograd"),
]  # fmt: skip
