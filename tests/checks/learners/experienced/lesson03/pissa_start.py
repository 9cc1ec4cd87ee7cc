"""Answers to pissa_start: the largest part of a weight as an adapter, the rest as the base."""

import numpy as np
import torch


def right_svd(weight, rank):
    W = weight.float()
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    root = S[:rank].sqrt()
    lora_B = U[:, :rank] * root
    lora_A = root[:, None] * Vh[:rank]
    return W - lora_B @ lora_A, lora_A, lora_B


def right_numpy_double(weight, rank):
    W = weight.detach().cpu().double().numpy()
    u, s, vt = np.linalg.svd(W, full_matrices=False)
    root = np.diag(np.sqrt(s[:rank]))
    B, A = u[:, :rank] @ root, root @ vt[:rank]
    like = {"dtype": torch.float32, "device": weight.device}
    return tuple(torch.as_tensor(part, **like) for part in (W - B @ A, A, B))


def right_rest_of_the_pieces(weight, rank):
    U, S, Vh = torch.linalg.svd(weight.to(torch.float32), full_matrices=False)
    base = U[:, rank:] @ torch.diag(S[rank:]) @ Vh[rank:]
    root = torch.diag(S[:rank] ** 0.5)
    return base, root @ Vh[:rank], U[:, :rank] @ root


def right_eigh_upwards(weight, rank):
    """The pieces come out from the weakest of the cut to the strongest: the product is the same."""
    W = weight.double()
    values, V = torch.linalg.eigh(W.T @ W)
    values, V = values[-rank:], V[:, -rank:]
    fourth = values.clamp(min=0) ** 0.25  # values are squares of the singular values
    lora_A = (V * fourth).T
    lora_B = W @ V / fourth
    base = W - lora_B @ lora_A
    return base.float(), lora_A.float(), lora_B.float()


def right_pieces(weight, rank):
    rows, columns = weight.shape
    U, S, Vh = torch.linalg.svd(weight.float())
    base = weight.float().clone()
    lora_A = torch.zeros(rank, columns, device=weight.device)
    lora_B = torch.zeros(rows, rank, device=weight.device)
    for i in range(rank):
        lora_A[i] = S[i].sqrt() * Vh[i]
        lora_B[:, i] = S[i].sqrt() * U[:, i]
        base -= torch.outer(lora_B[:, i], lora_A[i])
    return base, lora_A, lora_B


def right_addmm(weight, rank):
    U, S, V = torch.svd(weight.float())
    B = U[:, :rank].mul(S[:rank].sqrt())
    A = V[:, :rank].mul(S[:rank].sqrt()).T.contiguous()
    return torch.addmm(weight.float(), B, A, alpha=-1), A, B


def right_einsum(weight, rank):
    U, S, Vh = (part.float() for part in torch.linalg.svd(weight.double(), full_matrices=False))
    root = S[:rank].pow(0.5)
    A = torch.einsum("r,ri->ri", root, Vh[:rank])
    B = torch.einsum("or,r->or", U[:, :rank], root)
    base = weight - torch.einsum("or,ri->oi", B, A)
    return base.float(), A, B


def right_solved_for_a(weight, rank):
    W = weight.to(torch.float32, copy=True)
    U, S, _ = torch.linalg.svd(W, full_matrices=False)
    B = U[:, :rank] @ S[:rank].sqrt().diag()
    A = torch.linalg.lstsq(B, W).solution
    W.addmm_(B, A, alpha=-1)
    return W, A, B


def right_of_the_transposed(weight, rank):
    W = weight.float()
    V, S, Uh = torch.linalg.svd(W.mT, full_matrices=False)
    root = torch.sqrt(S[None, :rank])
    A = (V[:, :rank] * root).mT
    B = Uh[:rank].mT * -root
    A = -A  # the signs are free, as long as both change
    return W.sub(torch.mm(B, A)), A, B


def right_masked_tail(weight, rank):
    W = weight.float()
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    tail = torch.where(torch.arange(len(S), device=S.device) < rank, 0.0, S)
    root = S.sqrt()
    return (U * tail) @ Vh, (root[:, None] * Vh)[:rank], (U * root)[:, :rank]


