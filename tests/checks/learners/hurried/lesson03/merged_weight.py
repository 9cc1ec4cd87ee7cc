"""Learners' answers to exercise 6, merged_weight."""

import math

import numpy as np
import torch
from torch.nn import functional as F


def right_plain(base_weight, lora_A, lora_B, alpha):
    update = alpha / lora_A.shape[0] * (lora_B @ lora_A)
    return (base_weight.float() + update).to(base_weight.dtype)


def right_addmm(base_weight, lora_A, lora_B, alpha):
    wide = base_weight.to(lora_A.dtype)
    return torch.addmm(wide, lora_B, lora_A, alpha=alpha / len(lora_A)).to(base_weight.dtype)


@torch.no_grad()
def right_einsum(base_weight, lora_A, lora_B, alpha):
    rank = lora_B.size(1)
    update = torch.einsum("or,ri->oi", lora_B.float(), lora_A.float()) * (alpha / rank)
    return base_weight.float().add(update).type_as(base_weight)


def right_pieces(base_weight, lora_A, lora_B, alpha):
    merged = base_weight.detach().to(torch.float32, copy=True)
    for row, column in zip(lora_A.detach(), lora_B.detach().T):
        merged += alpha / lora_A.shape[0] * torch.outer(column, row)
    return merged.to(base_weight.dtype)


def right_numpy(base_weight, lora_A, lora_B, alpha):
    a, b, w = (t.detach().float().cpu().numpy() for t in (lora_A, lora_B, base_weight))
    merged = w + np.float32(alpha / a.shape[0]) * (b @ a)
    return torch.from_numpy(merged).to(base_weight)


def right_by_the_layer(base_weight, lora_A, lora_B, alpha):
    """Sends the unit vectors through the layer: its outputs are the columns of the weight."""
    one = torch.eye(base_weight.shape[1], device=base_weight.device)
    out = F.linear(one, base_weight.float())
    out = out + F.linear(F.linear(one, lora_A), lora_B) * alpha / lora_A.shape[0]
    return out.T.contiguous().to(base_weight.dtype)


def right_promotion(base_weight, lora_A, lora_B, alpha):
    scaled_B = lora_B * (alpha / lora_B.shape[-1])
    return (base_weight + scaled_B @ lora_A).to(dtype=base_weight.dtype)


def right_double_product(base_weight, lora_A, lora_B, alpha):
    update = (lora_A.double().T @ lora_B.double().T).T * alpha / lora_A.shape[0]
    return (base_weight.float() + update.float()).to(base_weight.dtype)


def wrong_no_scale(base_weight, lora_A, lora_B, alpha):
    """Forgets alpha / rank."""
    return (base_weight.float() + lora_B @ lora_A).to(base_weight.dtype)


def wrong_no_rank(base_weight, lora_A, lora_B, alpha):
    """Multiplies by alpha and does not divide by the rank."""
    return (base_weight.float() + alpha * lora_B @ lora_A).to(base_weight.dtype)


def wrong_inverse_scale(base_weight, lora_A, lora_B, alpha):
    """Multiplies by rank / alpha, the scale upside down."""
    scale = lora_A.shape[0] / alpha
    return (base_weight.float() + scale * lora_B @ lora_A).to(base_weight.dtype)


def wrong_rank_of_the_input(base_weight, lora_A, lora_B, alpha):
    """Takes the size of the input for the rank: A is (rank, in)."""
    scale = alpha / lora_A.shape[1]
    return (base_weight.float() + scale * lora_B @ lora_A).to(base_weight.dtype)


def wrong_length_of_b(base_weight, lora_A, lora_B, alpha):
    """Takes the length of B for the rank: B is (out, rank)."""
    scale = alpha / len(lora_B)
    return (base_weight.float() + scale * lora_B @ lora_A).to(base_weight.dtype)


def wrong_scale_two(base_weight, lora_A, lora_B, alpha):
    """Always multiplies by 2, the lesson's 16 / 8."""
    return (base_weight.float() + 2 * lora_B @ lora_A).to(base_weight.dtype)


def wrong_rank_eight(base_weight, lora_A, lora_B, alpha):
    """Always divides by 8, the lesson's rank."""
    return (base_weight.float() + alpha / 8 * lora_B @ lora_A).to(base_weight.dtype)


def wrong_whole_division(base_weight, lora_A, lora_B, alpha):
    """Divides with //, which is 0 if alpha is below the rank."""
    scale = alpha // lora_A.shape[0]
    return (base_weight.float() + scale * (lora_B @ lora_A)).to(base_weight.dtype)


def wrong_rslora(base_weight, lora_A, lora_B, alpha):
    """Divides by the root of the rank, as rsLoRA does."""
    scale = alpha / math.sqrt(lora_A.shape[0])
    return (base_weight.float() + scale * lora_B @ lora_A).to(base_weight.dtype)


def wrong_scale_twice(base_weight, lora_A, lora_B, alpha):
    """Scales both A and B, so that the factor counts squared."""
    scale = alpha / lora_A.shape[0]
    return (base_weight.float() + (scale * lora_B) @ (scale * lora_A)).to(base_weight.dtype)


