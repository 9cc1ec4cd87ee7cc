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


def made_of(name, change):
    """A wrong answer; ``change`` takes out, in, the rank, and gives a layer's number."""

    def wrong(shapes, rank):
        return sum(change(out, in_, rank) for out, in_ in shapes)

    wrong.__name__ = name
    return wrong


def rank_8(shapes, rank):
    return by_formula(shapes, 8)


def all_but_the_first(shapes, rank):
    return by_formula(shapes[1:], rank)


def kinds_of_layers(shapes, rank):
    return by_formula(dict.fromkeys(shapes), rank)


def mean(shapes, rank):
    return by_formula(shapes, rank) / len(shapes)


def share(shapes, rank):
    return by_formula(shapes, rank) / frozen_weights(shapes, rank)


def saved(shapes, rank):
    return frozen_weights(shapes, rank) - by_formula(shapes, rank)


def in_millions(shapes, rank):
    return by_formula(shapes, rank) / 1e6


def sums_multiplied(shapes, rank):
    out, in_ = (sum(side) for side in zip(*shapes))
    return rank * out * in_


def a_and_b(shapes, rank):
    return only_a(shapes, rank), only_b(shapes, rank)


def NEXT(answer):
    shapes = [(30, 20), (20, 30), (30, 20)]
    trained = answer(shapes, 2)
    assert f"rank 2: {trained:9,} of {1000:,} ({trained / 1000:.2%})".endswith("30.00%)")
    assert bool(300 == trained)


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
    (with_bias, "more than A and B was counted"),
    (first_layer, "the first layer only"),
    (returns_in_the_loop, "is `return` in the loop"),
    (overwrites_in_the_loop, "the last layer only"),
    (all_like_the_first, "as often as there are layers"),
    (with_a_matrix_between, "counted twice"),
    (in_bytes, "these are bytes"),
    (one_each, "the counts of the single layers"),
    (made_of("bracket", lambda out, in_, rank: rank * out + in_), "a bracket is missing"),
    (made_of("core", lambda o, i, rank: rank * (o + i) + rank**2), "no third matrix"),
    (made_of("freedom", lambda o, i, rank: rank * (o + i) - rank**2), "not to be taken off"),
    (made_of("added", lambda o, i, rank: o + i + 2 * rank), "add the rank nowhere"),
    (rank_8, "the lesson's rank 8"),
    (all_but_the_first, "one of the layers is left out"),
    (kinds_of_layers, "each shape was counted once"),
    (mean, "the mean of the layers"),
    (share, "a share of the full matrices"),
    (saved, "what LoRA saves"),
    (in_millions, "another unit"),
    (sums_multiplied, "sum within each layer first"),
    (a_and_b, "counted apart"),
]
