"""The formula against PyTorch's own count of the products in a step."""

import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.utils.flop_counter import FlopCounterMode

from course_utils.data.batches import collate
from course_utils.experiments.flops import sizes_of, step_flops
from course_utils.experiments.together import LoRAs, SoftPrompts, Whole
from course_utils.methods.names import Method
from course_utils.model.forward import answer_logits
from course_utils.model.selftest import ways
from course_utils.model.tiny import tiny_model

ROWS, LENGTH, SOFT = 3, 24, 5


def counted(model, trained):
    batch = collate([list(range(1, LENGTH + 1))] * ROWS, 0)
    answers = torch.tensor([1] * ROWS)
    ways(model)
    with FlopCounterMode(display=False) as counter:
        cross_entropy(answer_logits(model, batch), answers).backward()
    return counter.get_total_flops()


def causal_saving(sizes, tokens, passes):
    """What the masked half of the attention scores costs: computed by eager attention."""
    return passes * ROWS * tokens * (tokens - 1) / 2 * 4 * sizes.width * sizes.layers


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_a_step_has_as_many_operations_as_pytorch_counts(kind):
    made = {
        Method.FULL: lambda m: Whole(m),
        Method.LORA: lambda m: LoRAs(m, [0], 2, 4.0),
        Method.PROMPT_TUNING: lambda m: SoftPrompts(m, [torch.randn(SOFT, 32)]),
    }
    for method, make in made.items():
        model = tiny_model(kind)
        sizes = sizes_of(model)
        trained = make(model)
        soft = SOFT if method == Method.PROMPT_TUNING else 0
        own = sum(p.numel() for p in trained.parameters_of(0)) if method == Method.LORA else 0
        formula = step_flops(sizes, method, [LENGTH] * ROWS, soft, own)
        formula += causal_saving(sizes, LENGTH + soft, passes=3)
        if method == Method.LORA:  # counted, though the words before the first layer are frozen
            first = [getattr(model.model.layers[0].self_attn, n) for n in ("q_proj", "k_proj")]
            weights = 2 * first[1].base.weight.numel() + first[0].base.weight.numel()
            formula -= 2 * ROWS * LENGTH * weights
        assert counted(model, trained) == pytest.approx(formula, rel=0.01), method


def test_longer_texts_and_more_of_them_cost_more_and_frozen_weights_less():
    sizes = sizes_of(tiny_model())
    one = step_flops(sizes, Method.FULL, [10])
    assert step_flops(sizes, Method.FULL, [10, 10]) == 2 * one
    assert step_flops(sizes, Method.FULL, [20]) > 1.9 * one - 6 * sizes.head
    assert 0.6 < step_flops(sizes, Method.PROMPT_TUNING, [10]) / one < 0.8
