"""Answers to ``FrozenProduct``."""

import torch
from torch.autograd import Function
from torch.nn.functional import linear

from course_utils.quantisation.blockwise import dequantise, quantise
from course_utils.quantisation.layer import QuantisedLinear
from course_utils.quantisation.own_layer import own_layer

CACHE = {}


class Usual(Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.to(x.dtype).T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight.to(gradient.dtype), None


class Reader(Function):
    """Keeps a way to read the weight."""

    @staticmethod
    def forward(ctx, x, layer):
        dtype = x.dtype
        ctx.read = lambda: layer.weight.to(dtype)
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


class RowsOfTheWeight(Usual):
    """Copies, none of the size of the weight."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer, ctx.rows = layer, [row.clone() for row in layer.weight]
        return x @ layer.weight.T


class KeptElsewhere(Usual):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer, weight = layer, layer.weight
        CACHE[id(layer)] = weight.half()
        return x @ weight.T


class KeptOnce(Usual):
    @staticmethod
    def forward(ctx, x, layer):
        if not hasattr(layer, "cache"):
            layer.cache = layer.weight
        ctx.layer = layer
        return x @ layer.cache.T


class KeptByBackward(Usual):
    @staticmethod
    def backward(ctx, gradient):
        ctx.weight = ctx.layer.weight
        return gradient @ ctx.weight, None


class SumOfInputToo(Usual):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer, ctx.both = layer, torch.cat([layer.weight.flatten(), x.flatten()])
        return x @ layer.weight.T


def keeps_nothing(ctx, x, layer):
    return x @ layer.weight.T


def saves_the_layer(ctx, x, layer):
    ctx.save_for_backward(layer)
    return x @ layer.weight.T


class NothingOnCtx(Usual):
    forward = staticmethod(keeps_nothing)


class NothingSaved(NothingOnCtx):
    @staticmethod
    def backward(ctx, gradient):
        (layer,) = ctx.saved_tensors
        return gradient @ layer.weight, None


class LayerSaved(Usual):
    forward = staticmethod(saves_the_layer)


class TwoGradients(Usual):
    @staticmethod
    def backward(ctx, gradient, layer):
        return gradient @ layer.weight, None


class NoForward(Function):
    @staticmethod
    def backward(ctx, gradient):
        return gradient, None


class TransposedTwice(Usual):
    """Right: autograd keeps nothing, the result is of another order in memory."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        flat = x.reshape(-1, x.shape[-1]).float()
        return (layer.weight @ flat.T).T.reshape(*x.shape[:-1], -1).to(x.dtype)


class SetUp(Function):
    """Right: the newer form, with a function of its own for ctx."""

    @staticmethod
    def forward(x, layer):
        return linear(x, layer.weight.type_as(x))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.layer = inputs[1]

    @staticmethod
    def backward(ctx, gradient):
        return gradient.matmul(ctx.layer.weight.type_as(gradient)), None


def NEXT(answer):
    """The lesson calls ``apply``, with a real quantised layer, and goes backward."""
    layer = QuantisedLinear(torch.nn.Linear(64, 8))
    x = torch.randn(8, 64, requires_grad=True)
    answer.apply(x, layer).sum().backward()
    assert torch.allclose(x.grad, layer.weight.sum(0).expand(8, -1), atol=1e-4)
    with torch.autocast("cpu", torch.bfloat16):  # and in the trained model, under autocast
        y = own_layer(quantise, dequantise, answer)(torch.nn.Linear(64, 8))(x)
    y.sum().backward()
    assert y.dtype == torch.bfloat16


RIGHT = [Usual, Reader, TransposedTwice, SetUp]
WRONG = [
    (usual, "calls FrozenProduct.apply"),
    (forward_by("Float32Alone", lambda ctx, x, layer: x @ layer.weight.T), "x may be bfloat16"),
    (backward_by("BackwardIn32", lambda g, layer: (g @ layer.weight, None)), "x may be bfloat16"),
    (forward_by("OutputIn32", lambda ctx, x, layer: x.float() @ layer.weight.T), "dtype of x"),
    (ClonedWeight, "kept until the backward pass"),
    (ClonedInput, "the input is kept"),
    (OnTheClass, "computed last"),
    (RowsOfTheWeight, "kept until the backward pass"),
    (KeptElsewhere, "kept until the backward pass"),
    (KeptOnce, "kept until the backward pass"),
    (KeptByBackward, "leaves the weight in memory"),
    (SumOfInputToo, "more than the layer is kept"),
    (forward_by("Turned", lambda ctx, x, layer: layer.weight @ x.mT), "the result is transposed"),
    (forward_by("Tenth", lambda ctx, x, layer: x @ layer.weight.T / 10), "0.1 times"),
    (backward_by("Zero", lambda g, layer: (0 * (g @ layer.weight), None)), "0 everywhere"),
    (backward_by("Third", lambda g, layer: (g @ layer.weight / 3, None)), "0.3333 times"),
    (backward_by("InPlace", lambda g, layer: (g.mul_(2).div(2) @ layer.weight, None)),
     "changes the gradient that it gets"),
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
    (NothingOnCtx, "under the same name"),
    (NothingSaved, "here nothing"),
    (LayerSaved, "save_for_backward is for tensors"),
    (TwoGradients, "backward takes two arguments"),
    (NoForward, "forward is missing"),
    (NotAFunction, "inherits from torch.autograd"),
]  # fmt: skip
