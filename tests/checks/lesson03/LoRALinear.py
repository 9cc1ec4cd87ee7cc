"""Answers to ``LoRALinear``."""

import math

import torch
from torch import nn
from torch.nn.functional import dropout as drop
from torch.nn.functional import linear


class Usual(nn.Module):
    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.rank, self.alpha = rank, alpha
        device = base.weight.device
        self.lora_A = nn.Parameter(torch.empty(rank, base.in_features, device=device))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, device=device))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        update = self.dropout(x) @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + self.alpha / self.rank * update


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
        result = linear(linear(x_, self.lora_A), self.scale * self.lora_B)
        return result + linear(x, self.base.weight, self.base.bias)


class OneMatrix(Usual):
    """The update multiplied out first."""

    def forward(self, x):
        update = torch.einsum("or,ri->oi", self.lora_B, self.lora_A) * (self.alpha / self.rank)
        y = self.base(x)
        return y + linear(self.dropout(x), update).to(y.dtype)


def forward_by(name, function):
    """A wrong answer with another forward; ``function`` takes the layer and x."""
    return type(name, (Usual,), {"forward": function})


def start_by(name, change):
    """A wrong answer with another start; ``change`` takes the layer."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        Usual.__init__(self, base, rank, alpha, dropout)
        change(self)

    return type(name, (Usual,), {"__init__": __init__})


def update(layer, x):
    return layer.dropout(x) @ layer.lora_A.T @ layer.lora_B.T


def scaled(layer, x):
    return layer.alpha / layer.rank * update(layer, x)


def b_random(layer):
    nn.init.normal_(layer.lora_B)


def a_zero(layer):
    nn.init.zeros_(layer.lora_A)


def swapped_start(layer):
    b_random(layer)
    a_zero(layer)


def a_constant(layer):
    nn.init.constant_(layer.lora_A, 0.1)


def unfrozen(layer):
    layer.base.requires_grad_(True)


def bias_trains(layer):
    layer.base.bias.requires_grad_(True)


def a_frozen(layer):
    layer.lora_A.requires_grad_(False)


def plain_tensors(layer):
    A, B = layer.lora_A.detach(), layer.lora_B.detach()
    del layer.lora_A, layer.lora_B
    layer.lora_A, layer.lora_B = A.requires_grad_(), B.requires_grad_()


def swapped_shapes(layer):
    layer.lora_A, layer.lora_B = layer.lora_B, layer.lora_A


def transposed(layer):
    layer.lora_A = nn.Parameter(layer.lora_A.detach().T.clone())
    layer.lora_B = nn.Parameter(layer.lora_B.detach().T.clone())


def other_names(layer):
    layer.A, layer.B = layer.lora_A, layer.lora_B
    del layer.lora_A, layer.lora_B


def base_copied(layer):
    copied = nn.Linear(layer.base.in_features, layer.base.out_features)
    copied.load_state_dict(layer.base.state_dict())
    layer.base = copied.requires_grad_(False)


def base_under_another_name(layer):
    layer.linear = layer.base
    del layer.base


def in_the_bases_dtype(layer):
    layer.to(layer.base.weight.dtype)


def on_the_cpu(layer):
    layer.lora_A = nn.Parameter(torch.randn(layer.lora_A.shape))
    layer.lora_B = nn.Parameter(torch.zeros(layer.lora_B.shape))


def with_a_scale_that_trains(layer):
    layer.trained_scale = nn.Parameter(torch.ones(()))


def other_share(layer):
    layer.dropout.p /= 2


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


RIGHT = [Usual, Gaussian, OneMatrix]
WRONG = [
    (start_by("BRandom", b_random), "B should start at zero"),
    (start_by("AZero", a_zero), "both zero"),
    (start_by("SwappedStart", swapped_start), "swapped at the start"),
    (start_by("AConstant", a_constant), "A should be random"),
    (start_by("Unfrozen", unfrozen), "the base is not frozen"),
    (start_by("BiasTrains", bias_trains), "the base's bias too"),
    (start_by("AFrozen", a_frozen), "must be trained"),
    (start_by("PlainTensors", plain_tensors), "is no parameter of the layer"),
    (start_by("SwappedShapes", swapped_shapes), "A and B are swapped"),
    (start_by("Transposed", transposed), "is transposed"),
    (start_by("OtherNames", other_names), "has no lora_A"),
    (start_by("BaseCopied", base_copied), "the linear layer itself"),
    (start_by("BaseUnderAnotherName", base_under_another_name), "the linear layer itself"),
    (start_by("InTheBasesDtype", in_the_bases_dtype), "took over the base's precision"),
    (start_by("OnTheCpu", on_the_cpu), "not on the base's device"),
    (start_by("ScaleTrains", with_a_scale_that_trains), "A and B alone are trained"),
    (start_by("OtherShare", other_share), "another p"),
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
    (a_function, "inherits from torch.nn.Module"),
]  # fmt: skip
