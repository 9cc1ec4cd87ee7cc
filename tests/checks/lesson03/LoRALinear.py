"""Answers to ``LoRALinear``."""

import contextlib

import torch
from torch import nn
from torch.nn.functional import dropout as drop
from torch.nn.functional import linear

from course_utils.methods.lora import lora_layers, remove_lora
from course_utils.methods.lora_files import adapter_state, set_adapter_state
from course_utils.model.layers import ALL_LINEAR, replace_linear, trainable_parameters
from course_utils.model.passes import mixed_precision
from course_utils.model.tiny import tiny_model
from tests.checks.lora_starts import RIGHT_STARTS, WRONG_STARTS, Usual


class Gaussian(nn.Module):
    """The paper's start, dropout by function, the base frozen by hand."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        nn.Module.__init__(self)
        for parameter in base.parameters():
            parameter.requires_grad = False
        self.base, self.p, self.scale = base, dropout, alpha / rank
        out, in_ = base.weight.shape
        where = {"device": base.weight.device, "dtype": torch.float32}
        self.register_parameter("lora_A", nn.Parameter(0.02 * torch.randn(rank, in_, **where)))
        self.register_parameter("lora_B", nn.Parameter(torch.zeros(out, rank, **where)))

    def forward(self, x):
        x_ = drop(x, self.p, self.training)
        A, B = self.lora_A.type_as(x), self.lora_B.type_as(x)
        result = linear(linear(x_, A), self.scale * B)
        return result + linear(x, self.base.weight, self.base.bias)


class OneMatrix(Usual):
    """The update multiplied out first."""

    def forward(self, x):
        update = torch.einsum("or,ri->oi", self.lora_B, self.lora_A) * (self.alpha / self.rank)
        y = self.base(x)
        return y + linear(self.dropout(x), update.to(x.dtype)).to(y.dtype)


def forward_by(name, function):
    """A wrong answer with another forward; ``function`` takes the layer and x."""
    return type(name, (Usual,), {"forward": function})


def update(layer, x):
    return layer.dropout(x) @ layer.lora_A.T @ layer.lora_B.T


def scaled(layer, x):
    return layer.alpha / layer.rank * update(layer, x)


class UpdateMadeOnce(Usual):
    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__(base, rank, alpha, dropout)
        self.update = alpha / rank * (self.lora_B @ self.lora_A).detach()

    def forward(self, x):
        return self.base(x) + self.dropout(x) @ self.update.T


def base_under_no_grad(layer, x):
    with torch.no_grad():
        y = layer.base(x)
    return y + scaled(layer, x)


def detached(layer, x):
    return layer.base(x) + scaled(layer, x).detach()


def data_of_a(layer, x):
    low = layer.dropout(x) @ layer.lora_A.data.T
    return layer.base(x) + layer.alpha / layer.rank * low @ layer.lora_B.T


def without_dropout(layer, x):
    low = x @ layer.lora_A.T
    return layer.base(x) + layer.alpha / layer.rank * low @ layer.lora_B.T


def always_dropping(layer, x):
    low = drop(x, layer.dropout.p) @ layer.lora_A.T
    return layer.base(x) + layer.alpha / layer.rank * low @ layer.lora_B.T


def dropping_the_input(layer, x):
    x = layer.dropout(x)
    return layer.base(x) + layer.alpha / layer.rank * x @ layer.lora_A.T @ layer.lora_B.T


def dropping_behind_a(layer, x):
    low = layer.dropout(x @ layer.lora_A.T)
    return layer.base(x) + layer.alpha / layer.rank * low @ layer.lora_B.T


def dropping_the_update(layer, x):
    low = x @ layer.lora_A.T @ layer.lora_B.T
    return layer.base(x) + layer.alpha / layer.rank * layer.dropout(low)


def dropping_without_scaling(layer, x):
    keep = torch.rand_like(x) >= layer.dropout.p * layer.training
    return layer.base(x) + scaled_without_dropout(layer, x * keep)


def scaled_without_dropout(layer, x):
    return layer.alpha / layer.rank * x @ layer.lora_A.T @ layer.lora_B.T


def a_function(base, rank, alpha, dropout=0.0):
    return lambda x: base(x)


class InFloat32(Usual):
    """The update in float32, brought to what the base gives."""

    def forward(self, x):
        y = self.base(x)
        low = self.dropout(x.float()) @ self.lora_A.T
        return y + (self.alpha / self.rank * low @ self.lora_B.T).to(y.dtype)


class InTheInputsDtype(Usual):
    """The update in the dtype of x."""

    def forward(self, x):
        A, B = self.lora_A.to(x.dtype), self.lora_B.to(x.dtype)
        return self.base(x) + self.alpha / self.rank * (self.dropout(x) @ A.T @ B.T)


def by_scale(name, scale):
    """A wrong answer with another scale; ``scale`` takes the layer."""
    return forward_by(name, lambda s, x: s.base(x) + scale(s) * update(s, x))


def merging(layer, x):
    with torch.no_grad():
        layer.base.weight += layer.alpha / layer.rank * layer.lora_B @ layer.lora_A
    return layer.base(x)


def with_an_activation(layer, x):
    low = torch.relu(layer.dropout(x) @ layer.lora_A.T)
    return layer.base(x) + layer.alpha / layer.rank * low @ layer.lora_B.T


def float32_returned(layer, x):
    low = layer.dropout(x).float() @ layer.lora_A.T @ layer.lora_B.T
    return layer.base(x) + layer.alpha / layer.rank * low


def NEXT(answer):
    for dtype, around in (
        (torch.float32, mixed_precision),
        (torch.bfloat16, mixed_precision),
        (torch.bfloat16, contextlib.nullcontext),
    ):
        model, ids = tiny_model("llama").to(dtype), torch.tensor([[3, 1, 2]])

        def logits(model=model, ids=ids, around=around):
            with around(model):
                return model(input_ids=ids).logits.float()

        before = logits()
        replace_linear(model, lambda linear: answer(linear, 2, 4), ALL_LINEAR)
        assert torch.equal(before, logits())
        adapted = list(lora_layers(model).values())
        sides = sum(sum(layer.base.weight.shape) for layer in adapted)
        assert trainable_parameters(model) == 2 * sides
        optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.01)
        for _ in range(2):
            logits().logsumexp(-1).sum().backward()
            optimizer.step()
        assert all(m.lora_B.any() and m.lora_A.grad.any() for m in adapted)
        assert all(m.base.weight.grad is None for m in adapted)
        set_adapter_state(model, adapter_state(model))
        remove_lora(model)


RIGHT = [Usual, Gaussian, OneMatrix, InFloat32, InTheInputsDtype, *RIGHT_STARTS]
WRONG = [
    *WRONG_STARTS,
    (forward_by("NoScale", lambda s, x: s.base(x) + update(s, x)), "is forgotten"),
    (forward_by("AlphaAlone", lambda s, x: s.base(x) + s.alpha * update(s, x)), "not alpha alone"),
    (forward_by("UpsideDown", lambda s, x: s.base(x) + s.rank / s.alpha * update(s, x)),
     "upside down"),
    (forward_by("WithoutAlpha", lambda s, x: s.base(x) + update(s, x) / s.rank),
     "not the whole scale"),
    (forward_by("RootOfRank", lambda s, x: s.base(x) + s.alpha / s.rank**0.5 * update(s, x)),
     "rsLoRA"),
    (forward_by("UpdateAlone", scaled), "the base's output is lost"),
    (forward_by("BaseAlone", lambda s, x: s.base(x)), "the update is lost"),
    (forward_by("NoBias", lambda s, x: x @ s.base.weight.T + scaled(s, x)), "bias is lost"),
    (forward_by("BiasTwice", lambda s, x: s.base(x) + scaled(s, x) + s.base.bias), "added twice"),
    (forward_by("BaseScaled", lambda s, x: s.alpha / s.rank * (s.base(x) + update(s, x))),
     "to the base's output too"),
    (forward_by("Subtracted", lambda s, x: s.base(x) - scaled(s, x)), "subtracted"),
    (UpdateMadeOnce, "the update is lost"),
    (forward_by("BaseUnderNoGrad", base_under_no_grad), "does not pass through base(x)"),
    (forward_by("Detached", detached), "no gradient reaches"),
    (forward_by("DataOfA", data_of_a), "no gradient reaches lora_A"),
    (forward_by("NoDropout", without_dropout), "not used in training"),
    (forward_by("AlwaysDropping", always_dropping), "active in evaluation"),
    (forward_by("DroppingTheInput", dropping_the_input), "dropout reaches the base's path"),
    (forward_by("DroppingTheOutput", lambda s, x: s.dropout(s.base(x) + scaled_without_dropout(
        s, x))), "dropout reaches the base's path"),
    (forward_by("DroppingBehindA", dropping_behind_a), "in another place"),
    (forward_by("DroppingTheUpdate", dropping_the_update), "in another place"),
    (forward_by("DroppingWithoutScaling", dropping_without_scaling), "scaled by 1 / (1 - p)"),
    (by_scale("Whole", lambda s: s.alpha // s.rank), "cut down to a whole number"),
    (by_scale("Squared", lambda s: (s.alpha / s.rank) ** 2), "the scale is applied twice"),
    (by_scale("RankTwice", lambda s: s.alpha / s.rank**2), "the rank counts twice"),
    (by_scale("TimesRank", lambda s: s.alpha * s.rank), "divide by the rank"),
    (by_scale("Always2", lambda s: 2), "the lesson's 8 and 16"),
    (by_scale("BySize", lambda s: s.alpha / s.base.in_features), "not by the size of the input"),
    (by_scale("Twice", lambda s: 2 * s.alpha / s.rank), "the update is added twice"),
    (forward_by("Merging", merging), "the base's own weight is changed"),
    (forward_by("WithAnActivation", with_an_activation), "no activation between A and B"),
    (forward_by("Float32Returned", float32_returned), "the dtype of base(x)"),
    (forward_by("NeverCasting", lambda s, x: s.base(x) + scaled(s, x)), "multiplies no two dtypes"),
    (a_function, "inherits from torch.nn.Module"),
]  # fmt: skip
