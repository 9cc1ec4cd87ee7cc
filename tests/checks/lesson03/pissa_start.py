"""Answers to ``pissa_start``."""

import numpy
import torch

from course_utils.methods.pissa import largest_part


def pieces(weight, rank):
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    return U[:, :rank], S[:rank].sqrt(), Vh[:rank]


def usual(weight, rank):
    U, root, Vh = pieces(weight, rank)
    B, A = U * root, root[:, None] * Vh
    return weight.float() - B @ A, A, B


def by_numpy(weight, rank):
    U, S, Vh = numpy.linalg.svd(weight.double().numpy(), full_matrices=False)
    root = numpy.diag(numpy.sqrt(S[:rank]))
    A, B = torch.from_numpy(root @ Vh[:rank]), torch.from_numpy(U[:, :rank] @ root)
    return (weight.double() - B @ A).float(), A.float(), B.float()


def by_the_course(weight, rank):
    A, B = largest_part(weight, rank)
    return weight.float() - B @ A, A, B


def other_signs(weight, rank):
    base, A, B = usual(weight, rank)
    return [base, -A, -B]


def of(name, make):
    """A wrong answer made of the pieces; ``make`` takes U, the root of S, Vh and the weight."""

    def wrong(weight, rank):
        return make(*pieces(weight, rank), weight.float())

    wrong.__name__ = name
    return wrong


def less(W, A, B):
    return W - B @ A, A, B


def weakest(weight, rank):
    U, S, Vh = torch.linalg.svd(weight.float(), full_matrices=False)
    root = S[-rank:].sqrt()
    return less(weight.float(), root[:, None] * Vh[-rank:], U[:, -rank:] * root)


def rank_8(weight, rank):
    return usual(weight, 8)


def in_bfloat16(weight, rank):
    U, S, Vh = torch.linalg.svd(weight, full_matrices=False)
    return less(weight, S[:rank, None].sqrt() * Vh[:rank], U[:, :rank] * S[:rank].sqrt())


def in_place(weight, rank):
    _, A, B = usual(weight, rank)
    weight -= (B @ A).to(weight.dtype)
    return weight, A, B


def base_rounded(weight, rank):
    base, A, B = usual(weight, rank)
    return base.bfloat16(), A, B


def factors_alone(weight, rank):
    return usual(weight, rank)[1:]


def swapped(weight, rank):
    base, A, B = usual(weight, rank)
    return base, B, A


RIGHT = [usual, by_numpy, by_the_course, other_signs]
WRONG = [
    (of("whole_base", lambda U, r, Vh, W: (W, r[:, None] * Vh, U * r)), "in the layer twice"),
    (of("added", lambda U, r, Vh, W: (W + U * r**2 @ Vh, r[:, None] * Vh, U * r)), "added to the"),
    (of("all_in_a", lambda U, r, Vh, W: less(W, r[:, None] ** 2 * Vh, U)), "A has all of"),
    (of("all_in_b", lambda U, r, Vh, W: less(W, Vh, U * r**2)), "B has all of"),
    (of("in_both", lambda U, r, Vh, W: less(W, r[:, None] ** 2 * Vh, U * r**2)), "their squares"),
    (of("without_s", lambda U, r, Vh, W: less(W, Vh, U)), "are missing"),
    (of("one_root", lambda U, r, Vh, W: less(W, Vh, U * r)), "in one factor alone"),
    (of("b_zero", lambda U, r, Vh, W: (W, Vh, 0 * U)), "LoRA's usual start"),
    (of("base_is_cut", lambda U, r, Vh, W: (U * r**2 @ Vh, r[:, None] * Vh, U * r)),
     "the base is the cut"),
    (weakest, "the weakest pieces"),
    (rank_8, "the factors have rank 8"),
    (in_bfloat16, "does not know bfloat16"),
    (in_place, "changes its input in place"),
    (base_rounded, "base is to be float32"),
    (factors_alone, "return the tuple"),
    (swapped, "A and B are swapped"),
]  # fmt: skip
