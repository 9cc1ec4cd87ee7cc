"""RMSNorm in few steps, for models in 16 bits (Zhang and Sennrich 2019); ``model.load`` puts it in.

It computes what Llama's own does. That one is made of seven operations in float32, which autograd
records one by one, and each linear layer behind it then rounds the result to 16 bits for itself,
and in lesson 3 each LoRA adapter once more. Here the result is rounded once, and less is kept.
"""

from typing import Any

import torch
from torch import nn

LIKE_LLAMA = ("LlamaRMSNorm", "Qwen2RMSNorm")  # classes of transformers that compute the same


class RMSNorm(nn.Module):
    """``x / sqrt(mean(x^2) + eps) * weight`` over the last dimension, in float32, then rounded.

    Args:
        norm: of a class in ``LIKE_LLAMA``; its weight is taken over, in float32.
        dtype: of the result.
    """

    def __init__(self, norm: Any, dtype: torch.dtype):
        super().__init__()
        self.weight = norm.weight
        self.eps, self.dtype = norm.variance_epsilon, dtype
        self.float()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return _Normalise.apply(x, self.weight, self.eps, self.dtype)


class _Normalise(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, weight: torch.Tensor, eps: float, dtype: torch.dtype
    ) -> torch.Tensor:
        x = x.float()
        inverse = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)
        normal = x * inverse
        ctx.save_for_backward(normal, inverse, weight)
        return (weight * normal).to(dtype)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        normal, inverse, weight = ctx.saved_tensors
        gradient = gradients[0].float()
        to_x = to_weight = None
        if ctx.needs_input_grad[1]:
            to_weight = (gradient * normal).flatten(0, -2).sum(0)
        if ctx.needs_input_grad[0]:
            to_normal = gradient * weight
            along = torch.linalg.vecdot(to_normal, normal).unsqueeze(-1) / normal.shape[-1]
            to_x = to_normal.addcmul_(normal, along, value=-1).mul_(inverse)
        return to_x, to_weight, None, None
