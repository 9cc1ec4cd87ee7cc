"""One rule for what fits: what is reserved, and the CUDA context."""

import dataclasses

import pytest

from course_utils.errors import CourseError
from course_utils.machine.device import GIB
from course_utils.memory.calculator import Estimate, estimate
from course_utils.memory.cards import CARDS, CONTEXT, HOLES, fits, fitting_cards, on_card, reserved
from course_utils.memory.options import Attention
from course_utils.memory.shapes import SHAPES
from course_utils.memory.training import Training
from course_utils.methods.names import Method

LLAMA = SHAPES["Llama-2-7B"]
TRAINING = Training(Method.QLORA, 4, 512, checkpointing=True)


def test_what_comes_and_goes_leaves_holes():
    need = Estimate(
        {"loss": {"weights": 1000, "optimiser": 500, "logits": 100, "activations": 300}}
    )
    assert reserved(need, True) == 1900 + round(HOLES[True] * 400)
    assert reserved(need, False) == 1900 + round(HOLES[False] * 400)


def test_reserved_and_context_must_go_into_the_memory():
    taken = reserved(estimate(LLAMA, TRAINING), True) + CONTEXT * GIB
    assert fits(LLAMA, TRAINING, taken) and not fits(LLAMA, TRAINING, taken - 1)
    for memory in (-1, float("nan"), "10 GB"):
        with pytest.raises(CourseError, match="memory"):
            fits(LLAMA, TRAINING, memory)


def test_a_card_that_has_room_is_named_and_every_larger_one():
    names = list(CARDS)
    assert fitting_cards(LLAMA, TRAINING) == names
    assert fitting_cards(LLAMA, Training(Method.FULL, 1, 512)) == []
    middling = Training(Method.LORA, 4, 512, checkpointing=True)
    assert fitting_cards(LLAMA, middling) == names[names.index("L4") :]


def test_a_t4_has_no_flash_attention_and_plain_attention_stays_plain():
    grouped, rows = SHAPES["Llama-3.2-1B"], dataclasses.replace(TRAINING, length=4096)
    assert on_card(rows, "T4").attention == Attention.NO_FLASH
    assert on_card(on_card(rows, "T4"), "L4").attention == Attention.SDPA
    eager = dataclasses.replace(rows, attention=Attention.EAGER)
    assert on_card(eager, "T4") == eager
    assert "T4" not in fitting_cards(grouped, rows)
    assert fits(grouped, rows, 14.7 * GIB * 4) and "L4" in fitting_cards(
        grouped, dataclasses.replace(rows, batch=2)
    )
    with pytest.raises(CourseError, match="card = 'K80'"):
        on_card(rows, "K80")
