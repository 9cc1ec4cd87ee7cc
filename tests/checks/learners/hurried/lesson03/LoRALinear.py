"""Learners' answers to exercise 2, LoRALinear."""

import math

import torch
from torch import nn
from torch.nn import functional as F


def _thin(base, rank):
    """A, random, and B, zero: float32 parameters on the base's device."""
    a = torch.empty(rank, base.in_features, dtype=torch.float32, device=base.weight.device)
    nn.init.kaiming_uniform_(a, a=math.sqrt(5))
    b = torch.zeros(base.out_features, rank, dtype=torch.float32, device=base.weight.device)
    return nn.Parameter(a), nn.Parameter(b)


class right_like_peft(nn.Module):
    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        out = self.base(x)
        update = self.dropout(x.float()) @ self.lora_A.T @ self.lora_B.T
        return out + (self.scale * update).to(out.dtype)


class right_functional(nn.Module):
    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base, self.rank, self.alpha, self.p = base, rank, alpha, dropout
        for parameter in base.parameters():
            parameter.requires_grad = False
        like = {"device": base.weight.device, "dtype": torch.float32}
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features, **like) * 0.01)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, **like))

    def forward(self, x):
        dropped = F.dropout(x, self.p, training=self.training).to(torch.float32)
        update = F.linear(F.linear(dropped, self.lora_A), self.lora_B)
        return (self.base(x) + self.alpha / self.rank * update).to(x.dtype)


class right_einsum(nn.Module):
    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        a = torch.rand(rank, base.in_features, device=base.weight.device) * 0.02 - 0.01
        self.register_module("base", base)
        self.register_parameter("lora_A", nn.Parameter(a))
        self.register_parameter("lora_B", nn.Parameter(a.new_zeros(base.out_features, rank)))
        self.base.requires_grad_(False)
        self.drop = nn.Dropout(dropout) if dropout else nn.Identity()
        self.factor = alpha / rank

    def forward(self, x):
        update = torch.einsum("or,ri,...i->...o", self.lora_B, self.lora_A, self.drop(x).float())
        return self.base(x) + self.factor * update.type_as(x)


class right_build_the_update(nn.Module):
    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        self.dropout, self.alpha = nn.Dropout(dropout), alpha

    def forward(self, x):
        update = self.lora_B @ self.lora_A * (self.alpha / len(self.lora_A))
        path = self.dropout(x).to(update.dtype) @ update.mT
        return self.base(x).add(path.to(x.dtype))


class right_own_base_pass(nn.Module):
    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        self.p, self.scale = float(dropout), alpha / rank

    def forward(self, x):
        y = x.float()
        if self.training and self.p > 0:
            y = y * (torch.rand_like(y) >= self.p) / (1 - self.p)
        y = torch.matmul(torch.matmul(y, self.scale * self.lora_A.T), self.lora_B.T)
        return F.linear(x, self.base.weight, self.base.bias) + y.to(x.dtype)


class wrong_alpha_only(nn.Module):
    """Multiplies by alpha and does not divide by the rank."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha

    def forward(self, x):
        update = self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + (self.scale * update).to(x.dtype)


class wrong_whole_division(nn.Module):
    """Divides with //, which is 0 if alpha is below the rank."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha // rank

    def forward(self, x):
        update = self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + (self.scale * update).to(x.dtype)


class wrong_b_random_too(nn.Module):
    """Starts B at random as well, so that the layer changes the model before any training."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        nn.init.normal_(self.lora_B, std=0.01)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        update = self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + (self.scale * update).to(x.dtype)


class wrong_both_zero(nn.Module):
    """Starts A at zero too: neither matrix ever gets a gradient."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        nn.init.zeros_(self.lora_A)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        update = self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + (self.scale * update).to(x.dtype)


class wrong_base_trains(nn.Module):
    """Forgets to freeze the base."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base
        self.lora_A, self.lora_B = _thin(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        update = self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + (self.scale * update).to(x.dtype)


class wrong_loses_the_bias(nn.Module):
    """Multiplies by the base's weight itself and so loses its bias."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        update = self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T
        return x @ self.base.weight.T + (self.scale * update).to(x.dtype)


class wrong_dropout_for_both(nn.Module):
    """Drops inputs of the frozen path too, which should see all of x."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        x = self.dropout(x)
        return self.base(x) + (self.scale * x.float() @ self.lora_A.T @ self.lora_B.T).to(x.dtype)


class wrong_dropout_always(nn.Module):
    """Calls F.dropout without training=self.training: it also drops in evaluation."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        self.p, self.scale = dropout, alpha / rank

    def forward(self, x):
        update = F.dropout(x, self.p).float() @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + (self.scale * update).to(x.dtype)


class wrong_dropout_at_the_end(nn.Module):
    """Drops outputs of the low-rank path, not its inputs."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        update = self.dropout(x.float() @ self.lora_A.T @ self.lora_B.T)
        return self.base(x) + (self.scale * update).to(x.dtype)


class wrong_returns_float32(nn.Module):
    """Returns float32 for a bfloat16 input, so that the model's next layer fails."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        return self.base(x) + self.scale * (self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T)


class wrong_base_without_graph(nn.Module):
    """Takes "frozen" for no_grad: no gradient passes the base to the layers before it."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        with torch.no_grad():
            out = self.base(x)
        return out + (self.scale * self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T).to(x)


class wrong_parameters_in_base_dtype(nn.Module):
    """Keeps A and B in the base's dtype: in bfloat16 small steps of training are rounded away."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _thin(base, rank)
        self.to(base.weight.dtype)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        return self.base(x) + self.scale * self.dropout(x) @ self.lora_A.T @ self.lora_B.T


class wrong_plain_tensors(nn.Module):
    """Keeps A and B as plain tensors: they are no parameters, and nothing trains."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        plain = [matrix.detach() for matrix in _thin(base, rank)]
        self.lora_A, self.lora_B = plain
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        update = self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + (self.scale * update).to(x.dtype)


SAYS = {
    "wrong_alpha_only": "not alpha alone",
    "wrong_whole_division": "not with //",
    "wrong_b_random_too": "B should start at zero",
    "wrong_both_zero": "A and B are both zero",
    "wrong_base_trains": "the base is not frozen",
    "wrong_loses_the_bias": "the base's bias is lost",
    "wrong_dropout_for_both": "dropout reaches the base's path",
    "wrong_dropout_always": "dropout is active in evaluation",
    "wrong_dropout_at_the_end": "in another place of the LoRA path",
    "wrong_returns_float32": "the output has the dtype of base(x)",
    "wrong_base_without_graph": "does not pass through base(x)",
    "wrong_parameters_in_base_dtype": "took over the base's precision",
    "wrong_plain_tensors": "is no parameter of the layer",
}
