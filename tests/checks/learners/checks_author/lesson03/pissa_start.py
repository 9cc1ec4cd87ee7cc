"""Answers to ``pissa_start``: LoRA from the largest pieces of the weight."""

import torch


def _svd(weight):
    return torch.linalg.svd(weight.float(), full_matrices=False)


def right_as_the_text_says(weight, rank):
    U, S, Vh = _svd(weight)
    root = S[:rank].sqrt()
    lora_A, lora_B = root[:, None] * Vh[:rank], U[:, :rank] * root
    return weight.float() - lora_B @ lora_A, lora_A, lora_B


def right_rest_from_the_other_pieces(weight, rank):
    U, S, Vh = _svd(weight)
    root = torch.diag(S.sqrt())
    base = (U[:, rank:] * S[rank:]) @ Vh[rank:]
    return base, (root @ Vh)[:rank], (U @ root)[:, :rank]


def right_old_svd(weight, rank):
    U, S, V = torch.svd(weight.double())
    half = S[:rank] ** 0.5
    A, B = (V[:, :rank] * half).T.float(), (U[:, :rank] * half).float()
    return (weight.double() - B.double() @ A.double()).float(), A.contiguous(), B


def right_as_parameters(weight, rank):
    base, A, B = right_as_the_text_says(weight, rank)
    return base, torch.nn.Parameter(A), torch.nn.Parameter(B)


def wrong_keeps_the_weight(weight, rank):
    """Leaves the base as it was, so the layer is not the old one at the start."""
    _, A, B = right_as_the_text_says(weight, rank)
    return weight.float(), A, B


def wrong_no_root(weight, rank):
    """Gives S to both factors."""
    U, S, Vh = _svd(weight)
    A, B = S[:rank, None] * Vh[:rank], U[:, :rank] * S[:rank]
    return weight.float() - B @ A, A, B


def wrong_all_to_b(weight, rank):
    """Gives S to B alone."""
    U, S, Vh = _svd(weight)
    A, B = Vh[:rank], U[:, :rank] * S[:rank]
    return weight.float() - B @ A, A, B


def wrong_all_to_a(weight, rank):
    """Gives S to A alone."""
    U, S, Vh = _svd(weight)
    A, B = S[:rank, None] * Vh[:rank], U[:, :rank]
    return weight.float() - B @ A, A, B


def wrong_minor_pieces(weight, rank):
    """Takes the smallest pieces, as MiLoRA does."""
    U, S, Vh = _svd(weight)
    root = S[-rank:].sqrt()
    A, B = root[:, None] * Vh[-rank:], U[:, -rank:] * root
    return weight.float() - B @ A, A, B


def wrong_order(weight, rank):
    """Returns B before A."""
    base, A, B = right_as_the_text_says(weight, rank)
    return base, B, A


def wrong_two_values(weight, rank):
    """Forgets the base."""
    return right_as_the_text_says(weight, rank)[1:]


def wrong_keeps_bfloat16(weight, rank):
    """Brings the base back to the weight's dtype."""
    base, A, B = right_as_the_text_says(weight, rank)
    return base.to(weight.dtype), A, B


def wrong_returns_the_cut(weight, rank):
    """Freezes the cut, not the rest."""
    _, A, B = right_as_the_text_says(weight, rank)
    return B @ A, A, B


SAYS = {
    "wrong_keeps_the_weight": "in the layer twice",
    "wrong_no_root": "B A has their squares",
    "wrong_all_to_b": "B has all of the singular values",
    "wrong_all_to_a": "A has all of the singular values",
    "wrong_minor_pieces": "the weakest pieces",
    "wrong_order": "A and B are swapped",
    "wrong_two_values": "return the tuple",
    "wrong_keeps_bfloat16": "base is to be float32",
    "wrong_returns_the_cut": "the base is the cut",
}
