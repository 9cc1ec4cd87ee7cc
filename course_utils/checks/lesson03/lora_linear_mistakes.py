"""What goes wrong in the forward pass of ``LoRALinear``."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.checks.core.compare import Mistakes


def right_forward(base: nn.Linear, x: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """The definition."""
    return base(x) + alpha / len(A) * x @ A.T @ B.T


def update_scaled(scale: Callable[[float, int], float]) -> Callable:
    """Base plus update with another scale; ``scale`` takes alpha and the rank."""
    return lambda base, x, A, B, alpha: base(x) + scale(alpha, len(A)) * x @ A.T @ B.T


def by_side(side: Callable[[Tensor, Tensor], int]) -> Callable:
    """Another size in the place of the rank; ``side`` takes A and B."""
    return lambda base, x, A, B, alpha: base(x) + alpha / side(A, B) * x @ A.T @ B.T


FORWARD_MISTAKES: Mistakes = {
    "the scale alpha / rank is forgotten": [update_scaled(lambda alpha, rank: 1.0)],
    "the scale is alpha / rank, not alpha alone": [update_scaled(lambda alpha, rank: alpha)],
    "the scale is upside down: alpha / rank, not rank / alpha": [
        update_scaled(lambda alpha, rank: rank / alpha)
    ],
    "1 / rank is not the whole scale: it is alpha / rank": [
        update_scaled(lambda alpha, rank: 1 / rank)
    ],
    "the scale alpha / rank is cut down to a whole number: divide with /, not with //": [
        update_scaled(lambda alpha, rank: alpha // rank),
        update_scaled(lambda alpha, rank: round(alpha / rank)),
    ],
    "this is the scale of another method, rsLoRA: divide by the rank, not by its root": [
        update_scaled(lambda alpha, rank: alpha / rank**0.5)
    ],
    "the scale is applied twice": [update_scaled(lambda alpha, rank: (alpha / rank) ** 2)],
    "the rank counts twice: divide by it once": [
        update_scaled(lambda alpha, rank: alpha / rank**2)
    ],
    "multiply by alpha and divide by the rank": [update_scaled(lambda alpha, rank: alpha * rank)],
    "the lesson's 8 and 16 stand in the code: take the arguments rank and alpha": [
        update_scaled(lambda alpha, rank: 2),
        update_scaled(lambda alpha, rank: alpha / 8),
        update_scaled(lambda alpha, rank: 16 / rank),
    ],
    "divide by the rank, not by the size of the input or the output": [
        by_side(lambda A, B: A.shape[1]),
        by_side(lambda A, B: len(B)),
    ],
    "the base's output is lost: this is the update alone": [
        lambda base, x, A, B, alpha: right_forward(base, x, A, B, alpha) - base(x),
        lambda base, x, A, B, alpha: x @ A.T @ B.T,
    ],
    "the update is lost: A and B, as they are at the time, do not reach the output": [
        lambda base, x, A, B, alpha: base(x)
    ],
    "the base's bias is lost: call base(x) itself": [
        lambda base, x, A, B, alpha: right_forward(base, x, A, B, alpha) - base.bias
    ],
    "the scale is applied to the base's output too: it belongs to the update alone": [
        lambda base, x, A, B, alpha: alpha / len(A) * (base(x) + x @ A.T @ B.T),
        lambda base, x, A, B, alpha: alpha / len(A) * base(x) + x @ A.T @ B.T,
    ],
    "the bias is added twice: base(x) has it already": [
        lambda base, x, A, B, alpha: right_forward(base, x, A, B, alpha) + base.bias
    ],
    "the update is subtracted: add it": [update_scaled(lambda alpha, rank: -alpha / rank)],
    "the update is added twice": [update_scaled(lambda alpha, rank: 2 * alpha / rank)],
    "LoRA's update has no activation between A and B: both are plain matrices": [
        lambda base, x, A, B, alpha, f=f: base(x) + alpha / len(A) * f(x @ A.T) @ B.T
        for f in (torch.relu, torch.tanh, torch.sigmoid, nn.functional.gelu, nn.functional.silu)
    ],
    "A and B are not transposed here: x @ lora_A.T @ lora_B.T, as x is (..., in)": [
        lambda base, x, A, B, alpha: x @ A,
        lambda base, x, A, B, alpha: x @ A.T @ B,
        lambda base, x, A, B, alpha: x @ (A @ B),
        lambda base, x, A, B, alpha: x @ (B @ A),
    ],
    "B and A stand in the wrong order: x meets A first, x @ lora_A.T @ lora_B.T": [
        lambda base, x, A, B, alpha: x @ B,
        lambda base, x, A, B, alpha: x @ B.T,
        lambda base, x, A, B, alpha: A @ B,
        lambda base, x, A, B, alpha: nn.functional.linear(x, B),
    ],
    "x is (..., in), so its last dimension meets A: x @ lora_A.T, with x on the left": [
        lambda base, x, A, B, alpha: B @ A @ x,
        lambda base, x, A, B, alpha: A @ x,
        lambda base, x, A, B, alpha: B @ A @ x.T,
        lambda base, x, A, B, alpha: A @ x.T,
        lambda base, x, A, B, alpha: base(x) + (B @ (A @ x.mT)),
    ],
    "torch.mm takes two dimensions alone, and x can have more: use @": [
        lambda base, x, A, B, alpha: torch.mm(x, A.T),
        lambda base, x, A, B, alpha: torch.addmm(base(x), x, A.T),
    ],
    "lora_A and lora_B are parameters, matrices that nothing can call: x @ lora_A.T": [
        lambda base, x, A, B, alpha: A(x),
        lambda base, x, A, B, alpha: B(x),
    ],
}
BASE_MISTAKES: Mistakes = {  # the wrong answers raise, where the base has no bias
    "base.bias is None where a layer has no bias, as in the lesson's model: go by base itself": [
        lambda base, *_: torch.zeros(1) + base.bias,
        lambda base, *_: base.bias + torch.zeros(1),
        *(
            lambda base, *_, name=name: getattr(base.bias, name)
            for name in "requires_grad_ requires_grad detach data device shape dtype to".split()
        ),
    ],
}
