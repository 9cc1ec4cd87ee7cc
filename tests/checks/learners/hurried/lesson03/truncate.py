"""Learners' answers to exercise 1, truncate."""

import numpy as np
import torch


def right_slices(delta, rank):
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return (u[:, :rank] * s[:rank]) @ vh[:rank]


def right_numpy(delta, rank):
    matrix = delta.detach().cpu().to(torch.float64).numpy()
    u, s, vh = np.linalg.svd(matrix, full_matrices=False)
    cut = u[:, :rank] @ np.diag(s[:rank]) @ vh[:rank, :]
    return torch.from_numpy(cut).to(device=delta.device, dtype=torch.float32)


def right_sum_of_pieces(delta, rank):
    u, s, vh = torch.linalg.svd(delta.to(torch.float32))
    total = torch.zeros(delta.shape, dtype=torch.float32, device=delta.device)
    for i in range(min(rank, len(s))):
        total += s[i] * torch.outer(u[:, i], vh[i])
    return total


def right_zero_the_tail(delta, rank):
    decomposition = torch.linalg.svd(delta.float(), full_matrices=False)
    strengths = decomposition.S.clone()
    strengths[rank:] = 0
    return decomposition.U @ torch.diag(strengths) @ decomposition.Vh


def right_einsum(delta, rank):
    u, s, vh = torch.linalg.svd(delta.double(), full_matrices=False)
    return torch.einsum("or,r,ri->oi", u[:, :rank], s[:rank], vh[:rank]).float()


def right_eigenvectors(delta, rank):
    d = delta.double()
    vectors = torch.linalg.eigh(d.T @ d).eigenvectors  # ascending
    v = vectors.flip(1)[:, :rank]
    return (d @ v @ v.mT).to(torch.float32)


def right_less_the_tail(delta, rank):
    delta = delta.float()
    u, s, vh = torch.linalg.svd(delta, full_matrices=False)
    return delta - u[:, rank:] @ (s[rank:, None] * vh[rank:])


def right_old_svd(delta, rank):
    u, s, v = torch.svd(delta.float())
    return u[:, :rank] @ s[:rank].diag() @ v[:, :rank].T


def right_project_the_outputs(delta, rank):
    u = torch.linalg.svd(delta.float(), full_matrices=False).U[:, :rank]
    return u @ (u.T @ delta.float())


def wrong_takes_vh_for_v(delta, rank):
    """Treats the third result as V: cuts its columns and transposes it."""
    u, s, v = torch.linalg.svd(delta.float(), full_matrices=False)
    return u[:, :rank] @ torch.diag(s[:rank]) @ v[:, :rank].T


def wrong_columns_of_vh(delta, rank):
    """Keeps the first columns of Vh where its first rows are the pieces: the shapes do not fit."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return u[:, :rank] @ torch.diag(s[:rank]) @ vh[:, :rank]


def wrong_no_singular_values(delta, rank):
    """Leaves out the singular values, so that every piece has strength 1."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return u[:, :rank] @ vh[:rank]


def wrong_smallest(delta, rank):
    """Keeps the last pieces, as if the singular values came in ascending order."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return (u[:, -rank:] * s[-rank:]) @ vh[-rank:]


def wrong_one_piece_more(delta, rank):
    """Keeps rank + 1 pieces: off by one at the end of the slice."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return (u[:, : rank + 1] * s[: rank + 1]) @ vh[: rank + 1]


def wrong_one_piece_less(delta, rank):
    """Keeps rank - 1 pieces: starts to count at 1."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    total = torch.zeros_like(delta, dtype=torch.float32)
    for i in range(1, rank):
        total += s[i - 1] * torch.outer(u[:, i - 1], vh[i - 1])
    return total


def wrong_skips_the_strongest(delta, rank):
    """Sums the pieces 1 to rank of Python, and so leaves out piece 0, the strongest."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    chosen = slice(1, rank + 1)
    return (u[:, chosen] * s[chosen]) @ vh[chosen]


