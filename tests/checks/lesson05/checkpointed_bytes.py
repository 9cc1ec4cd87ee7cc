"""Answers to ``checkpointed_bytes``."""

import torch


def by_formula(layers, tokens, hidden, layer_bytes):
    return tokens * (2 * layers * hidden + layer_bytes)


def by_loop(layers, tokens, hidden, layer_bytes):
    kept = 0
    for _ in range(layers):
        kept += tokens * hidden * torch.bfloat16.itemsize
    return kept + tokens * layer_bytes


def by_tensor(layers, tokens, hidden, layer_bytes):
    inputs = torch.empty(layers, tokens, hidden, dtype=torch.bfloat16, device="meta")
    return torch.tensor(inputs.nbytes + tokens * layer_bytes)


def everything(layers, tokens, hidden, layer_bytes):
    return layers * tokens * layer_bytes


def everything_and_inputs(layers, tokens, hidden, layer_bytes):
    return layers * tokens * (layer_bytes + 2 * hidden)


def inputs_alone(layers, tokens, hidden, layer_bytes):
    return 2 * layers * tokens * hidden


def one_layer_alone(layers, tokens, hidden, layer_bytes):
    return tokens * layer_bytes


def one_input(layers, tokens, hidden, layer_bytes):
    return tokens * (2 * hidden + layer_bytes)


def one_byte(layers, tokens, hidden, layer_bytes):
    return tokens * (layers * hidden + layer_bytes)


def float32_inputs(layers, tokens, hidden, layer_bytes):
    return tokens * (4 * layers * hidden + layer_bytes)


def layer_bytes_once(layers, tokens, hidden, layer_bytes):
    return 2 * layers * tokens * hidden + layer_bytes


def inputs_of_one_token(layers, tokens, hidden, layer_bytes):
    return 2 * layers * hidden + tokens * layer_bytes


def of_one_token(layers, tokens, hidden, layer_bytes):
    return 2 * layers * hidden + layer_bytes


def doubled(layers, tokens, hidden, layer_bytes):
    return 2 * tokens * (layers * hidden + layer_bytes)


def without_the_last(layers, tokens, hidden, layer_bytes):
    return tokens * (2 * (layers - 1) * hidden + layer_bytes)


def without_hidden(layers, tokens, hidden, layer_bytes):
    return tokens * (2 * layers + layer_bytes)


def in_gibibytes(layers, tokens, hidden, layer_bytes):
    return by_formula(layers, tokens, hidden, layer_bytes) / 2**30


def as_text(layers, tokens, hidden, layer_bytes):
    return f"{by_formula(layers, tokens, hidden, layer_bytes)} bytes"


def per_layer(layers, tokens, hidden, layer_bytes):
    return 2 * layers * tokens * hidden + layers * layer_bytes


def all_again(layers, tokens, hidden, layer_bytes):
    return 2 * layers * tokens * (hidden + layer_bytes)


def the_larger(layers, tokens, hidden, layer_bytes):
    return max(2 * layers * tokens * hidden, tokens * layer_bytes)


def one_more(layers, tokens, hidden, layer_bytes):
    return tokens * (2 * (layers + 1) * hidden + layer_bytes)


def root_of_layers(layers, tokens, hidden, layer_bytes):
    return tokens * (2 * layers**0.5 * hidden + layer_bytes)


def NEXT(answer):
    """The lesson prints them in GiB."""
    assert f"{answer(32, 2048, 4096, 200_000) / 2**30:5.2f}" == " 0.88"


RIGHT = [by_formula, by_loop, by_tensor]
WRONG = [
    (everything, "without checkpointing"),
    (everything_and_inputs, "one layer at a time"),
    (inputs_alone, "computed again is missing"),
    (one_layer_alone, "inputs of the layers are missing"),
    (one_input, "of every layer is kept, not of one"),
    (one_byte, "16 bits are 2 bytes"),
    (float32_inputs, "not 4"),
    (layer_bytes_once, "layer_bytes is per token"),
    (inputs_of_one_token, "layer inputs grow"),
    (of_one_token, "both parts grow"),
    (doubled, "bytes already"),
    (without_the_last, "last layer's input"),
    (without_hidden, "tokens * hidden"),
    (in_gibibytes, "another unit"),
    (as_text, "return one number"),
    (per_layer, "multiplied by the tokens alone"),
    (all_again, "not all of them or a half"),
    (the_larger, "at that moment: add them"),
    (one_more, "counted among all inputs already"),
    (root_of_layers, "is another scheme"),
]
