"""``python -m course_utils memory CONFIG``: what a training needs, and whether a card has it.

Lesson 5, *All of it*.
"""

import argparse
from typing import Any

import torch

from course_utils.memory.cards import CARDS, on_card
from course_utils.memory.options import Attention
from course_utils.memory.report import Answer
from course_utils.memory.sources import shape_of
from course_utils.memory.training import Training
from course_utils.methods.names import Method
from course_utils.model.layers import ALL_LINEAR, ATTENTION
from course_utils.validate import one_of

METHODS = {
    "full": Method.FULL,
    "lora": Method.LORA,
    "qlora": Method.QLORA,
    "prompt": Method.PROMPT_TUNING,
}
DTYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16, "float32": torch.float32}
TARGETS = {"all": ALL_LINEAR, "attention": ATTENTION}


def answer_of(arguments: argparse.Namespace) -> Answer:
    """The answer to what was asked on the command line; see ``memory.arguments``.

    Raises:
        CourseError: an option is none of those allowed, or the model is not known.
    """
    name, shape = shape_of(arguments.model)
    method = METHODS[one_of("--method", arguments.method, METHODS)]
    card = one_of("--card", arguments.card, CARDS)
    dtype = DTYPES[one_of("--dtype", arguments.dtype, DTYPES)]
    targets = TARGETS.get(arguments.targets, tuple(arguments.targets.split(",")))
    more: dict[str, Any] = {"adapter_dtype": torch.float32} if arguments.float32_adapters else {}
    training = Training(
        method,
        arguments.batch,
        arguments.length,
        dtype=dtype,
        checkpointing=not arguments.keep_all,
        rank=arguments.rank,
        targets=targets,
        precision=arguments.precision,
        double_quantisation=not arguments.single_quantisation,
        attention=Attention.EAGER if arguments.eager else Attention.SDPA,
        padded=arguments.padded,
        optimiser=arguments.optimiser,
        logit_positions=arguments.logits,
        step_in_backward=arguments.step_in_backward,
        gpus=arguments.gpus,
        stage=arguments.stage,
        **more,
    )
    return Answer(name, shape, on_card(training, card), card)