def wrong_only_the_last_piece(delta, rank):
    """Assigns instead of adding in the loop: only piece number rank is left."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    for i in range(rank):
        total = s[i] * torch.outer(u[:, i], vh[i])
    return total


def wrong_returns_in_loop(delta, rank):
    """Returns within the loop, after the first piece, whatever the rank."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    total = torch.zeros(delta.shape)
    for i in range(rank):
        total += s[i] * torch.outer(u[:, i], vh[i])
        return total


def wrong_rank_eight(delta, rank):
    """Always cuts to rank 8, the rank of the lesson's example."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return (u[:, :8] * s[:8]) @ vh[:8]


def wrong_back_to_old_dtype(delta, rank):
    """Rounds the result back to the dtype of delta; float32 was asked for."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return ((u[:, :rank] * s[:rank]) @ vh[:rank]).to(delta.dtype)


def wrong_no_conversion(delta, rank):
    """Does not convert to float32: bfloat16 raises an error, and float64 stays float64."""
    u, s, vh = torch.linalg.svd(delta, full_matrices=False)
    return (u[:, :rank] * s[:rank]) @ vh[:rank]


def wrong_scales_rows(delta, rank):
    """Multiplies both factors by the singular values, so that each counts squared."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return (u[:, :rank] * s[:rank]) @ (s[:rank, None] * vh[:rank])


def wrong_root_once(delta, rank):
    """Gives the root of the singular values to one factor, and forgets the other factor's."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return (u[:, :rank] * s[:rank].sqrt()) @ vh[:rank]


def wrong_factors(delta, rank):
    """Returns the two thin factors and does not multiply them."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return u[:, :rank] * s[:rank], vh[:rank]


def wrong_the_rest(delta, rank):
    """Returns what the cut throws away, the tail of the spectrum."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    s[:rank] = 0
    return u @ torch.diag(s) @ vh


def wrong_crop(delta, rank):
    """Keeps the first rows of the matrix itself: of that rank, but not the nearest."""
    cut = torch.zeros(delta.shape)
    cut[:rank] = delta[:rank].float()
    return cut


def wrong_largest_entries(delta, rank):
    """Keeps the largest entries of each row (pruning), which is not a matrix of low rank."""
    delta = delta.float()
    kept = delta.abs().topk(min(rank, delta.shape[1]), dim=1).indices
    return torch.zeros_like(delta).scatter(1, kept, delta.gather(1, kept))


def wrong_centred(delta, rank):
    """Takes the mean of each column away first, as principal component analysis does."""
    delta = delta.float()
    mean = delta.mean(0)
    u, s, vh = torch.linalg.svd(delta - mean, full_matrices=False)
    return (u[:, :rank] * s[:rank]) @ vh[:rank] + mean


def wrong_in_place(delta, rank):
    """Writes the cut into the caller's matrix."""
    u, s, vh = torch.linalg.svd(delta.float(), full_matrices=False)
    delta.copy_((u[:, :rank] * s[:rank]) @ vh[:rank])
    return delta.float()


SAYS = {
    "wrong_takes_vh_for_v": "V is transposed once too often or not at all",
    "wrong_columns_of_vh": "the pieces are rows of Vh",
    "wrong_no_singular_values": "S are missing from the product",
    "wrong_smallest": "the smallest singular values were kept",
    "wrong_one_piece_more": "one singular value too many",
    "wrong_one_piece_less": "one singular value too few",
    "wrong_skips_the_strongest": "Python counts from 0",
    "wrong_only_the_last_piece": "this is only one part",
    "wrong_returns_in_loop": "is `return` in the loop",
    "wrong_rank_eight": "the lesson's rank 8",
    "wrong_back_to_old_dtype": "return float32, whatever the dtype",
    "wrong_no_conversion": "turn delta into float32 first",
    "wrong_scales_rows": "the singular values are squared",
    "wrong_root_once": "the root of the singular values",
    "wrong_factors": "the factors, not yet multiplied",
    "wrong_the_rest": "what the cut leaves over",
    "wrong_crop": "these are the first rows",
    "wrong_largest_entries": "the largest single numbers",
    "wrong_centred": "principal component analysis",
    "wrong_in_place": "changes its input in place",
}
