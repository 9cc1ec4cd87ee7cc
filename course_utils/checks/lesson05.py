"""Checks of lesson 5, QLoRA: ``check.nf4_codebook(nf4_codebook)``."""

from course_utils.checks import blocks, frozen_product, qlora_model, qlora_numbers, rounding
from course_utils.checks import progress as kept
from course_utils.checks.exercise import Exercise

LESSON = "lesson05"

absmax_int4 = Exercise(
    LESSON,
    "absmax_int4",
    rounding.absmax_int4,
    (
        "which code should the weight of the largest magnitude get, and which weight is one step?",
        "scale = weight.abs().max() / 7; a code is the number of steps, rounded",
        "(weight / scale).round().to(torch.int8), scale",
    ),
)
nf4_codebook = Exercise(
    LESSON,
    "nf4_codebook",
    rounding.nf4_codebook,
    (
        "torch.special.ndtri(share) is the level that has this share of the normal below it",
        "eight above zero: ndtri(torch.linspace(offset, 0.5, 9)[:-1]), the largest first; seven "
        "below in the same way, with a minus",
        "torch.cat([below, torch.zeros(1), above.flip(0)]), divided by its largest",
    ),
)
quantise_blockwise = Exercise(
    LESSON,
    "quantise_blockwise",
    blocks.quantise_blockwise,
    (
        "three steps: a scale for each block, the nearest level of each scaled weight, two codes "
        "in a byte",
        "rows = weight.reshape(-1, block); absmax = rows.abs().amax(1); the nearest level is at "
        "(x[:, None] - codebook).abs().argmin(1)",
        "codes = codes.to(torch.uint8); packed = codes[::2] * 16 + codes[1::2]",
    ),
)
dequantise_blockwise = Exercise(
    LESSON,
    "dequantise_blockwise",
    blocks.dequantise_blockwise,
    (
        "the way back, step by step: codes out of bytes, levels, times absmax, shape",
        "torch.stack([packed >> 4, packed & 15], dim=1).flatten() are the codes; index with "
        ".long(), as uint8 would be read as a mask",
        "codebook[codes.long()].view(len(absmax), -1) * absmax[:, None], then view(shape)",
    ),
)
bits_per_parameter = Exercise(
    LESSON,
    "bits_per_parameter",
    blocks.bits_per_parameter,
    (
        "what is stored for one block, and among how many weights is it shared?",
        "4 bits, and 32 bits for every block of weights; with double quantisation 8 bits for "
        "every block instead, and 32 bits for every second_block blocks",
        "4 + 8 / block + 32 / (block * second_block)",
    ),
)
FrozenProduct = Exercise(
    LESSON,
    "FrozenProduct",
    frozen_product.FrozenProduct,
    (
        "y = x W^T. Which of x and W does the gradient of x need?",
        "forward: ctx.layer = layer, and return x @ layer.weight.T",
        "backward returns two values: gradient @ ctx.layer.weight, None",
    ),
)
make_qlora = Exercise(
    LESSON,
    "make_qlora",
    qlora_model.make_qlora,
    (
        "two steps: first 4 bits, then LoRA on top",
        "quantised_linear.quantise_model(model), then lora.add_lora(model, rank, alpha)",
        "return sum(p.numel() for p in model.parameters() if p.requires_grad)",
    ),
)
qlora_bytes = Exercise(
    LESSON,
    "qlora_bytes",
    qlora_numbers.qlora_bytes,
    (
        "how many bytes has a code, the constant of a block, a number of the rest, an adapter?",
        "codes: quantised / 2; constants: quantised / 64 bytes, and 4 for every 64 * 256 numbers",
        "rest: 2 * rest; adapters: 16 * adapters",
    ),
)
checkpointed_bytes = Exercise(
    LESSON,
    "checkpointed_bytes",
    qlora_numbers.checkpointed_bytes,
    (
        "two parts: what is kept of every layer, and what the layer at work needs",
        "2 * tokens * hidden for each layer's input; tokens * layer_bytes once",
        "tokens * (2 * layers * hidden + layer_bytes)",
    ),
)


def progress() -> None:
    """Show the state of each exercise of the lesson: the best one ever reached."""
    exercises = ("absmax_int4", "nf4_codebook", "quantise_blockwise", "dequantise_blockwise",
                 "bits_per_parameter", "FrozenProduct", "make_qlora", "qlora_bytes",
                 "checkpointed_bytes")  # fmt: skip
    kept.show("Lesson 5", LESSON, exercises)
