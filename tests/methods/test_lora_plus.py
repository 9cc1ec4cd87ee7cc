"""LoRA+ is another alpha: what lesson 3 says of the factor in one line.

LoRA+ (Hayou et al. 2024, arXiv 2402.12354) trains B at k times the rate of A. Adam's step does not
depend on the size of a gradient, so where B starts at 0, alpha times k does the same: B then is k
times smaller and counts k times as much. Up to Adam's epsilon, and to clipping by the global norm.
"""

import pytest
import torch

from course_utils.data.batches import collate
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.model.tiny import tiny_model

BATCH, ANSWERS = collate([[5, 9, 11, 40], [7, 8, 3]], 0), torch.tensor([4, 6])
RATE, STEPS, RATIO = 1e-3, 12, 8.0


def trained_updates(alpha, ratio):
    """``alpha / rank * B A`` of each layer after some steps of AdamW, float64."""
    model = tiny_model()
    add_lora(model, rank=4, alpha=alpha)
    model.double()
    layers = lora_layers(model).values()
    groups = [
        {"params": [layer.lora_A for layer in layers], "lr": RATE},
        {"params": [layer.lora_B for layer in layers], "lr": ratio * RATE},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.0, eps=1e-30)
    for _ in range(STEPS):
        optimiser.zero_grad()
        logits = model(BATCH.input_ids, attention_mask=BATCH.attention_mask).logits
        answers = logits[torch.arange(2), BATCH.last].double()
        torch.nn.functional.cross_entropy(answers, ANSWERS).backward()
        optimiser.step()
    return [(layer.scale * layer.lora_B @ layer.lora_A).detach() for layer in layers]


def distance(first, second):
    """Relative to the second."""
    gap = sum(float((a - b).square().sum()) for a, b in zip(first, second)) ** 0.5
    return gap / sum(float(b.square().sum()) for b in second) ** 0.5


def test_a_higher_rate_of_B_is_a_higher_alpha():
    plus = trained_updates(alpha=4.0, ratio=RATIO)
    assert distance(plus, trained_updates(alpha=4.0 * RATIO, ratio=1.0)) < 1e-6
    assert distance(plus, trained_updates(alpha=4.0, ratio=1.0)) > 0.5


@pytest.mark.parametrize("rank", [1, 4, 16])
def test_rslora_is_an_alpha_that_grows_with_the_root_of_the_rank(rank):
    """rsLoRA (Kalajdzievski 2023, arXiv 2312.03732) multiplies by alpha / sqrt(rank)."""
    layer = next(iter(lora_layers(with_lora(rank, 16.0 * rank**0.5)).values()))
    assert layer.scale == pytest.approx(16.0 / rank**0.5)


def with_lora(rank, alpha):
    model = tiny_model()
    add_lora(model, rank, alpha)
    return model
