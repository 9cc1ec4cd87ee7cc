"""Learners' answers to exercise 4, count_lora."""

import itertools
from functools import reduce

import numpy as np
import torch


def right_sum(shapes, rank):
    return sum(rank * (n_out + n_in) for n_out, n_in in shapes)


def right_loop(shapes, rank):
    total = 0
    for shape in shapes:
        total += shape[0] * rank  # B
        total += rank * shape[1]  # A
    return total


def right_numpy(shapes, rank):
    return int(rank * np.array(list(shapes), dtype=np.int64).sum())


def right_flat(shapes, rank):
    return rank * sum(itertools.chain.from_iterable(shapes))


def right_build_on_meta(shapes, rank):
    count = 0
    for n_out, n_in in shapes:
        lora_a = torch.empty(rank, n_in, device="meta")
        lora_b = torch.empty(n_out, rank, device="meta")
        count += lora_a.numel() + lora_b.numel()
    return count


def right_reduce(shapes, rank):
    return reduce(lambda total, shape: total + rank * sum(shape), shapes, 0)


def right_recursive(shapes, rank):
    shapes = list(shapes)
    if not shapes:
        return 0
    (n_out, n_in), *rest = shapes
    return n_out * rank + rank * n_in + right_recursive(rest, rank)


def right_map(shapes, rank):
    return sum(map(sum, shapes)) * rank


def wrong_full_matrix(shapes, rank):
    """Counts the full matrices, as full fine-tuning would train them; the rank is not used."""
    return sum(n_out * n_in for n_out, n_in in shapes)


def wrong_rank_times_matrix(shapes, rank):
    """Multiplies out and in where the two thin matrices add up."""
    return sum(rank * n_out * n_in for n_out, n_in in shapes)


def wrong_bracket(shapes, rank):
    """Misses the brackets: only the outputs are multiplied by the rank."""
    return sum(rank * n_out + n_in for n_out, n_in in shapes)


def wrong_only_a(shapes, rank):
    """Counts A and forgets B."""
    return sum(rank * n_in for _, n_in in shapes)


def wrong_only_b(shapes, rank):
    """Counts B and forgets A."""
    return sum(n_out * rank for n_out, _ in shapes)


def wrong_square(shapes, rank):
    """Counts twice rank times in, which is right for square layers only."""
    return sum(2 * rank * n_in for _, n_in in shapes)


def wrong_no_rank(shapes, rank):
    """Forgets the rank, and so is right for rank 1 only."""
    return sum(n_out + n_in for n_out, n_in in shapes)


def wrong_rank_eight(shapes, rank):
    """Always counts rank 8, the rank of the lesson."""
    return sum(8 * (n_out + n_in) for n_out, n_in in shapes)


def wrong_returns_in_loop(shapes, rank):
    """Returns within the loop: counts the first layer only, and gives None for no layers."""
    total = 0
    for n_out, n_in in shapes:
        total += rank * (n_out + n_in)
        return total


def wrong_last_layer(shapes, rank):
    """Assigns instead of adding: only the last layer is left."""
    total = 0
    for n_out, n_in in shapes:
        total = rank * (n_out + n_in)
    return total


def wrong_first_times_layers(shapes, rank):
    """Takes all layers to have the shape of the first."""
    n_out, n_in = shapes[0]
    return len(shapes) * rank * (n_out + n_in)


def wrong_distinct_shapes(shapes, rank):
    """Counts each shape once, though many layers share it."""
    return sum(rank * (n_out + n_in) for n_out, n_in in set(shapes))


def wrong_with_core(shapes, rank):
    """Adds a rank x rank matrix of singular values, which LoRA does not have."""
    return sum(rank * (n_out + n_in) + rank * rank for n_out, n_in in shapes)


def wrong_core_once(shapes, rank):
    """Subtracts rank squared, the degrees of freedom of BA, not the numbers trained."""
    return sum(rank * (n_out + n_in - rank) for n_out, n_in in shapes)


def wrong_with_frozen(shapes, rank):
    """Counts the frozen weights too, which do not train."""
    return sum(n_out * n_in + rank * (n_out + n_in) for n_out, n_in in shapes)


def wrong_with_bias(shapes, rank):
    """Adds a bias for every layer, which LoRA does not train."""
    return sum(rank * (n_out + n_in) + n_out for n_out, n_in in shapes)


def wrong_bytes(shapes, rank):
    """Returns the bytes in float32, not the number of parameters."""
    return sum(4 * rank * (n_out + n_in) for n_out, n_in in shapes)


def wrong_list(shapes, rank):
    """Returns one count a layer and not their sum."""
    return [rank * (n_out + n_in) for n_out, n_in in shapes]


def wrong_share(shapes, rank):
    """Returns the share of the full matrices, not a count."""
    full = sum(n_out * n_in for n_out, n_in in shapes)
    return sum(rank * (n_out + n_in) for n_out, n_in in shapes) / full


def wrong_product_of_thin(shapes, rank):
    """Multiplies the sizes of A and B where they add up."""
    return sum((n_out * rank) * (rank * n_in) for n_out, n_in in shapes)


def wrong_dictionary(shapes, rank):
    """Takes the list of shapes for a dictionary of layers: it has no values()."""
    return sum(rank * (n_out + n_in) for n_out, n_in in shapes.values())


SAYS = {
    "wrong_full_matrix": "this counts the frozen weights, out * in",
    "wrong_rank_times_matrix": "this is rank * out * in",
    "wrong_bracket": "a bracket is missing",
    "wrong_only_a": "B is missing",
    "wrong_only_b": "A is missing",
    "wrong_square": "need not be square",
    "wrong_no_rank": "the rank is missing",
    "wrong_rank_eight": "the lesson's rank 8",
    "wrong_returns_in_loop": "is `return` in the loop",
    "wrong_last_layer": "the last layer only",
    "wrong_first_times_layers": "as often as there are layers",
    "wrong_distinct_shapes": "each shape was counted once",
    "wrong_with_core": "no third matrix",
    "wrong_core_once": "rank * rank is not to be taken off",
    "wrong_with_frozen": "the frozen weights too",
    "wrong_with_bias": "more than A and B was counted",
    "wrong_bytes": "these are bytes",
    "wrong_list": "the counts of the single layers",
    "wrong_share": "a share of the full matrices",
    "wrong_product_of_thin": "multiplies the sizes of A and B",
    "wrong_dictionary": "not a dictionary of layers",
}
