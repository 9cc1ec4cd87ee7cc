"""A training's settings: by name, and refused where they cannot be counted."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.memory.options import Attention, Optimiser, Precision
from course_utils.memory.training import METHODS, Training
from course_utils.methods.names import Method


@pytest.mark.parametrize(
    "settings",
    [{"batch": 0}, {"batch": 1.5}, {"length": 0}, {"length": None}, {"rank": 0}, {"rank": 8.0},
     {"soft_tokens": -1}, {"logit_positions": 0}, {"logit_positions": -5},
     {"logit_positions": 17}, {"logit_positions": 1.0}, {"dtype": "bfloat16"},
     {"dtype": torch.int8}, {"dtype": torch.float64}, {"checkpointing": "no"},
     {"checkpointing": None}, {"precision": "half"}, {"attention": "flash"}, {"padded": 1.5},
     {"step_in_backward": "yes"}, {"gpus": 0}, {"gpus": 1.5}, {"stage": 4}, {"stage": -1},
     {"optimiser": "SGD"}, {"adapter_dtype": "float32"}, {"targets": "q_proj"}, {"targets": ()}],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused_by_name(settings):
    [name] = settings
    with pytest.raises(CourseError, match=f"^{name} = "):
        Training(**{"method": Method.FULL, "batch": 2, "length": 8} | settings)


@pytest.mark.parametrize("method", ["lora", None, 3, "BitFit"])
def test_another_method_is_refused(method):
    with pytest.raises(CourseError, match=f"does not know the method '{method}'"):
        Training(method, 1, 8)


def test_names_will_do():
    training = Training("QLoRA", 1, 8, precision="k-bit", attention="eager", optimiser="paged")
    assert training.method is Method.QLORA and training.precision is Precision.KBIT
    assert (training.attention, training.optimiser) == (Attention.EAGER, Optimiser.PAGED)


def test_only_a_quantised_model_is_prepared_for_k_bit_training():
    for method in set(METHODS) - {Method.QLORA}:
        with pytest.raises(CourseError, match="k-bit.*use it with QLoRA"):
            Training(method, 1, 8, precision=Precision.KBIT)


def test_a_soft_prompt_makes_rows_longer_and_is_in_float32():
    training = Training(Method.PROMPT_TUNING, 3, 8, soft_tokens=5)
    assert (training.row, training.tokens) == (13, 39)
    assert training.trained_dtype == torch.float32
    assert Training(Method.LORA, 1, 8).trained_dtype == torch.bfloat16