def wrong_values_in_b(weight, rank):
    """Gives B the singular values whole and A none: the product is right, the sizes are not."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    lora_B, lora_A = U[:, :rank] * S[:rank], Vh[:rank]
    return weight.float() - lora_B @ lora_A, lora_A, lora_B


def wrong_values_in_a(weight, rank):
    """Gives A the singular values whole and B none."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    lora_B, lora_A = U[:, :rank], S[:rank, None] * Vh[:rank]
    return weight.float() - lora_B @ lora_A, lora_A, lora_B


def wrong_no_root(weight, rank):
    """Gives both factors the singular values whole: they are squared in the product."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    lora_B, lora_A = U[:, :rank] * S[:rank], S[:rank, None] * Vh[:rank]
    return weight.float() - lora_B @ lora_A, lora_A, lora_B


def wrong_no_root_cut_taken_off(weight, rank):
    """Gives both factors the whole singular values, but takes the true cut off the weight."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    lora_B, lora_A = U[:, :rank] * S[:rank], S[:rank, None] * Vh[:rank]
    return weight.float() - (U[:, :rank] * S[:rank]) @ Vh[:rank], lora_A, lora_B


def wrong_equal_norms(weight, rank):
    """Makes the norms of the factors equal by one number, not by the roots."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    lora_B, lora_A = U[:, :rank] * S[:rank], Vh[:rank]
    scale = (lora_B.norm() / lora_A.norm()).sqrt()
    lora_B, lora_A = lora_B / scale, lora_A * scale
    return weight.float() - lora_B @ lora_A, lora_A, lora_B


def wrong_root_of_eigenvalues(weight, rank):
    """Takes the roots of the eigenvalues of W'W for the roots of the singular values."""
    W = weight.double()
    values, V = torch.linalg.eigh(W.T @ W)
    values, V = values.flip(0)[:rank], V.flip(1)[:, :rank]
    root = values.clamp(min=0).sqrt()
    lora_A, lora_B = (V * root).T, (W @ V)
    return (W - lora_B @ lora_A).float(), lora_A.float(), lora_B.float()


def wrong_order(weight, rank):
    """Returns B before A, in the order of the product."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = S[:rank].sqrt()
    lora_B, lora_A = U[:, :rank] * root, root[:, None] * Vh[:rank]
    return weight.float() - lora_B @ lora_A, lora_B, lora_A


def wrong_base_whole(weight, rank):
    """Leaves the weight whole as the base: the cut is in the model twice."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = S[:rank].sqrt()
    return weight.float(), root[:, None] * Vh[:rank], U[:, :rank] * root


def wrong_base_is_the_cut(weight, rank):
    """Returns the cut as the base, where the rest belongs."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = S[:rank].sqrt()
    lora_B, lora_A = U[:, :rank] * root, root[:, None] * Vh[:rank]
    return lora_B @ lora_A, lora_A, lora_B


def wrong_base_rounded(weight, rank):
    """Rounds the base back to the dtype of the weight, as a model keeps it."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = S[:rank].sqrt()
    lora_B, lora_A = U[:, :rank] * root, root[:, None] * Vh[:rank]
    return (weight.float() - lora_B @ lora_A).to(weight.dtype), lora_A, lora_B


def wrong_difference_in_dtype(weight, rank):
    """Takes the cut off in the dtype of the weight, and casts the rounded rest to float32."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = S[:rank].sqrt()
    lora_B, lora_A = U[:, :rank] * root, root[:, None] * Vh[:rank]
    return (weight - (lora_B @ lora_A).to(weight.dtype)).float(), lora_A, lora_B


def wrong_input_changed(weight, rank):
    """Takes the cut off in place: float() makes no copy of a float32 weight."""
    W = weight.float()
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    root = S[:rank].sqrt()
    lora_B, lora_A = U[:, :rank] * root, root[:, None] * Vh[:rank]
    W -= lora_B @ lora_A
    return W, lora_A, lora_B


def wrong_v_not_vh(weight, rank):
    """Takes the returned Vh for V: cuts its columns and transposes them."""
    U, S, V = torch.linalg.svd(weight.float(), full_matrices=False)
    root = S[:rank].sqrt()
    lora_B, lora_A = U[:, :rank] * root, (V[:, :rank] * root).T
    return weight.float() - lora_B @ lora_A, lora_A, lora_B


def wrong_a_transposed(weight, rank):
    """Returns A as (in, rank)."""
    U, S, V = torch.svd(weight.float())
    root = S[:rank].sqrt()
    lora_B, lora_A = U[:, :rank] * root, V[:, :rank] * root
    return weight.float() - lora_B @ lora_A.T, lora_A, lora_B


def wrong_smallest(weight, rank):
    """Puts the smallest pieces into the adapter: eigh sorts upwards."""
    W = weight.double()
    values, U = torch.linalg.eigh(W @ W.T)
    fourth = values[:rank].clamp(min=1e-12) ** 0.25
    lora_B = U[:, :rank] * fourth
    lora_A = U[:, :rank].T @ W / fourth[:, None]
    return (W - lora_B @ lora_A).float(), lora_A.float(), lora_B.float()


def wrong_zeroed_not_cut(weight, rank):
    """Sets the tail to zero and does not cut: the factors have all rows and columns."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    S[rank:] = 0
    lora_B, lora_A = U * S.sqrt(), S.sqrt()[:, None] * Vh
    return weight.float() - lora_B @ lora_A, lora_A, lora_B


