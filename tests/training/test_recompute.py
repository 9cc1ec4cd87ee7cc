"""MLPs computed again: the same loss and gradients, with less kept in between."""

import pytest
import torch

from course_utils.data.batches import collate
from course_utils.memory.measured import saved_bytes
from course_utils.methods.lora import add_lora
from course_utils.model.forward import answer_logits
from course_utils.model.tiny import tiny_model
from course_utils.training.recompute import mlps_again

BATCH = collate([[5, 6, 7] * 9, [8, 9] * 8, [3] * 12], 0)


def gradients(model):
    model.zero_grad()
    logits = answer_logits(model, BATCH)
    logits.logsumexp(1).sum().backward()
    return logits.detach(), [p.grad.clone() for p in model.parameters() if p.grad is not None]


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
@pytest.mark.parametrize("lora", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_loss_and_gradients_are_the_same_and_less_is_kept(kind, lora, dtype):
    model = tiny_model(kind).to(dtype).train()
    if lora:
        add_lora(model, 2, 4.0)
    logits, expected = gradients(model)
    kept = saved_bytes(model, lambda: answer_logits(model, BATCH))
    with mlps_again(model):
        again, found = gradients(model)
        less = saved_bytes(model, lambda: answer_logits(model, BATCH))
    assert torch.equal(again, logits) and len(found) == len(expected) > 0
    assert all(torch.equal(g, e) for g, e in zip(found, expected))
    mlp, layers = model.config.intermediate_size, model.config.num_hidden_layers
    assert kept - less > 4 * dtype.itemsize * mlp * layers * BATCH.input_ids.numel() / 2


def test_afterwards_every_mlp_is_as_before():
    model = tiny_model()
    mlps = [layer.mlp for layer in model.model.layers]
    mlps[0].forward = own = mlps[0].forward  # as some libraries set it
    with pytest.raises(ZeroDivisionError):
        with mlps_again(model):
            assert all(mlp.forward.func is torch.utils.checkpoint.checkpoint for mlp in mlps)
            1 / 0  # noqa: B018
    assert mlps[0].forward is own
    assert all("forward" not in vars(mlp) for mlp in mlps[1:])


@pytest.mark.parametrize("training", [True, False])
def test_with_dropout_nothing_is_computed_again(training):
    model = tiny_model()
    add_lora(model, 2, 4.0, dropout=0.5)
    model.train(training)
    with mlps_again(model):
        again = ["forward" in vars(layer.mlp) for layer in model.model.layers]
    assert again == [not training] * len(again)
