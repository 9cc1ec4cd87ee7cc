"""Learners' answers to exercise 10, pissa_start."""

import math

import numpy as np
import torch


def right_plain(weight, rank):
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[:rank].sqrt()
    lora_B = u[:, :rank] * root
    lora_A = root[:, None] * vh[:rank]
    return weight.float() - lora_B @ lora_A, lora_A, lora_B


def right_diag(weight, rank):
    w = weight.detach().clone().to(torch.float32)
    U, S, Vh = torch.linalg.svd(w)
    U_r = U[:, 0:rank]
    S_r = S[0:rank]
    Vh_r = Vh[0:rank, :]
    root = torch.diag(torch.sqrt(S_r))
    A = torch.matmul(root, Vh_r)
    B = torch.matmul(U_r, root)
    cut = torch.matmul(B, A)
    base = torch.sub(w, cut)
    return base.float(), A.float(), B.float()


def right_loops(weight, rank):
    w = weight.to(torch.float32)
    u, s, vh = torch.linalg.svd(w, full_matrices=False)
    rows, columns = [], []
    for i in range(rank):
        root = math.sqrt(s[i].item())
        rows.append(root * vh[i])
        columns.append(root * u[:, i])
    lora_A = torch.stack(rows)
    lora_B = torch.stack(columns, dim=1)
    base = w.clone()
    for row, column in zip(rows, columns):
        base -= torch.outer(column, row)
    return base, lora_A, lora_B


def right_lists(weight, rank):
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    strengths = s.tolist()
    A = [[strengths[i] ** 0.5 * x for x in vh[i].tolist()] for i in range(rank)]
    B = [[strengths[i] ** 0.5 * row[i] for i in range(rank)] for row in u.tolist()]
    A, B = torch.tensor(A, dtype=torch.float32), torch.tensor(B, dtype=torch.float32)
    return (weight.float() - torch.mm(B, A), A, B)


def right_numpy(weight, rank):
    w = weight.detach().float().cpu().numpy()
    u, s, vh = np.linalg.svd(w, full_matrices=False)
    root = np.sqrt(np.diag(s[:rank]))
    b, a = u[:, :rank] @ root, root @ vh[:rank]
    return torch.from_numpy(w - b @ a), torch.from_numpy(a), torch.from_numpy(b)


def right_tail(weight, rank):
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    base = u[:, rank:] @ torch.diag(s[rank:]) @ vh[rank:]
    A = (vh[:rank].T * s[:rank] ** 0.5).T
    B = u[:, :rank] * s[:rank] ** 0.5
    return base, A.contiguous(), B.contiguous()


def right_signs_turned(weight, rank):
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = torch.sqrt(s[:rank])
    A = -(root.unsqueeze(1) * vh[:rank])
    B = -(u[:, :rank] * root.unsqueeze(0))
    return weight - B @ A, A, B


def right_parameters(weight, rank):
    u, s, v = torch.svd(weight.float())
    root = s[:rank].sqrt()
    A = torch.nn.Parameter((v[:, :rank] * root).T)
    B = torch.nn.Parameter(u[:, :rank] * root)
    base = weight.float() - (B @ A).detach()
    return base, A, B


def right_list_of_three(weight, rank):
    u, s, vh = torch.linalg.svd(weight.double(), full_matrices=False)
    root = s[:rank].sqrt()
    A, B = root.view(-1, 1) * vh[:rank], u[:, :rank] * root
    base = weight.double() - B @ A
    return [base.float(), A.float(), B.float()]


def _eigen(weight, rank):
    w = weight.double()
    values, v = torch.linalg.eigh(w.T @ w)  # ascending: the largest are the last
    s, v = values[-rank:].sqrt(), v[:, -rank:]
    return w, (w @ v) / s, s.sqrt(), v


def right_eigenvectors_ascending(weight, rank):
    """The strongest piece is the last row of A: the statement names no order of the pieces."""
    w, u, root, v = _eigen(weight, rank)
    A, B = (v * root).T, u * root
    return (w - B @ A).float(), A.float(), B.float()


def right_eigenvectors_turned(weight, rank):
    w, u, root, v = _eigen(weight, rank)
    A, B = (v * root).T.flip(0), (u * root).flip(1)
    return (w - B @ A).float(), A.float(), B.float()


def right_of_the_transpose(weight, rank):
    u, s, vh = torch.linalg.svd(weight.float().T, full_matrices=False)
    root = s[:rank].sqrt()
    A, B = (u[:, :rank] * root).T, (root[:, None] * vh[:rank]).T
    return weight.float() - B @ A, A, B


def wrong_b_before_a(weight, rank):
    """Returns B before A."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[:rank].sqrt()
    A, B = root[:, None] * vh[:rank], u[:, :rank] * root
    return weight.float() - B @ A, B, A


def wrong_base_last(weight, rank):
    """Returns the base last: (A, B, base)."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[:rank].sqrt()
    A, B = root[:, None] * vh[:rank], u[:, :rank] * root
    return A, B, weight.float() - B @ A


def wrong_names_swapped(weight, rank):
    """Takes A for the left factor: A is (out, rank) and B (rank, in)."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[:rank].sqrt()
    A, B = u[:, :rank] * root, root[:, None] * vh[:rank]
    return weight.float() - A @ B, A, B


def wrong_a_transposed(weight, rank):
    """Returns A as (in, rank): transposed once too often."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[:rank].sqrt()
    A, B = vh[:rank].T * root, u[:, :rank] * root
    return weight.float() - B @ A.T, A, B


