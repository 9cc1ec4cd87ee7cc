"""Answers to ``count_lora``."""

import torch


def by_formula(shapes, rank):
    return sum(rank * out + rank * in_ for out, in_ in shapes)


def by_matrices(shapes, rank):
    total = 0
    for out, in_ in shapes:
        total += torch.empty(rank, in_).numel() + torch.empty(out, rank).numel()
    return total


def by_tensor(shapes, rank):
    return rank * torch.tensor(shapes).sum()


def frozen_weights(shapes, rank):
    return sum(out * in_ for out, in_ in shapes)


def with_frozen_weights(shapes, rank):
    return frozen_weights(shapes, rank) + by_formula(shapes, rank)


def only_a(shapes, rank):
    return sum(rank * in_ for _, in_ in shapes)


def only_b(shapes, rank):
    return sum(rank * out for out, _ in shapes)


def square(shapes, rank):
    return sum(2 * rank * in_ for _, in_ in shapes)


def square_by_out(shapes, rank):
    return sum(2 * rank * out for out, _ in shapes)


def product(shapes, rank):
    return sum((rank * out) * (rank * in_) for out, in_ in shapes)


def rank_times_weight(shapes, rank):
    return rank * frozen_weights(shapes, rank)


def no_rank(shapes, rank):
    return sum(out + in_ for out, in_ in shapes)


def with_bias(shapes, rank):
    return by_formula(shapes, rank) + sum(out for out, _ in shapes)


def first_layer(shapes, rank):
    return rank * sum(shapes[0])


def returns_in_the_loop(shapes, rank):
    total = 0
    for out, in_ in shapes:
        total += rank * (out + in_)
        return total


def overwrites_in_the_loop(shapes, rank):
    for out, in_ in shapes:
        total = rank * (out + in_)
    return total


def all_like_the_first(shapes, rank):
    return len(shapes) * first_layer(shapes, rank)


def with_a_matrix_between(shapes, rank):
    return rank * by_formula(shapes, rank)


def in_bytes(shapes, rank):
    return 4 * by_formula(shapes, rank)


def one_each(shapes, rank):
    return [rank * (out + in_) for out, in_ in shapes]


RIGHT = [by_formula, by_matrices, by_tensor]
WRONG = [
    (frozen_weights, "the frozen weights, out * in"),
    (with_frozen_weights, "the frozen weights too"),
    (only_a, "B is missing"),
    (only_b, "A is missing"),
    (square, "need not be square"),
    (square_by_out, "need not be square"),
    (product, "multiplies the sizes"),
    (rank_times_weight, "rank * out * in"),
    (no_rank, "the rank is missing"),
    (with_bias, "biases were counted"),
    (first_layer, "one layer only"),
    (returns_in_the_loop, "one layer only"),
    (overwrites_in_the_loop, "one layer only"),
    (all_like_the_first, "as often as there are layers"),
    (with_a_matrix_between, "counted twice"),
    (in_bytes, "these are bytes"),
    (one_each, "return one number"),
]
