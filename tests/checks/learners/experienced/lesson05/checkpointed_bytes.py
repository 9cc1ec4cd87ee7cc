import math

import numpy as np


def right_plain(layers, tokens, hidden, layer_bytes):
    return layers * tokens * hidden * 2 + tokens * layer_bytes


def right_a_token_first(layers, tokens, hidden, layer_bytes):
    return tokens * (2 * hidden * layers + layer_bytes)


def right_loop(layers, tokens, hidden, layer_bytes):
    total = 0
    for _ in range(layers):
        total += tokens * hidden * 16 // 8
    return total + layer_bytes * tokens


def right_numpy(layers, tokens, hidden, layer_bytes):
    inputs = np.full(layers, np.float64(tokens) * hidden * np.dtype(np.float16).itemsize)
    return inputs.sum() + np.float64(tokens * layer_bytes)


def right_prod(layers, tokens, hidden, layer_bytes):
    return math.prod((layers, tokens, hidden, 2)) + math.prod((tokens, layer_bytes))


def wrong_one_byte(layers, tokens, hidden, layer_bytes):
    """Counts numbers, not bytes: the 2 bytes of 16 bits are missing."""
    return tokens * (layers * hidden + layer_bytes)


def wrong_sixteen(layers, tokens, hidden, layer_bytes):
    """Multiplies by 16 bits and does not divide by 8."""
    return tokens * (layers * hidden * 16 + layer_bytes)


def wrong_missing_bracket(layers, tokens, hidden, layer_bytes):
    """Forgets the bracket: layer_bytes is counted once, not for every token."""
    return tokens * layers * hidden * 2 + layer_bytes


def wrong_all_layers_kept(layers, tokens, hidden, layer_bytes):
    """Counts what every layer keeps, as without checkpointing, and the inputs on top."""
    return layers * tokens * (hidden * 2 + layer_bytes)


def wrong_inputs_only(layers, tokens, hidden, layer_bytes):
    """Counts the inputs alone and forgets the layer that has just been computed again."""
    return layers * tokens * hidden * 2


def wrong_one_input(layers, tokens, hidden, layer_bytes):
    """Counts the input of one layer, not of all layers."""
    return tokens * (hidden * 2 + layer_bytes)


def wrong_square_root(layers, tokens, hidden, layer_bytes):
    """Keeps checkpoints for the square root of the layers, as in Chen et al.'s scheme."""
    kept = math.isqrt(layers)
    return tokens * (kept * hidden * 2 + kept * layer_bytes)


def wrong_maximum(layers, tokens, hidden, layer_bytes):
    """Takes the larger of the two parts; both are in memory at the same time."""
    return max(layers * tokens * hidden * 2, tokens * layer_bytes)


def wrong_layer_bytes_doubled(layers, tokens, hidden, layer_bytes):
    """Multiplies layer_bytes by 2 as well, though it is bytes already."""
    return 2 * tokens * (layers * hidden + layer_bytes)


def wrong_float32(layers, tokens, hidden, layer_bytes):
    """Counts the inputs with 4 bytes a number, as in float32."""
    return tokens * (layers * hidden * 4 + layer_bytes)


def wrong_one_layer_less(layers, tokens, hidden, layer_bytes):
    """Leaves out the input of the layer being computed again."""
    return tokens * ((layers - 1) * hidden * 2 + layer_bytes)


def wrong_lesson_tokens(layers, tokens, hidden, layer_bytes):
    """Uses the lesson's 4 x 512 tokens whatever the argument."""
    return 4 * 512 * (layers * hidden * 2 + layer_bytes)


SAYS = {
    "wrong_one_byte": "16 bits are 2 bytes",
    "wrong_sixteen": "16 bits are 2 bytes",
    "wrong_missing_bracket": "layer_bytes is per token: multiply it by",
    "wrong_all_layers_kept": "this keeps everything and the inputs too",
    "wrong_inputs_only": "the layer that is computed again is",
    "wrong_one_input": "the input of every layer is kept",
    "wrong_square_root": "every layer's input is kept here; the",
    "wrong_maximum": "both parts are in memory at that",
    "wrong_layer_bytes_doubled": "layer_bytes are bytes already: do not double",
    "wrong_float32": "the inputs are in 16 bits: 2",
    "wrong_one_layer_less": "the last layer's input is kept too",
    "wrong_lesson_tokens": "the tokens of one batch are written",
}
