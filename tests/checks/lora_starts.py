"""What a ``LoRALinear`` makes of its parameters, rightly and wrongly: see its file of answers."""

import math

import torch
from torch import nn


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
        y = self.base(x)
        update = self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T
        return y + (self.alpha / self.rank * update).to(y.dtype)


def start_by(name, change):
    """A wrong answer with another start; ``change`` takes the layer."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        Usual.__init__(self, base, rank, alpha, dropout)
        change(self)

    return type(name, (Usual,), {"__init__": __init__})


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


def signs(layer):
    with torch.no_grad():
        layer.lora_A.copy_(0.05 * torch.randn_like(layer.lora_A).sign())


def a_uniform(layer):
    nn.init.uniform_(layer.lora_A, -0.01, 0.01)


def a_orthogonal(layer):
    nn.init.orthogonal_(layer.lora_A)


def a_xavier(layer):
    nn.init.xavier_normal_(layer.lora_A)


def a_truncated(layer):
    nn.init.trunc_normal_(layer.lora_A, std=0.02)


def a_by_rank(layer):
    nn.init.normal_(layer.lora_A, std=1 / layer.rank)


def a_large(layer):
    nn.init.normal_(layer.lora_A, std=10)


def a_diagonal(layer):
    nn.init.eye_(layer.lora_A)


def not_filled(layer):
    layer.lora_A = nn.Parameter(torch.empty(layer.lora_A.shape))


def whole_layers(layer):
    A, B = layer.lora_A, layer.lora_B
    del layer.lora_A, layer.lora_B
    layer.lora_A, layer.lora_B = nn.Linear(*A.shape[::-1]), nn.Linear(*B.shape[::-1])


def wrong_sides(layer):
    out, in_ = layer.base.weight.shape
    layer.lora_A = nn.Parameter(torch.randn(layer.rank, out))
    layer.lora_B = nn.Parameter(torch.zeros(in_, layer.rank))


def rank_8(layer):
    layer.lora_A = nn.Parameter(torch.randn(8, layer.base.in_features))


def full_size(layer):
    layer.lora_A = nn.Parameter(torch.randn(layer.base.weight.shape))


def odd_shape(layer):
    layer.lora_A = nn.Parameter(torch.randn(layer.rank, layer.rank))


def other_dropout(name, share):
    """A wrong answer with another p; ``share`` takes that of the argument."""

    def change(layer):
        layer.dropout.p = share(layer.dropout.p)

    return start_by(name, change)


RIGHT_STARTS = [
    start_by("Signs", signs),
    start_by("Uniform", a_uniform),
    start_by("Xavier", a_xavier),
    start_by("Orthogonal", a_orthogonal),
    start_by("Truncated", a_truncated),
    start_by("ByRank", a_by_rank),
]
WRONG_STARTS = [
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
    (start_by("ALarge", a_large), "should start small"),
    (start_by("ADiagonal", a_diagonal), "the same in every layer"),
    (start_by("NotFilled", not_filled), "is not filled"),
    (start_by("WholeLayers", whole_layers), "a whole layer, as PEFT has it"),
    (start_by("WrongSides", wrong_sides), "the wrong side of the base"),
    (start_by("Rank8", rank_8), "the lesson's rank 8"),
    (start_by("FullSize", full_size), "is to be thin"),
    (start_by("OddShape", odd_shape), "has the wrong shape"),
    (other_dropout("KeptShare", lambda p: 1 - p if p else p), "not the one that is kept"),
    (other_dropout("AlwaysHalf", lambda p: 0.5), "although the argument dropout is 0"),
]
