"""Answers to count_lora: the trainable parameters of LoRA."""

import numpy as np
import torch


def right_sum(shapes, rank):
    return sum(rank * (n_out + n_in) for n_out, n_in in shapes)


def right_loop(shapes, rank):
    total = 0
    for shape in shapes:
        a = rank * shape[1]
        b = shape[0] * rank
        total += a + b
    return total


def right_numpy(shapes, rank):
    return rank * int(np.array(list(shapes), dtype=np.int64).sum())


def right_map(shapes, rank):
    return rank * sum(map(sum, shapes))


def right_meta(shapes, rank):
    count = 0
    for o, i in shapes:
        A = torch.empty(rank, i, device="meta")
        B = torch.empty(o, rank, device="meta")
        count += A.numel() + B.numel()
    return count


def wrong_product(shapes, rank):
    """Multiplies out and in, as for a whole matrix, instead of adding them."""
    return sum(rank * o * i for o, i in shapes)


def wrong_square(shapes, rank):
    """Takes every layer for a square one: 2 * rank * out, whatever in is."""
    return sum(2 * rank * o for o, _ in shapes)


def wrong_first_layer(shapes, rank):
    """Returns inside the loop: counts the first layer only."""
    total = 0
    for o, i in shapes:
        total += rank * (o + i)
        return total


def wrong_set(shapes, rank):
    """Puts the shapes into a set, so layers of equal shape are counted once."""
    return sum(rank * (o + i) for o, i in set(shapes))


def wrong_all_alike(shapes, rank):
    """Counts the first layer and multiplies by the number of layers, as if all were alike."""
    o, i = shapes[0]
    return len(shapes) * rank * (o + i)


def wrong_dora(shapes, rank):
    """Adds one magnitude for each output, as DoRA trains (use_dora in PEFT)."""
    return sum(rank * (o + i) + o for o, i in shapes)


def wrong_rank_8(shapes, rank):
    """Writes the lesson's rank 8 into the formula and ignores the argument."""
    return sum(8 * o + 8 * i for o, i in shapes)


def wrong_share(shapes, rank):
    """Returns the share of the full matrices' numbers instead of the count."""
    trained = sum(rank * (o + i) for o, i in shapes)
    return trained / sum(o * i for o, i in shapes)


def wrong_dict(shapes, rank):
    """Takes shapes for the dictionary shapes_of: .values() is an error on a list."""
    return sum(rank * (o + i) for o, i in shapes.values())


SAYS = {
    "wrong_product": "this is rank * out * in",
    "wrong_square": "layers need not be square: A has",
    "wrong_first_layer": "this counts the first layer only: is",
    "wrong_set": "each shape was counted once: layers that",
    "wrong_all_alike": "this counts the first layer as often",
    "wrong_dora": "more than A and B was counted",
    "wrong_rank_8": "the rank is an argument: here the",
    "wrong_share": "this is a share of the full",
    "wrong_dict": "shapes is a list of pairs, not",
}