def wrong_no_root(weight, rank):
    """Gives both factors the singular values themselves: their product has them squared."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    A, B = s[:rank, None] * vh[:rank], u[:, :rank] * s[:rank]
    return weight.float() - B @ A, A, B


def wrong_no_singular_values(weight, rank):
    """Leaves the singular values out of both factors."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    A, B = vh[:rank], u[:, :rank]
    return weight.float() - B @ A, A, B


def wrong_all_in_b(weight, rank):
    """Gives all of the singular values to B: the product is right, the sizes are not."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    A, B = vh[:rank], u[:, :rank] * s[:rank]
    return weight.float() - B @ A, A, B


def wrong_all_in_a(weight, rank):
    """Gives all of the singular values to A: the product is right, the sizes are not."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    A, B = s[:rank, None] * vh[:rank], u[:, :rank]
    return weight.float() - B @ A, A, B


def wrong_root_in_b_only(weight, rank):
    """Gives the root to B only; A gets nothing."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    A, B = vh[:rank], u[:, :rank] * s[:rank].sqrt()
    return weight.float() - B @ A, A, B


def wrong_base_untouched(weight, rank):
    """Returns the weight as the base and subtracts nothing: the sum is too large."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[:rank].sqrt()
    return weight.float(), root[:, None] * vh[:rank], u[:, :rank] * root


def wrong_base_is_the_cut(weight, rank):
    """Returns the cut as the base, not what it leaves over."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[:rank].sqrt()
    A, B = root[:, None] * vh[:rank], u[:, :rank] * root
    return B @ A, A, B


def wrong_base_plus(weight, rank):
    """Adds the cut to the base instead of subtracting it."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[:rank].sqrt()
    A, B = root[:, None] * vh[:rank], u[:, :rank] * root
    return weight.float() + B @ A, A, B


def wrong_no_base(weight, rank):
    """Returns the two factors and forgets the base."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[:rank].sqrt()
    return root[:, None] * vh[:rank], u[:, :rank] * root


def wrong_base_and_cut(weight, rank):
    """Returns the base and the cut, not yet in two factors."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    cut = u[:, :rank] @ torch.diag(s[:rank]) @ vh[:rank]
    return weight.float() - cut, cut


def wrong_prints_shapes(weight, rank):
    """Prints the shapes and returns nothing."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[:rank].sqrt()
    A, B = root[:, None] * vh[:rank], u[:, :rank] * root
    print((weight.float() - B @ A).shape, A.shape, B.shape)


def wrong_smallest(weight, rank):
    """Takes the last pieces, the weakest, for the factors."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[-rank:].sqrt()
    A, B = root[:, None] * vh[-rank:], u[:, -rank:] * root
    return weight.float() - B @ A, A, B


def wrong_parts_exchanged(weight, rank):
    """Trains the rest and freezes the cut: the factors hold the pieces after rank."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[rank:].sqrt()
    A, B = root[:, None] * vh[rank:], u[:, rank:] * root
    return weight.float() - B @ A, A, B


def wrong_scales_columns_of_a(weight, rank):
    """Multiplies vh[:rank] by the roots without a new axis: the shapes do not fit."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[:rank].sqrt()
    A, B = vh[:rank] * root, u[:, :rank] * root
    return weight.float() - B @ A, A, B


def wrong_rank_eight(weight, rank):
    """Always rank 8, the lesson's own."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = s[:8].sqrt()
    A, B = root[:, None] * vh[:8], u[:, :8] * root
    return weight.float() - B @ A, A, B


def wrong_one_piece_more(weight, rank):
    """Keeps one piece too many."""
    u, s, vh = torch.linalg.svd(weight.float(), full_matrices=False)
    r = rank + 1
    root = s[:r].sqrt()
    A, B = root[:, None] * vh[:r], u[:, :r] * root
    return weight.float() - B @ A, A, B


SAYS = {
    "wrong_b_before_a": "A and B are swapped",
    "wrong_base_last": "the base, (out, in)",
    "wrong_names_swapped": "A and B are swapped",
    "wrong_a_transposed": "lora_A, (rank, in)",
    "wrong_no_root": "the singular values stand in both factors",
    "wrong_no_singular_values": "the singular values are missing",
    "wrong_all_in_b": "B has all of the singular values",
    "wrong_all_in_a": "A has all of the singular values",
    "wrong_root_in_b_only": "in one factor alone",
    "wrong_base_untouched": "the base still has the first pieces",
    "wrong_base_is_the_cut": "the base is the cut",
    "wrong_base_plus": "B A is added to the base",
    "wrong_no_base": "return the tuple (base, lora_A, lora_B)",
    "wrong_base_and_cut": "return the tuple (base, lora_A, lora_B)",
    "wrong_prints_shapes": "end in `return`",
    "wrong_smallest": "these are the weakest pieces",
    "wrong_parts_exchanged": "take the argument rank",
    "wrong_scales_columns_of_a": "[:, None]",
    "wrong_rank_eight": "take the argument rank",
    "wrong_one_piece_more": "take the argument rank",
}
