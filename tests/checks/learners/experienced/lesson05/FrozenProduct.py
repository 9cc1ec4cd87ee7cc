import torch
import torch.nn.functional as F


class right_plain(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.to(x.dtype).T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight.to(gradient.dtype), None


class right_functional(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return F.linear(x, layer.weight.to(x.dtype))

    @staticmethod
    def backward(ctx, gradient):
        return F.linear(gradient, ctx.layer.weight.to(gradient.dtype).t()), None


class right_einsum(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return torch.einsum("...i,oi->...o", x, layer.weight.to(x.dtype))

    @staticmethod
    def backward(ctx, gradient):
        found = None
        if ctx.needs_input_grad[0]:
            found = torch.einsum("...o,oi->...i", gradient, ctx.layer.weight.to(gradient.dtype))
        return found, None


class right_tensordot(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, layer):
        setattr(ctx, "layer", layer)
        return torch.tensordot(x, layer.weight.to(x.dtype), dims=([-1], [1]))

    @staticmethod
    def backward(ctx, gradient):
        return (torch.tensordot(gradient, ctx.layer.weight.to(gradient.dtype), dims=1), None)


class right_flattened(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        weight = layer.weight.to(x.dtype)
        return x.reshape(-1, x.shape[-1]).mm(weight.t()).reshape(*x.shape[:-1], len(weight))

    @staticmethod
    def backward(ctx, gradient):
        weight = ctx.layer.weight.to(gradient.dtype)
        flat = gradient.reshape(-1, gradient.shape[-1])
        return flat.mm(weight).reshape(*gradient.shape[:-1], weight.shape[1]), None


class wrong_saves_weight(torch.autograd.Function):
    """Saves the dequantised weight for the backward pass: no memory is saved."""

    @staticmethod
    def forward(ctx, x, layer):
        weight = layer.weight
        ctx.save_for_backward(weight)
        return x @ weight.T

    @staticmethod
    def backward(ctx, gradient):
        (weight,) = ctx.saved_tensors
        return gradient @ weight, None


class wrong_keeps_input(torch.autograd.Function):
    """Saves the input too, out of habit, though only the gradient of W would need it."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.save_for_backward(x)
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight, None


class wrong_weight_on_ctx(torch.autograd.Function):
    """Keeps the dequantised weight as an attribute of ctx, beside the layer."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        ctx.weight = layer.weight
        return x @ ctx.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.weight, None


class wrong_transposed_backward(torch.autograd.Function):
    """Uses W^T in the backward pass as well: fits square weights only, and is wrong there."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight.T, None


class wrong_one_gradient(torch.autograd.Function):
    """Returns one value from backward, though forward has two arguments."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight


class wrong_ignores_gradient(torch.autograd.Function):
    """Ignores the gradient of the output: right only below a plain sum."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return torch.ones_like(gradient) @ ctx.layer.weight, None


class wrong_layer_on_class(torch.autograd.Function):
    """Keeps the layer on the class, so with two layers all use the weight of the last."""

    @staticmethod
    def forward(ctx, x, layer):
        wrong_layer_on_class.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ wrong_layer_on_class.layer.weight, None


class wrong_mean_over_batch(torch.autograd.Function):
    """Divides the gradient by the number of rows, which the loss has done already."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight / len(gradient), None


class wrong_sums_over_batch(torch.autograd.Function):
    """Sums the gradient over the rows, so that all rows get the same (right for one row)."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        total = gradient.sum(0, keepdim=True).expand_as(gradient)
        return total @ ctx.layer.weight, None


SAYS = {
    "wrong_saves_weight": "the weight in full precision is kept",
    "wrong_keeps_input": "the input is kept for the backward",
    "wrong_weight_on_ctx": "the weight in full precision is kept",
    "wrong_transposed_backward": "no transpose here: the gradient of x",
    "wrong_one_gradient": "backward returns one gradient for each argument",
    "wrong_ignores_gradient": "the gradient that came from above is",
    "wrong_layer_on_class": "this is the weight of the layer",
    "wrong_mean_over_batch": "each row of x has a gradient",
    "wrong_sums_over_batch": "each row of x has a gradient",
}
