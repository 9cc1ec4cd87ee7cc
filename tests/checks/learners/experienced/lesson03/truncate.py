"""Answers to truncate: cut a matrix to a rank."""

import numpy as np
import torch


def right_svd(delta, rank):
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return (U[:, :rank] * S[:rank]) @ Vh[:rank]


def right_numpy(delta, rank):
    u, s, vt = np.linalg.svd(delta.detach().cpu().double().numpy(), full_matrices=False)
    cut = u[:, :rank] @ np.diag(s[:rank]) @ vt[:rank, :]
    return torch.from_numpy(cut).to(device=delta.device, dtype=torch.float32)


def right_pieces(delta, rank):
    U, S, Vh = torch.linalg.svd(delta.to(torch.float32))
    result = torch.zeros(delta.shape, dtype=torch.float32, device=delta.device)
    for i in range(min(rank, len(S))):
        result += S[i] * torch.outer(U[:, i], Vh[i])
    return result


def right_projection(delta, rank):
    delta = delta.float()
    U = torch.linalg.svd(delta, full_matrices=False).U[:, :rank]
    return U @ (U.mT @ delta)


def right_zeroed_tail(delta, rank):
    U, S, V = torch.svd(delta.float())
    S[rank:] = 0
    return torch.einsum("ok,k,ik->oi", U, S, V)


def wrong_v_not_vh(delta, rank):
    """Takes the returned Vh for V: cuts its columns and transposes it once more."""
    U, S, V = torch.linalg.svd(delta.float(), full_matrices=False)
    return U[:, :rank] @ torch.diag(S[:rank]) @ V[:, :rank].T


def wrong_no_singular_values(delta, rank):
    """Leaves the singular values out: every piece gets strength 1."""
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return U[:, :rank] @ Vh[:rank]


def wrong_smallest(delta, rank):
    """Uses eigh, which sorts upwards, as if it sorted downwards: keeps the smallest pieces."""
    delta = delta.float()
    values, vectors = torch.linalg.eigh(delta.T @ delta)
    V = vectors[:, :rank]
    return delta @ V @ V.T


def wrong_half_root(delta, rank):
    """Splits the singular values into two roots, as for B and A, but multiplies only one in."""
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    B = U[:, :rank] * S[:rank].sqrt()
    A = Vh[:rank]
    return B @ A


def wrong_no_float(delta, rank):
    """Decomposes delta in its own dtype: an error in bfloat16, and float64 stays float64."""
    U, S, Vh = torch.linalg.svd(delta, full_matrices=False)
    return U[:, :rank] @ torch.diag(S[:rank]) @ Vh[:rank, :]


def wrong_back_to_dtype(delta, rank):
    """Rounds the result back to the dtype of delta, where float32 was asked for."""
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return ((U[:, :rank] * S[:rank]) @ Vh[:rank]).to(delta.dtype)


def wrong_pca(delta, rank):
    """Does a PCA as in scikit-learn: centres the columns first and adds their means afterwards."""
    delta = delta.float()
    mean = delta.mean(dim=0, keepdim=True)
    U, S, Vh = torch.linalg.svd(delta - mean, full_matrices=False)
    return (U[:, :rank] * S[:rank]) @ Vh[:rank] + mean


def wrong_one_piece_more(delta, rank):
    """Off by one: sets to zero what comes after piece rank + 1, so one piece too many stays."""
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    S[rank + 1 :] = 0
    return (U * S) @ Vh


def wrong_factors(delta, rank):
    """Returns the two thin factors instead of their product, the matrix."""
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return U[:, :rank] * S[:rank], Vh[:rank]


SAYS = {
    "wrong_v_not_vh": "V is transposed once too often or",
    "wrong_no_singular_values": "the singular values S are missing from",
    "wrong_smallest": "the smallest singular values were kept: torch.linalg.svd",
    "wrong_half_root": "the root of the singular values stands",
    "wrong_no_float": "the decomposition does not know this dtype",
    "wrong_back_to_dtype": "return float32, whatever the dtype of delta",
    "wrong_pca": "nothing is to be taken off the",
    "wrong_one_piece_more": "one singular value too many",
    "wrong_factors": "these are the factors, not yet multiplied",
}
