"""Answers to ``intruders``."""

import numpy
import torch


def left(matrix):
    return torch.linalg.svd(matrix.float(), full_matrices=False).U


def usual(weight, adapted, k=10, threshold=0.5):
    cosines = (left(weight).T @ left(adapted)[:, :k]).abs()
    return (cosines.max(0).values < threshold).nonzero().flatten()


def by_loop(weight, adapted, k=10, threshold=0.5):
    old, _, _ = torch.svd(weight.double())
    new, _, _ = torch.svd(adapted.double())
    found = []
    for i in range(k):
        if max(abs(float(new[:, i] @ column)) for column in old.T) < threshold:
            found.append(i)
    return found


def by_numpy(weight, adapted, k=10, threshold=0.5):
    old = numpy.linalg.svd(weight.float().numpy(), full_matrices=False)[0]
    new = numpy.linalg.svd(adapted.float().numpy(), full_matrices=False)[0]
    return numpy.where(numpy.abs(new.T[:k] @ old).max(1) < threshold)[0]


def by_cosine_similarity(weight, adapted, k=10, threshold=0.5):
    old, new = left(weight).T, left(adapted).T[:k]
    like = torch.nn.functional.cosine_similarity(new[:, None], old[None], dim=-1).abs().amax(1)
    return tuple(i for i, value in enumerate(like.tolist()) if value < threshold)


def of(name, old=left, new=None, likeness=None, pick=None):
    """A wrong answer with another part."""
    new = new or (lambda adapted, weight, k: left(adapted)[:, :k])
    likeness = likeness or (lambda cosines: cosines.abs().amax(0))
    pick = pick or (lambda like, threshold: (like < threshold).nonzero().flatten())

    def wrong(weight, adapted, k=10, threshold=0.5):
        return pick(likeness(old(weight).T @ new(adapted, weight, k)), threshold)

    wrong.__name__ = name
    return wrong


def right_vectors(weight, adapted, k=10, threshold=0.5):
    V0 = torch.linalg.svd(weight.float(), full_matrices=False).Vh
    V = torch.linalg.svd(adapted.float(), full_matrices=False).Vh[:k]
    return ((V0 @ V.T).abs().amax(0) < threshold).nonzero().flatten()


def first_k_of_both(weight, adapted, k=10, threshold=0.5):
    cosines = (left(weight)[:, :k].T @ left(adapted)[:, :k]).abs()
    return (cosines.amax(0) < threshold).nonzero().flatten()


def swapped(weight, adapted, k=10, threshold=0.5):
    return usual(adapted, weight, k, threshold)


def always_10(weight, adapted, k=10, threshold=0.5):
    return usual(weight, adapted, 10, threshold)


def always_half(weight, adapted, k=10, threshold=0.5):
    return usual(weight, adapted, k)


def in_bfloat16(weight, adapted, k=10, threshold=0.5):
    old = torch.linalg.svd(weight, full_matrices=False).U
    new = torch.linalg.svd(adapted, full_matrices=False).U
    return ((old.T @ new[:, :k]).abs().amax(0) < threshold).nonzero().flatten()


def NEXT(answer):
    weight = torch.randn(30, 20)
    found = answer(weight.bfloat16(), weight + 9 * torch.randn(30, 1) @ torch.randn(1, 20))
    assert {int(number) for number in found} <= set(range(10))


RIGHT = [usual, by_loop, by_numpy, by_cosine_similarity]
WRONG = [
    (right_vectors, "the right singular vectors"),
    (first_k_of_both, "only the first k directions of the weight"),
    (swapped, "swapped"),
    (always_10, "the argument k is not used"),
    (always_half, "the argument threshold is not used"),
    (in_bfloat16, "does not know bfloat16"),
    (of("same_number", likeness=lambda c: c.abs().diagonal()), "whatever its number"),
    (of("signed", likeness=lambda c: c.amax(0)), "has no sign"),
    (of("all_of_them", new=lambda a, w, k: left(a)), "only its first k"),
    (of("others", pick=lambda like, t: (like >= t).nonzero().flatten()), "no intruders"),
    (of("other_side", likeness=lambda c: c.abs().amax(1)), "over the new directions"),
    (of("means", likeness=lambda c: c.abs().mean(0)), "alike is enough"),
    (of("smallest", likeness=lambda c: c.abs().amin(0)), "alike is enough"),
    (of("squares", likeness=lambda c: c.square().amax(0)), "the cosines are squared"),
    (of("weakest", new=lambda a, w, k: left(a)[:, -k:]), "the weakest directions"),
    (of("of_the_update", new=lambda a, w, k: left(a.float() - w.float())[:, :k]),
     "directions of the update"),
    (of("from_1", pick=lambda like, t: (like < t).nonzero().flatten() + 1), "counts from 0"),
    (of("how_many", pick=lambda like, t: int((like < t).sum())), "how many there are"),
    (of("mask", pick=lambda like, t: like < t), "truth values"),
    (of("values", pick=lambda like, t: like[like < t]), "these are the cosines"),
]  # fmt: skip
