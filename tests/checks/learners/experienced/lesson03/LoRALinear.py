"""Answers to LoRALinear: a LoRA layer."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class right_plain(nn.Module):
    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        device = base.weight.device
        self.lora_A = nn.Parameter(torch.empty(rank, base.in_features, device=device))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, device=device))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.dropout = nn.Dropout(dropout)
        self.scale = alpha / rank

    def forward(self, x):
        out = self.base(x)
        path = F.linear(F.linear(self.dropout(x).float(), self.lora_A), self.lora_B)
        return out + (self.scale * path).to(out.dtype)


class right_cast_adapters(nn.Module):
    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        like = {"device": base.weight.device, "dtype": torch.float32}
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features, **like) * 0.01)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, **like))
        self.p, self.rank, self.alpha = dropout, rank, alpha

    def forward(self, x):
        z = F.dropout(x, self.p, training=self.training)
        z = z @ self.lora_A.t().to(x.dtype) @ self.lora_B.t().to(x.dtype)
        return self.base(x) + z * (self.alpha / self.rank)


class right_einsum(nn.Module):
    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        base.weight.requires_grad_(False)
        if base.bias is not None:
            base.bias.requires_grad_(False)
        self.base, self.rank, self.alpha = base, rank, alpha
        out_features, in_features = base.weight.shape
        A = torch.randn(rank, in_features) / math.sqrt(in_features)
        self.lora_A = nn.Parameter(A.to(base.weight.device))
        self.lora_B = nn.Parameter(torch.zeros(out_features, rank).to(base.weight.device))
        self.drop = nn.Dropout(p=dropout) if dropout else nn.Identity()

    def forward(self, x):
        frozen = self.base(x)
        z = self.drop(x).to(self.lora_A.dtype)
        update = torch.einsum("...i,ri,or->...o", z, self.lora_A, self.lora_B)
        return (frozen.float() + update * self.alpha / self.rank).to(frozen.dtype)


class right_one_matrix(nn.Module):
    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.scaling, self.drop = alpha / rank, nn.Dropout(dropout)
        A = torch.empty(rank, base.in_features, dtype=torch.float32).uniform_(-0.02, 0.02)
        B = torch.zeros(base.out_features, rank, dtype=torch.float32)
        self.register_parameter("lora_A", nn.Parameter(A.to(base.weight.device)))
        self.register_parameter("lora_B", nn.Parameter(B.to(base.weight.device)))

    def forward(self, x):
        h = self.base(x)
        delta = self.scaling * (self.lora_B @ self.lora_A)
        return h + F.linear(self.drop(x).float(), delta).type_as(h)


def _adapters(base, rank):
    like = {"device": base.weight.device, "dtype": torch.float32}
    A = torch.randn(rank, base.in_features, **like) * 0.01
    return nn.Parameter(A), nn.Parameter(torch.zeros(base.out_features, rank, **like))


class wrong_rslora(nn.Module):
    """Divides alpha by the root of the rank, as rsLoRA does (use_rslora in PEFT)."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _adapters(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / math.sqrt(rank)

    def forward(self, x):
        path = self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + (self.scale * path).to(x.dtype)


class wrong_dropout_in_eval(nn.Module):
    """Calls F.dropout without training=self.training, so it drops in evaluation too."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _adapters(base, rank)
        self.p, self.scale = dropout, alpha / rank

    def forward(self, x):
        path = F.dropout(x, self.p).float() @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + (self.scale * path).to(x.dtype)


class wrong_peft_modules(nn.Module):
    """Makes lora_A and lora_B Linear modules as PEFT does; they should be parameters."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        device = base.weight.device
        self.lora_A = nn.Linear(base.in_features, rank, bias=False, device=device)
        self.lora_B = nn.Linear(rank, base.out_features, bias=False, device=device)
        nn.init.zeros_(self.lora_B.weight)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        path = self.lora_B(self.lora_A(self.dropout(x).float()))
        return self.base(x) + (self.scale * path).to(x.dtype)


class wrong_jax_kernels(nn.Module):
    """Stores A as (in, rank) and B as (rank, out), the way Flax stores kernels."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        A, B = _adapters(base, rank)
        self.lora_A = nn.Parameter(A.detach().T.contiguous())
        self.lora_B = nn.Parameter(B.detach().T.contiguous())
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        path = self.dropout(x).float() @ self.lora_A @ self.lora_B
        return self.base(x) + (self.scale * path).to(x.dtype)


class wrong_no_grad(nn.Module):
    """Freezes the base with no_grad in forward: nothing flows back through it to earlier layers."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _adapters(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        with torch.no_grad():
            out = self.base(x)
        path = self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T
        return out + (self.scale * path).to(out.dtype)


class wrong_plain_tensors(nn.Module):
    """A and B are tensors with requires_grad, no nn.Parameter: the module does not list them."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = (p.detach().requires_grad_() for p in _adapters(base, rank))
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        path = self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + (self.scale * path).to(x.dtype)


class wrong_base_dtype(nn.Module):
    """Makes the adapters in the dtype of the base, so they are bfloat16 in a bfloat16 model."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base, w = base.requires_grad_(False), base.weight
        self.lora_A = nn.Parameter(w.new_empty(rank, base.in_features).normal_(std=0.01))
        self.lora_B = nn.Parameter(w.new_zeros(base.out_features, rank))
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        return self.base(x) + self.scale * (self.dropout(x) @ self.lora_A.T @ self.lora_B.T)


class wrong_bias_trains(nn.Module):
    """Freezes the base's weight only: its bias goes on training."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base
        self.base.weight.requires_grad = False
        self.lora_A, self.lora_B = _adapters(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        path = self.dropout(x).float() @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + (self.scale * path).to(x.dtype)


class wrong_only_under_autocast(nn.Module):
    """Never converts x, so it stops on bfloat16 input outside autocast."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _adapters(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        return self.base(x) + self.scale * (self.dropout(x) @ self.lora_A.T @ self.lora_B.T)


class wrong_dropout_on_all(nn.Module):
    """Drops inputs once for both paths, so the frozen path does not see all of x."""

    def __init__(self, base, rank, alpha, dropout=0.0):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A, self.lora_B = _adapters(base, rank)
        self.dropout, self.scale = nn.Dropout(dropout), alpha / rank

    def forward(self, x):
        x = self.dropout(x)
        path = x.float() @ self.lora_A.T @ self.lora_B.T
        return self.base(x) + (self.scale * path).to(x.dtype)


SAYS = {
    "wrong_only_under_autocast": "outside autocast PyTorch multiplies no two dtypes",
    "wrong_rslora": "another method, rsLoRA",
    "wrong_dropout_in_eval": "dropout is active in evaluation",
    "wrong_peft_modules": "is a whole layer, as PEFT has it",
    "wrong_jax_kernels": "is transposed: A is (rank, in)",
    "wrong_no_grad": "does not pass through base(x)",
    "wrong_plain_tensors": "is no parameter of the layer",
    "wrong_base_dtype": "took over the base's precision",
    "wrong_bias_trains": "the base's bias too",
    "wrong_dropout_on_all": "dropout reaches the base's path",
}
