"""The peak while a layer goes backward, which a loss in chunks and checkpointing bring out."""

import pytest
import torch

from course_utils.memory.activations import Saved
from course_utils.memory.backward import Backward
from course_utils.memory.calculator import estimate
from course_utils.memory.options import Attention, Precision
from course_utils.memory.shapes import Shape
from course_utils.memory.training import METHODS, Training
from tests.memory.tiny_families import counted, tiny_config

pytestmark = pytest.mark.slow  # together many seconds

FULL, LORA, QLORA, PROMPT = METHODS
WIDE = {"adapter_dtype": torch.float32}
CASES = {
    "down and product": ("llama", LORA, {}),
    "a fused layer again": ("phi3", LORA, {}),
    "up again, in float32": ("llama", QLORA, WIDE),
    "fused, in float32": ("phi3", QLORA, WIDE),
    "k-bit": ("llama", QLORA, WIDE | {"precision": Precision.KBIT}),
    "late norms": ("gemma3", LORA, {"adapter_dtype": torch.bfloat16}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_peak_in_a_layer(case):
    family, method, settings = CASES[case]
    training = Training(
        method, 4, 128, checkpointing=True, rank=4, logit_positions=32, **settings
    )  # fmt: skip
    config = tiny_config(
        family, hidden_size=128, sliding_window=4096 if family == "gemma3" else None
    )
    predicted = estimate(Shape.of(config), training, workspace=0)
    assert "layer backward" in predicted.moment
    assert predicted.peak == pytest.approx(counted(config, training).peak, rel=0.02)


@pytest.mark.parametrize("attention", [Attention.NO_FLASH, Attention.EAGER])
def test_the_peak_in_the_scores_of_long_rows(attention):
    training = Training(
        LORA, 1, 1024, checkpointing=True, rank=4, logit_positions=64, attention=attention
    )
    config = tiny_config("llama", intermediate_size=352)
    predicted = estimate(Shape.of(config), training, workspace=0)
    assert predicted.peak == pytest.approx(counted(config, training).peak, rel=0.01)


def test_the_stage_that_needs_the_most_counts():
    saved = Saved(Shape.of(tiny_config("llama")), Training(QLORA, 1, 64, rank=4))
    backward = Backward(saved)
    assert backward.most(10, 0) == 10 * backward.product
    assert backward.most(10, 10**9) == 10 * backward.down + 10**9
