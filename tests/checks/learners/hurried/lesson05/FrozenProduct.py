"""Answers to exercise 6: forward and backward of a frozen product."""

import torch
import torch.nn.functional as F


class right_matmul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.to(x.dtype).T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight.to(gradient.dtype), None


class right_linear(torch.autograd.Function):
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
        return torch.einsum("...o,oi->...i", gradient, ctx.layer.weight.to(gradient.dtype)), None


class right_needs_input_grad(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return torch.matmul(x, layer.weight.to(x.dtype).transpose(0, 1))

    @staticmethod
    def backward(ctx, *gradients):
        if not ctx.needs_input_grad[0]:
            return None, None
        return torch.matmul(gradients[0], ctx.layer.weight.to(gradients[0].dtype)), None


class right_flattened(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer, weight = layer, layer.weight.to(x.dtype)
        return torch.mm(x.reshape(-1, x.shape[-1]), weight.t()).reshape(*x.shape[:-1], len(weight))

    @staticmethod
    def backward(ctx, gradient):
        weight = ctx.layer.weight.to(gradient.dtype)
        rows = gradient.reshape(-1, gradient.shape[-1]).mm(weight)
        return rows.reshape(*gradient.shape[:-1], weight.shape[1]), None


class right_tensordot(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, layer):
        setattr(ctx, "layer", layer)
        return torch.tensordot(x, layer.weight.to(x.dtype), dims=([-1], [1]))

    @staticmethod
    def backward(ctx, gradient):
        answer = [
            torch.tensordot(gradient, ctx.layer.weight.to(gradient.dtype), dims=([-1], [0])),
            None,
        ]
        return tuple(answer)


class right_cast(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return (layer.weight.to(x.dtype) @ x.unsqueeze(-1)).squeeze(-1)

    @staticmethod
    def backward(ctx, gradient):
        grad_x = (ctx.layer.weight.to(gradient.dtype).mT @ gradient.unsqueeze(-1)).squeeze(-1)
        return grad_x, None


class wrong_no_transpose(torch.autograd.Function):
    """Multiplies by W in the forward pass without transposing it: fails if W is not square."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight, None


class wrong_backward_transposed(torch.autograd.Function):
    """Transposes W in the backward pass too: fails, or is silently wrong if W is square."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight.T, None


class wrong_keeps_weight(torch.autograd.Function):
    """Keeps the dequantised weight on ctx until the backward pass, so no memory is saved."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.weight = layer.weight
        return x @ ctx.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.weight, None


class wrong_saves_weight(torch.autograd.Function):
    """Saves the dequantised weight with save_for_backward instead of the layer."""

    @staticmethod
    def forward(ctx, x, layer):
        weight = layer.weight
        ctx.save_for_backward(weight)
        return F.linear(x, weight)

    @staticmethod
    def backward(ctx, gradient):
        (weight,) = ctx.saved_tensors
        return gradient @ weight, None


class wrong_saves_input(torch.autograd.Function):
    """Saves the input too, which a frozen layer's backward pass never needs."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        ctx.save_for_backward(x)
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight, None


class wrong_one_value(torch.autograd.Function):
    """Returns one gradient where forward has two arguments: autograd raises an error."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight


class wrong_no_gradient(torch.autograd.Function):
    """Returns None for x as well, so that nothing below this layer learns."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return None, None


class wrong_ignores_gradient(torch.autograd.Function):
    """Takes the gradient of the output for ones: right only below a plain sum."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return torch.ones_like(gradient) @ ctx.layer.weight, None


class wrong_on_the_class(torch.autograd.Function):
    """Keeps the layer on the class and not on ctx, so every layer uses the last one's weight."""

    @staticmethod
    def forward(ctx, x, layer):
        wrong_on_the_class.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ wrong_on_the_class.layer.weight, None


class wrong_batch_mean(torch.autograd.Function):
    """Divides the gradient by the number of rows, which only the loss may do."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight / len(gradient), None


class wrong_summed(torch.autograd.Function):
    """Sums the gradient over the rows and hands every row the same: right only for one row."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        total = gradient.sum(0, keepdim=True).expand_as(gradient)
        return total @ ctx.layer.weight, None


class wrong_sign(torch.autograd.Function):
    """Negates the gradient, as if the backward pass took the descent step itself."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return -(gradient @ ctx.layer.weight), None


class wrong_flat_output(torch.autograd.Function):
    """Flattens a batch of sequences and never restores its shape: right for a matrix only."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        return x.reshape(-1, x.shape[-1]) @ layer.weight.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.weight, None


class wrong_cached(torch.autograd.Function):
    """Parks the dequantised weight on the layer, where it stays in memory for good."""

    @staticmethod
    def forward(ctx, x, layer):
        ctx.layer = layer
        layer.dequantised = layer.weight
        return x @ layer.dequantised.T

    @staticmethod
    def backward(ctx, gradient):
        return gradient @ ctx.layer.dequantised, None


SAYS = {
    "wrong_no_transpose": "W is (out, in): multiply by its",
    "wrong_backward_transposed": "no transpose here: the gradient of x",
    "wrong_keeps_weight": "the weight in full precision is kept",
    "wrong_saves_weight": "the weight in full precision is kept",
    "wrong_saves_input": "the input is kept for the backward",
    "wrong_one_value": "backward returns one gradient for each argument",
    "wrong_no_gradient": "no gradient reaches the input: no detach",
    "wrong_ignores_gradient": "the gradient that came from above is",
    "wrong_on_the_class": "this is the weight of the layer",
    "wrong_batch_mean": "each row of x has a gradient",
    "wrong_summed": "each row of x has a gradient",
    "wrong_sign": "the gradient has the wrong sign",
    "wrong_flat_output": "keep the shape of x: its last",
    "wrong_cached": "the weight in full precision is kept",
}
