"""What the command and the explorer say of a training."""

import dataclasses
import json

import pytest

from course_utils.machine.device import GIB
from course_utils.memory.cards import CARDS, fits, on_card
from course_utils.memory.report import Answer, largest
from course_utils.memory.shapes import SHAPES
from course_utils.memory.training import Training
from course_utils.methods.names import Method

LLAMA = SHAPES["Llama-2-7B"]
TRAINING = on_card(Training(Method.QLORA, 4, 512, checkpointing=True), "T4")
ANSWER = Answer("Llama-2-7B", LLAMA, TRAINING, "T4")


@pytest.mark.parametrize("what", ["batch", "length"])
@pytest.mark.parametrize("chunk", [None, 256])
def test_one_more_than_the_largest_does_not_fit(what, chunk):
    training, memory = dataclasses.replace(TRAINING, logit_positions=chunk), 14.7 * GIB
    found = largest(LLAMA, training, memory, what)
    assert found > 4
    assert fits(LLAMA, dataclasses.replace(training, **{what: found}), memory)
    assert not fits(LLAMA, dataclasses.replace(training, **{what: found + 1}), memory)


def test_where_nothing_fits_there_is_no_largest():
    assert largest(LLAMA, Training(Method.FULL, 1, 8), 14.7 * GIB, "batch") is None


def test_text_and_json_say_the_same():
    facts, text = json.loads(ANSWER.json()), str(ANSWER)
    assert facts == json.loads(json.dumps(ANSWER.facts()))
    assert sum(facts["parts"].values()) == facts["peak"] == ANSWER.need.peak
    for size in (facts["peak"], facts["reserved"], facts["reserved"] + facts["context"]):
        assert f"{size / GIB:.2f} GiB" in text
    assert f"largest batch of 512 tokens: {facts['largest batch']}" in text
    assert facts["fits"] and "fits on T4 (14.7 GiB)" in text and "T4" in facts["fits on"]
    assert facts["card's memory"] == round(CARDS["T4"] * GIB)
    assert (facts["training"]["dtype"], facts["training"]["adapter_dtype"]) == ("bfloat16", None)


def test_of_several_gpus_one_is_described():
    several = dataclasses.replace(ANSWER, training=dataclasses.replace(TRAINING, gpus=8, stage=3))
    assert "each of 8 GPUs, ZeRO stage 3 (not measured)" in str(several)
    assert several.need.peak < ANSWER.need.peak and "GPUs" not in str(ANSWER)


def test_what_does_not_fit_is_said():
    text = str(dataclasses.replace(ANSWER, training=Training(Method.FULL, 4, 512)))
    assert "does not fit on T4" in text and "largest batch of 512 tokens: none" in text