def wrong_scales_the_base(base_weight, lora_A, lora_B, alpha):
    """Scales the base weight too: a bracket too early."""
    scale = alpha / lora_A.shape[0]
    return (scale * (base_weight.float() + lora_B @ lora_A)).to(base_weight.dtype)


def wrong_update_only(base_weight, lora_A, lora_B, alpha):
    """Returns the update without the base weight."""
    return (alpha / lora_A.shape[0] * lora_B @ lora_A).to(base_weight.dtype)


def wrong_subtracts(base_weight, lora_A, lora_B, alpha):
    """Subtracts the update, as unmerging would."""
    update = alpha / lora_A.shape[0] * lora_B @ lora_A
    return (base_weight.float() - update).to(base_weight.dtype)


def wrong_stays_float32(base_weight, lora_A, lora_B, alpha):
    """Returns float32 and not the dtype of the base weight."""
    return base_weight + alpha / lora_A.shape[0] * (lora_B @ lora_A)


def wrong_always_bfloat16(base_weight, lora_A, lora_B, alpha):
    """Always returns bfloat16, also for a float32 weight."""
    update = alpha / lora_A.shape[0] * (lora_B @ lora_A)
    return (base_weight.float() + update).to(torch.bfloat16)


def wrong_rounds_twice(base_weight, lora_A, lora_B, alpha):
    """Rounds the update to the weight's dtype before the sum, and the sum again."""
    update = alpha / lora_A.shape[0] * (lora_B @ lora_A)
    return base_weight + update.to(base_weight.dtype)


def wrong_all_in_bfloat16(base_weight, lora_A, lora_B, alpha):
    """Multiplies in the weight's dtype: A and B lose their float32 digits first."""
    dtype = base_weight.dtype
    return base_weight + lora_B.to(dtype) @ lora_A.to(dtype) * (alpha / lora_A.shape[0])


@torch.no_grad()
def wrong_in_place(base_weight, lora_A, lora_B, alpha):
    """Adds into the base weight itself, which should stay as it is."""
    base_weight += alpha / lora_A.shape[0] * (lora_B @ lora_A)
    return base_weight


@torch.no_grad()
def wrong_alias(base_weight, lora_A, lora_B, alpha):
    """Takes float() for a copy: a float32 base weight is changed in place."""
    merged = base_weight.float()
    merged += alpha / lora_A.shape[0] * (lora_B @ lora_A)
    return merged.to(base_weight.dtype)


@torch.no_grad()
def wrong_scales_b_in_place(base_weight, lora_A, lora_B, alpha):
    """Scales the adapter's B in place: the sum is right once, but the adapter is spoilt."""
    lora_B *= alpha / lora_A.shape[0]
    return (base_weight.float() + lora_B @ lora_A).to(base_weight.dtype)


def wrong_order(base_weight, lora_A, lora_B, alpha):
    """Multiplies A by B, in the wrong order: the shapes do not fit."""
    update = alpha / lora_A.shape[0] * (lora_A @ lora_B)
    return (base_weight.float() + update).to(base_weight.dtype)


def wrong_transposed_update(base_weight, lora_A, lora_B, alpha):
    """Adds the update transposed, (in, out): goes through for square layers, and is wrong there."""
    update = alpha / lora_A.shape[0] * (lora_A.T @ lora_B.T)
    return (base_weight.float() + update).to(base_weight.dtype)


def wrong_transposed(base_weight, lora_A, lora_B, alpha):
    """Returns the weight as (in, out)."""
    update = alpha / lora_A.shape[0] * (lora_B @ lora_A)
    return (base_weight.float() + update).T.to(base_weight.dtype)


SAYS = {
    "wrong_no_scale": "the scale alpha / rank is forgotten",
    "wrong_no_rank": "not alpha alone",
    "wrong_inverse_scale": "upside down",
    "wrong_rank_of_the_input": "the rank is the short side",
    "wrong_length_of_b": "the rank is the short side",
    "wrong_scale_two": "the lesson's 8 and 16",
    "wrong_rank_eight": "the lesson's 8 and 16",
    "wrong_whole_division": "not with //",
    "wrong_rslora": "rsLoRA",
    "wrong_scale_twice": "the scale counts twice",
    "wrong_scales_the_base": "the base weight is scaled too",
    "wrong_update_only": "the base weight is lost",
    "wrong_subtracts": "the wrong way round",
    "wrong_stays_float32": "in the dtype of base_weight",
    "wrong_always_bfloat16": "in the dtype of base_weight",
    "wrong_rounds_twice": "the update was rounded to bfloat16",
    "wrong_all_in_bfloat16": "A and B were rounded to bfloat16",
    "wrong_in_place": "changes its input in place",
    "wrong_alias": "changes its input in place",
    "wrong_scales_b_in_place": "changes its input in place",
    "wrong_order": "the product is B A, not A B",
    "wrong_transposed_update": "the update is transposed",
    "wrong_transposed": "the weight is transposed",
}
