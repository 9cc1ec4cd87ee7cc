"""What QLoRA costs, by formula: bytes of the model and its adapters, and of activations."""


def qlora_bytes(quantised: int, rest: int, adapters: int) -> dict[str, float]:
    """Bytes that QLoRA holds from step to step, by part; activations come on top.

    Dettmers et al. 2023, section 3: blocks of 64, double quantisation in blocks of 256.

    Args:
        quantised: numbers in the layers that are kept in NF4 with double quantisation.
        rest: the model's other numbers, in 16 bits.
        adapters: trained numbers: weight, gradient and Adam's two states in float32.
    """
    return {
        "codes": quantised / 2,
        "constants": quantised / 64 + 4 * quantised / (64 * 256),
        "rest": 2 * rest,
        "adapters": 16 * adapters,
    }


def checkpointed_bytes(layers: int, tokens: int, hidden: int, layer_bytes: int) -> int:
    """Bytes of activations with checkpointing, at the moment when a layer is computed again.

    Args:
        tokens: in the batch.
        hidden: width of a layer's input, which is kept in 16 bits.
        layer_bytes: that one layer keeps per token for its backward pass.
    """
    return tokens * (2 * layers * hidden + layer_bytes)
