"""Random models of any shape: what is built, what trains, and the loss by its definition."""

import pytest
import torch

from course_utils.experiments.random_models import build, config_of, loss_of, random_ids
from course_utils.memory.calculator import Training
from course_utils.memory.shapes import Shape
from course_utils.methods.names import Method

SHAPE = Shape(32, 2, 4, 2, 8, 48, 300, True)
CPU = torch.device("cpu")


@pytest.mark.parametrize("method", [Method.FULL, Method.LORA, Method.PROMPT_TUNING])
def test_only_what_the_method_trains_requires_gradients(method):
    training = Training(method, 2, 8, torch.float32, rank=3, soft_tokens=5)
    model = build(SHAPE, training, CPU)
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    expected = {
        Method.FULL: SHAPE.parameters,
        Method.LORA: SHAPE.adapter_parameters(3),
        Method.PROMPT_TUNING: 5 * 32,
    }
    assert trained == expected[method] and model.training


def test_the_loss_predicts_every_next_token():
    training = Training(Method.FULL, 2, 8, torch.float32)
    torch.manual_seed(0)
    model, ids = build(SHAPE, training, CPU), random_ids(SHAPE, training, CPU)
    assert ids.shape == (2, 8) and config_of(SHAPE).vocab_size == 300
    log_probabilities = model(input_ids=ids).logits[:, :-1].log_softmax(-1)
    expected = -log_probabilities.gather(-1, ids[:, 1:, None]).mean()
    torch.testing.assert_close(loss_of(model, ids), expected)
