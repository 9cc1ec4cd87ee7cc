"""A step of every kind of training on small models; what is counted, ``tests/memory`` compares."""

import pytest
import torch

from course_utils.experiments.family_models import build_family, loss_of, step_of
from course_utils.memory.options import Attention, Optimiser, Precision
from course_utils.memory.training import METHODS, Training
from course_utils.methods.names import Method
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