def wrong_double(weight, rank):
    """Stays in float64, in which numpy was asked to compute."""
    W = weight.detach().cpu().double().numpy()
    u, s, vt = np.linalg.svd(W, full_matrices=False)
    B, A = u[:, :rank] * np.sqrt(s[:rank]), np.sqrt(s[:rank, None]) * vt[:rank]
    return tuple(torch.from_numpy(part) for part in (W - B @ A, A, B))


def wrong_factors_rounded(weight, rank):
    """Returns the factors in the dtype of the weight, and the base in float32."""
    W = weight.float()
    U, S, Vh = torch.linalg.svd(W, full_matrices=False)
    root = S[:rank].sqrt()
    lora_B = (U[:, :rank] * root).to(weight.dtype)
    lora_A = (root[:, None] * Vh[:rank]).to(weight.dtype)
    return W - (lora_B @ lora_A).float(), lora_A, lora_B


def wrong_no_float(weight, rank):
    """Decomposes the weight in its own dtype: an error in bfloat16."""
    U, S, Vh = torch.linalg.svd(weight, full_matrices=False)
    root = S[:rank].sqrt()
    lora_B, lora_A = U[:, :rank] * root, root[:, None] * Vh[:rank]
    return weight - lora_B @ lora_A, lora_A, lora_B


def wrong_axis(weight, rank):
    """Multiplies the rows of A by the roots along the wrong axis: shapes that do not fit."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = S[:rank].sqrt()
    lora_B, lora_A = U[:, :rank] * root, Vh[:rank] * root
    return weight.float() - lora_B @ lora_A, lora_A, lora_B


def wrong_random_svd(weight, rank):
    """Takes svd_lowrank, which only comes near the cut unless the spectrum falls fast."""
    W = weight.float()
    U, S, V = torch.svd_lowrank(W, q=rank)
    root = S.sqrt()
    lora_B, lora_A = U * root, (V * root).T
    return W - lora_B @ lora_A, lora_A, lora_B


def wrong_no_base(weight, rank):
    """Returns the two factors alone, without the rest."""
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = S[:rank].sqrt()
    return root[:, None] * Vh[:rank], U[:, :rank] * root


SAYS = {
    "wrong_values_in_b": "B has all of the singular values",
    "wrong_values_in_a": "A has all of the singular values",
    "wrong_no_root": "the singular values stand in both factors",
    "wrong_root_of_eigenvalues": "B A has their squares; give each their root",
    "wrong_order": "A and B are swapped",
    "wrong_base_whole": "the base still has the first pieces",
    "wrong_base_is_the_cut": "the base is the cut",
    "wrong_base_rounded": "base is to be float32",
    "wrong_input_changed": "the function changes its input in place",
    "wrong_a_transposed": "lora_A, (rank, in)",
    "wrong_zeroed_not_cut": "take the argument rank",
    "wrong_double": "base is to be float32",
    "wrong_factors_rounded": "lora_A is to be float32",
    "wrong_no_float": "the decomposition does not know bfloat16",
    "wrong_axis": "stand in the same dimension: perhaps a dimension of size 1 is missing",
    "wrong_random_svd": "nothing random belongs here",
    "wrong_no_base": "return the tuple (base, lora_A, lora_B)",
}
