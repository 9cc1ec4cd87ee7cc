"""A step of every kind of training on small models; what is counted, ``tests/memory`` compares."""

import copy
import gc
import math
import weakref

import pytest
import torch

from course_utils.experiments.family_models import (
    RATE,
    build_family,
    loss_of,
    optimiser_of,
    step_of,
)
from course_utils.memory.options import Attention, Optimiser, Precision
from course_utils.memory.training import METHODS, Training
from course_utils.methods.names import Method
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from tests.memory.tiny_families import CPU, SIZES, tiny_config

WIDE = {"adapter_dtype": torch.float32}
FULL, LORA, QLORA, PROMPT = METHODS
CASES = [
    (FULL, {"optimiser": Optimiser.PLAIN}),
    (LORA, WIDE | {"checkpointing": True, "logit_positions": 8}),
    (LORA, {"targets": ("q_proj",), "attention": Attention.EAGER, "dtype": torch.float16}),
    (QLORA, WIDE | {"precision": Precision.KBIT_AUTOCAST}),
    (QLORA, WIDE | {"precision": Precision.COURSE, "attention": Attention.EAGER}),
    (PROMPT, {"attention": Attention.NO_FLASH}),
]


@pytest.mark.parametrize("method, settings", CASES)
def test_a_step_changes_what_is_trained_and_nothing_else(method, settings):
    training = Training(method, 2, 16, rank=4, **settings)
    model = build_family(tiny_config("llama"), training, CPU)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    step_of(model, training, torch.randint(1, SIZES["vocab_size"], (2, 16)))()
    changed = {name for name, p in model.named_parameters() if not torch.equal(p, before[name])}
    trained = {name for name, p in model.named_parameters() if p.requires_grad}
    assert changed and changed <= trained  # bfloat16 rounds some steps away
    assert (method == Method.FULL) == (len(trained) == len(before))


def test_a_loss_in_chunks_is_the_same_loss():
    whole = Training(FULL, 2, 16, dtype=torch.float32)
    chunks = Training(FULL, 2, 16, dtype=torch.float32, logit_positions=8)
    model = build_family(tiny_config("gemma3"), whole, CPU)
    ids = torch.randint(1, SIZES["vocab_size"], (2, 16))
    torch.testing.assert_close(loss_of(model, whole, ids), loss_of(model, chunks, ids))


@pytest.mark.parametrize("family", ["llama", "gemma"])
def test_a_step_in_the_backward_pass_is_the_same_step_without_clipping(family):
    """Gemma's head is tied: its gradient is complete only when the embedding has its own."""
    training = Training(FULL, 2, 16, step_in_backward=True)
    model = build_family(tiny_config(family), training, CPU)
    usual, ids = copy.deepcopy(model), torch.randint(1, SIZES["vocab_size"], (2, 16))
    loss_of(usual, training, ids).backward()
    MixedPrecisionAdamW(list(usual.parameters()), RATE).step(math.inf)
    optimise = optimiser_of(model, training)
    loss_of(model, training, ids).backward()
    assert all(p.grad is None for p in model.parameters())
    optimise()
    for stepped, expected in zip(model.parameters(), usual.parameters()):
        assert torch.equal(stepped, expected)


def test_a_model_that_was_stepped_in_the_backward_pass_can_be_freed():
    """As hooks live in C++, Python's garbage collector cannot break a circle through one."""
    training = Training(FULL, 2, 16, step_in_backward=True)
    model = build_family(tiny_config("llama"), training, CPU)
    step = step_of(model, training, torch.randint(1, SIZES["vocab_size"], (2, 16)))
    step()
    left = [weakref.ref(parameter) for parameter in model.parameters()]
    del model, step
    gc.collect()
    assert left and not any(parameter() is not None for parameter in left)


def test_without_its_optimisers_a_step_in_the_backward_pass_is_refused():
    training = Training(FULL, 2, 16, step_in_backward=True)
    model = build_family(tiny_config("llama"), training, CPU)
    optimiser_of(model, training)  # and not kept
    with pytest.raises(ReferenceError):
        loss_of(model, training, torch.randint(1, SIZES["vocab_size"], (2, 16))).backward()
