"""Answers to merged_weight: the update added to the weight."""

import torch


def right_float32(base_weight, lora_A, lora_B, alpha):
    scale = alpha / lora_A.shape[0]
    merged = base_weight.float() + scale * (lora_B.float() @ lora_A.float())
    return merged.to(base_weight.dtype)


@torch.no_grad()
def right_addmm(base_weight, lora_A, lora_B, alpha):
    W = base_weight.to(torch.float32)
    A, B = lora_A.to(torch.float32), lora_B.to(torch.float32)
    return torch.addmm(W, B, A, alpha=alpha / A.size(0)).type_as(base_weight)


def right_numpy(base_weight, lora_A, lora_B, alpha):
    W, A, B = (t.detach().cpu().float().numpy() for t in (base_weight, lora_A, lora_B))
    merged = W + (alpha / len(A)) * (B @ A)
    return torch.from_numpy(merged).to(base_weight)


def right_promotion(base_weight, lora_A, lora_B, alpha):
    out = torch.clone(base_weight).detach()
    update = torch.einsum("or,ri->oi", lora_B.float(), lora_A.float())
    out.copy_(out + update * (alpha / lora_B.shape[1]))
    return out


def right_identity_input(base_weight, lora_A, lora_B, alpha):
    rank, n_in = lora_A.shape
    x = torch.eye(n_in, device=base_weight.device)
    y = x @ base_weight.float().T + (alpha / rank) * (x @ lora_A.float().T @ lora_B.float().T)
    return y.T.contiguous().to(base_weight.dtype)


def wrong_alias(base_weight, lora_A, lora_B, alpha):
    """Adds in place to .float(), which is base_weight itself when that is float32 already."""
    with torch.no_grad():
        merged = base_weight.float()
        merged += alpha / lora_A.shape[0] * (lora_B @ lora_A)
    return merged.to(base_weight.dtype)


def wrong_scales_B(base_weight, lora_A, lora_B, alpha):
    """Multiplies lora_B in place by the scale, so the adapter itself is changed."""
    with torch.no_grad():
        lora_B *= alpha / lora_A.shape[0]
        return (base_weight.float() + lora_B @ lora_A).to(base_weight.dtype)


def wrong_rslora(base_weight, lora_A, lora_B, alpha):
    """Divides by the root of the rank, rsLoRA's formula."""
    scale = alpha / lora_A.shape[0] ** 0.5
    return (base_weight.float() + scale * (lora_B @ lora_A)).to(base_weight.dtype)


def wrong_rank_axis(base_weight, lora_A, lora_B, alpha):
    """Reads the rank from the last axis of A, which is the number of inputs."""
    scale = alpha / lora_A.shape[-1]
    return (base_weight.float() + scale * (lora_B @ lora_A)).to(base_weight.dtype)


def wrong_stays_float32(base_weight, lora_A, lora_B, alpha):
    """Never goes back to the dtype of base_weight: float32 for a bfloat16 weight."""
    return base_weight.float() + alpha / lora_A.shape[0] * (lora_B @ lora_A)


def wrong_rounds_twice(base_weight, lora_A, lora_B, alpha):
    """Rounds the update to the weight's dtype and adds there: two roundings in bfloat16."""
    update = alpha / lora_A.shape[0] * (lora_B @ lora_A)
    return base_weight + update.to(base_weight.dtype)


def wrong_rounds_adapters(base_weight, lora_A, lora_B, alpha):
    """Rounds A and B to the weight's dtype before multiplying them."""
    A, B = lora_A.to(base_weight.dtype), lora_B.to(base_weight.dtype)
    merged = base_weight.float() + alpha / A.shape[0] * (B @ A).float()
    return merged.to(base_weight.dtype)


def wrong_delta_only(base_weight, lora_A, lora_B, alpha):
    """Returns the update alone, like PEFT's get_delta_weight, without the base weight."""
    return (alpha / lora_A.shape[0] * (lora_B @ lora_A)).to(base_weight.dtype)


def wrong_transposed(base_weight, lora_A, lora_B, alpha):
    """Adds the transpose of BA: an error unless the matrix is square, then a wrong sum."""
    update = (lora_A.T @ lora_B.T) * alpha / lora_A.shape[0]
    return (base_weight.float() + update).to(base_weight.dtype)


def wrong_forgets_rank(base_weight, lora_A, lora_B, alpha):
    """Multiplies by alpha and forgets to divide by the rank."""
    return (base_weight.float() + alpha * (lora_B @ lora_A)).to(base_weight.dtype)


SAYS = {
    "wrong_alias": "the function changes its input in place",
    "wrong_scales_B": "the function changes its input in place",
    "wrong_rslora": "this is the scale of another method",
    "wrong_rank_axis": "the rank is the short side: lora_A.shape[0]",
    "wrong_stays_float32": "return the weight in the dtype of",
    "wrong_rounds_twice": "a bfloat16 weight: the update was rounded",
    "wrong_rounds_adapters": "right but for rounding: multiply and add",
    "wrong_delta_only": "the base weight is lost: this is",
    "wrong_transposed": "the update is transposed: B A has",
    "wrong_forgets_rank": "the scale is alpha / rank, not",
}
