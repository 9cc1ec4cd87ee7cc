"""Answers to ``truncate``."""

import numpy
import torch


def usual(delta, rank):
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return U[:, :rank] @ torch.diag(S[:rank]) @ Vh[:rank]


def by_sum(delta, rank):
    U, S, V = torch.svd(delta.float())
    return sum(S[i] * torch.outer(U[:, i], V[:, i]) for i in range(rank))


def by_projection(delta, rank):
    _, vectors = torch.linalg.eigh(delta.double() @ delta.double().T)
    top = vectors[:, -rank:]
    return (top @ top.T @ delta.double()).float()


def by_numpy(delta, rank):
    U, S, Vh = numpy.linalg.svd(delta.float().numpy())
    return torch.from_numpy(U[:, :rank] * S[:rank] @ Vh[:rank])


def first_columns(delta, rank):
    result = torch.zeros_like(delta)
    result[:, :rank] = delta[:, :rank]
    return result


def first_rows(delta, rank):
    result = torch.zeros_like(delta)
    result[:rank] = delta[:rank]
    return result


def smallest(delta, rank):
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return U[:, -rank:] * S[-rank:] @ Vh[-rank:]


def remainder(delta, rank):
    return delta - usual(delta, rank)


def no_s(delta, rank):
    U, _, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return U[:, :rank] @ Vh[:rank]


def s_squared(delta, rank):
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return (U[:, :rank] * S[:rank]) @ (S[:rank, None] * Vh[:rank])


def root_of_s(delta, rank):
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return U[:, :rank] * S[:rank].sqrt() @ Vh[:rank]


def transposes_again(delta, rank):
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return U[:, :rank] * S[:rank] @ Vh[:, :rank].T


def nothing_cut(delta, rank):
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return U * S @ Vh


def one_more(delta, rank):
    return usual(delta, rank + 1)


def one_less(delta, rank):
    return usual(delta, rank - 1)


def always_1(delta, rank):
    return usual(delta, 1)


def one_part(delta, rank):
    return usual(delta, rank) - usual(delta, rank - 1)


def random_projection(delta, rank):
    numbers = torch.Generator().manual_seed(0)  # the same each time
    Q, _ = torch.linalg.qr(torch.randn(len(delta), rank, generator=numbers))
    return Q @ Q.T @ delta


def smallest_numbers_zeroed(delta, rank):
    threshold = delta.abs().quantile(0.5)
    return delta * (delta.abs() > threshold)


def in_place(delta, rank):
    delta.copy_(usual(delta, rank))
    return delta


def factors(delta, rank):
    U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=False)
    return U[:, :rank], S[:rank], Vh[:rank]


def one_factor(delta, rank):
    U, S, _ = torch.linalg.svd(delta, full_matrices=False)
    return U[:, :rank] * S[:rank]


def of_parts(name, make):
    """A wrong answer made of U, S and Vh otherwise."""

    def wrong(delta, rank):
        return make(*torch.linalg.svd(delta.float(), full_matrices=False), rank)

    wrong.__name__ = name
    return wrong


def rank_8(delta, rank):
    return usual(delta, 8)


def without_the_first(delta, rank):
    return usual(delta, rank + 1) - usual(delta, 1)


def centred(delta, rank):
    return usual(delta - delta.mean(1, keepdim=True), rank) + delta.mean(1, keepdim=True)


def largest_numbers(delta, rank):
    return delta * (delta.abs() >= delta.abs().topk(rank, dim=1).values[:, -1:])


def qr(delta, rank):
    Q, R = torch.linalg.qr(delta)
    return Q[:, :rank] @ R[:rank]


def transposed(delta, rank):
    return usual(delta, rank).T


def approximate(delta, rank):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        U, S, V = torch.svd_lowrank(delta.float(), q=rank + 2, niter=2)
    return U[:, :rank] * S[:rank] @ V[:, :rank].T


def in_the_old_dtype(delta, rank):
    return usual(delta, rank).to(delta.dtype)


def not_finite(delta, rank):
    return usual(delta, rank) / 0


def complex_numbers(delta, rank):
    return usual(delta, rank).to(torch.complex64)


def NEXT(answer):
    matrix = torch.randn(20, 30)
    kept = answer(matrix, 8).square().sum() / matrix.square().sum()
    assert 40 < int(f"{kept:.0%}".removesuffix("%")) < 90


RIGHT = [usual, by_sum, by_projection, by_numpy]
WRONG = [
    (first_columns, "the first columns"),
    (first_rows, "the first rows"),
    (smallest, "the smallest singular values were kept"),
    (remainder, "what the cut leaves over"),
    (no_s, "S are missing"),
    (s_squared, "are squared"),
    (root_of_s, "the root of the singular values"),
    (transposes_again, "V is transposed once too often"),
    (nothing_cut, "nothing was cut"),
    (one_more, "one singular value too many"),
    (one_less, "one singular value too few"),
    (always_1, "only the first piece is there"),
    (one_part, "only one part"),
    (random_projection, "another projection loses more"),
    (smallest_numbers_zeroed, "the rank of the result is"),
    (in_place, "changes its input in place"),
    (factors, "not yet multiplied"),
    (one_factor, "one factor alone"),
    (of_parts("divided", lambda U, S, Vh, r: U[:, :r] * (S / S[0])[:r] @ Vh[:r]), "stay as they"),
    (rank_8, "the lesson's rank 8"),
    (without_the_first, "Python counts from 0"),
    (centred, "principal component analysis"),
    (largest_numbers, "the largest single numbers"),
    (qr, "in the order of the columns"),
    (transposed, "the result is transposed"),
    (approximate, "only approximates"),
    (in_the_old_dtype, "return float32, whatever"),
    (not_finite, "not finite"),
    (complex_numbers, "return float32, whatever"),
]
