"""Answers to ``FrozenProduct``."""

import torch
from torch.autograd import Function
from torch.nn.functional import linear


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


RIGHT = [usual, Usual, Reader]
WRONG = [
    (SavedWeight, "kept until the backward pass"),
    (WeightOnCtx, "kept until the backward pass"),
    (by_autograd, "kept until the backward pass"),
    (SavedInput, "the input is kept"),
    (without_gradient, "no gradient reaches the input"),
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
    (NotAFunction, "inherit from torch.autograd.Function"),
]  # fmt: skip
