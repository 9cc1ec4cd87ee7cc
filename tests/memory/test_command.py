"""From the command line to the answer."""

import argparse

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.memory.arguments import add_arguments
from course_utils.memory.command import answer_of
from course_utils.memory.options import Attention, Optimiser, Precision
from course_utils.methods.names import Method
from course_utils.model.layers import ATTENTION


def answer(*options):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return answer_of(parser.parse_args(["Qwen2.5-7B", *options]))


def test_what_is_left_out():
    found = answer()
    assert (found.name, found.card) == ("Qwen2.5-7B", "T4")
    training = found.training
    assert (training.method, training.batch, training.length) == (Method.QLORA, 1, 512)
    assert (training.step_in_backward, training.gpus) == (False, 1)
    assert training.checkpointing and training.attention == Attention.NO_FLASH


def test_every_option_arrives():
    training = answer(
        "--method", "qlora", "--batch", "3", "--length", "100", "--card", "L4", "--dtype",
        "float16", "--keep-all", "--rank", "4", "--targets", "attention", "--float32-adapters",
        "--precision", "k-bit", "--single-quantisation", "--padded", "--optimiser", "paged",
        "--logits", "50", "--step-in-backward", "--gpus", "4", "--stage", "2",
    ).training  # fmt: skip
    assert (training.batch, training.length, training.rank) == (3, 100, 4)
    assert (training.dtype, training.adapter_dtype) == (torch.float16, torch.float32)
    assert not training.checkpointing and not training.double_quantisation and training.padded
    assert (training.targets, training.logit_positions) == (ATTENTION, 50)
    assert (training.precision, training.optimiser) == (Precision.KBIT, Optimiser.PAGED)
    assert training.attention == Attention.SDPA
    assert (training.step_in_backward, training.gpus, training.stage) == (True, 4, 2)
    assert answer("--eager").training.attention == Attention.EAGER
    assert answer("--targets", "q_proj,v_proj").training.targets == ("q_proj", "v_proj")


@pytest.mark.parametrize(
    "options",
    [["--method", "bitfit"], ["--card", "K80"], ["--dtype", "int8"], ["--batch", "0"],
     ["--gpus", "0"], ["--stage", "4"],
     ["--precision", "half"], ["--method", "lora", "--precision", "k-bit"]],
)  # fmt: skip
def test_what_is_not_known_is_refused(options):
    with pytest.raises(CourseError):
        answer(*options)
