"""Answers to exercise 9: activations with checkpointing."""

import math

import numpy as np
import torch


def right_sum(layers, tokens, hidden, layer_bytes):
    return layers * tokens * hidden * 2 + tokens * layer_bytes


def right_per_token(layers, tokens, hidden, layer_bytes):
    return tokens * (2 * layers * hidden + layer_bytes)


def right_loop(layers, tokens, hidden, layer_bytes):
    held = 0
    for _ in range(layers):
        held += tokens * hidden * 16 // 8
    held += layer_bytes * tokens
    return held


def right_named(layers, tokens, hidden, layer_bytes):
    bytes_a_number = 16 / 8
    inputs = math.prod((layers, tokens, hidden)) * bytes_a_number
    recomputed = tokens * layer_bytes
    return inputs + recomputed


def right_numpy(layers, tokens, hidden, layer_bytes):
    each = np.array([layers * hidden, layer_bytes], dtype=np.float64)
    return float(tokens * each.dot([2, 1]))


def right_itemsize(layers, tokens, hidden, layer_bytes):
    one_input = torch.empty(tokens, hidden, dtype=torch.bfloat16, device="meta")
    return layers * one_input.numel() * one_input.element_size() + tokens * layer_bytes


def right_lists(layers, tokens, hidden, layer_bytes):
    per_token = [2 * hidden] * layers + [layer_bytes]
    return sum(per_token) * tokens


def wrong_all_layers(layers, tokens, hidden, layer_bytes):
    """Counts what every layer keeps, as without checkpointing, and the inputs on top."""
    return layers * tokens * (2 * hidden + layer_bytes)


def wrong_no_inputs(layers, tokens, hidden, layer_bytes):
    """Counts the layer that is computed again and forgets the kept inputs."""
    return tokens * layer_bytes


def wrong_inputs_only(layers, tokens, hidden, layer_bytes):
    """Counts the inputs and forgets what the layer computed again keeps."""
    return 2 * layers * tokens * hidden


def wrong_numbers(layers, tokens, hidden, layer_bytes):
    """Counts the inputs' numbers and not their bytes, two each."""
    return layers * tokens * hidden + tokens * layer_bytes


def wrong_float32(layers, tokens, hidden, layer_bytes):
    """Counts the inputs in float32, 4 bytes, where they are in 16 bits."""
    return 4 * layers * tokens * hidden + tokens * layer_bytes


def wrong_in_bits(layers, tokens, hidden, layer_bytes):
    """Multiplies by 16 bits and forgets to divide by 8."""
    return 16 * layers * tokens * hidden + tokens * layer_bytes


def wrong_doubled_twice(layers, tokens, hidden, layer_bytes):
    """Doubles layer_bytes too, which are bytes already."""
    return 2 * tokens * (layers * hidden + layer_bytes)


def wrong_layer_of_one_token(layers, tokens, hidden, layer_bytes):
    """Takes layer_bytes for the whole layer, where they are for one token."""
    return 2 * layers * tokens * hidden + layer_bytes


def wrong_one_input(layers, tokens, hidden, layer_bytes):
    """Keeps the input of one layer only instead of all of them."""
    return 2 * tokens * hidden + tokens * layer_bytes


def wrong_less_one(layers, tokens, hidden, layer_bytes):
    """Leaves out the input of one layer, though those of all layers are kept."""
    return 2 * (layers - 1) * tokens * hidden + tokens * layer_bytes


def wrong_square_root(layers, tokens, hidden, layer_bytes):
    """Uses Chen et al.'s square root of the layers, where every layer is a checkpoint here."""
    return 2 * math.sqrt(layers) * tokens * hidden + tokens * layer_bytes


def wrong_larger_part(layers, tokens, hidden, layer_bytes):
    """Takes the larger of the two parts, though both are in memory at that moment."""
    return max(2 * layers * tokens * hidden, tokens * layer_bytes)


def wrong_layer_less_input(layers, tokens, hidden, layer_bytes):
    """Multiplies what a layer keeps by all layers and adds a single input."""
    return layers * tokens * layer_bytes + 2 * tokens * hidden


def wrong_fixed_hidden(layers, tokens, hidden, layer_bytes):
    """Uses the 7B model's 4,096 numbers a token for every model."""
    return 2 * layers * tokens * 4096 + tokens * layer_bytes


def wrong_squared_tokens(layers, tokens, hidden, layer_bytes):
    """Counts a matrix of tokens by tokens instead of tokens by hidden numbers."""
    return 2 * layers * tokens * tokens + tokens * layer_bytes


def wrong_gib(layers, tokens, hidden, layer_bytes):
    """Returns GiB where bytes are asked for: the next cell divides once more."""
    return (2 * layers * tokens * hidden + tokens * layer_bytes) / 2**30


SAYS = {
    "wrong_all_layers": "this keeps everything and the inputs too",
    "wrong_no_inputs": "the inputs of the layers are missing",
    "wrong_inputs_only": "the layer that is computed again is",
    "wrong_numbers": "16 bits are 2 bytes",
    "wrong_float32": "the inputs are in 16 bits: 2",
    "wrong_in_bits": "16 bits are 2 bytes",
    "wrong_doubled_twice": "layer_bytes are bytes already: do not double",
    "wrong_layer_of_one_token": "layer_bytes is per token: multiply it by",
    "wrong_one_input": "the input of every layer is kept",
    "wrong_less_one": "the last layer's input is kept too",
    "wrong_square_root": "every layer's input is kept here; the",
    "wrong_larger_part": "both parts are in memory at that",
    "wrong_layer_less_input": "the two are exchanged: the inputs of",
    "wrong_fixed_hidden": "the width of one model is written",
    "wrong_squared_tokens": "an input has `hidden` numbers a token",
    "wrong_gib": "this is in another unit: return bytes",
}
