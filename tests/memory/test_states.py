"""What is there from step to step, against the optimisers and layers themselves."""

import bitsandbytes
import pytest
import torch

from course_utils.errors import CourseError
from course_utils.memory.options import Optimiser, Precision
from course_utils.memory.shapes import SHAPES, Shape
from course_utils.memory.states import PAGE, States, quantised_bytes
from course_utils.memory.training import METHODS, Training
from course_utils.methods.names import Method
from tests.memory.tiny_families import counted, tiny_config

LLAMA = SHAPES["Llama-2-7B"]


def states(method, **settings):
    return States(LLAMA, Training(method, 1, 8, **settings))


@pytest.mark.parametrize("double", [True, False])
@pytest.mark.parametrize("precision", [Precision.ONE, Precision.KBIT])
def test_a_quantised_model_is_as_large_as_bitsandbytes_makes_it(double, precision):
    training = Training(
        Method.QLORA, 1, 8, rank=4, precision=precision, double_quantisation=double,
        adapter_dtype=torch.float32,
    )  # fmt: skip
    config = tiny_config("qwen2")
    held = States(Shape.of(config), training).held()
    del held["optimiser"]
    assert sum(held.values()) == pytest.approx(counted(config, training).loaded, rel=1e-3)


def test_double_quantisation_takes_4_127_bits_and_without_it_4_5():
    rows, columns = LLAMA.matrices["gate_proj"]
    for double, expected in ((True, 4 + 8 / 64 + 32 / (64 * 256)), (False, 4.5)):
        bits = 8 * sum(quantised_bytes(rows, columns, double)) / (rows * columns)
        assert bits == pytest.approx(expected, abs=1e-3)
    codes, constants = quantised_bytes(3, 50)  # 150 values, 3 blocks
    assert (codes, constants) == (75, 3 + 4 + 16 * 4 + 256 * 4 + 4)


def test_sizes_of_a_matrix_are_whole_numbers():
    for sizes in ((0, 5), (5, -1), (2.0, 5)):
        with pytest.raises(CourseError, match="rows|columns"):
            quantised_bytes(*sizes)
    assert quantised_bytes(1, 1)[0] == 1


def test_each_optimiser_by_the_number():
    trained = LLAMA.parameters
    sizes = {kind: states(Method.FULL, optimiser=kind).optimiser() for kind in Optimiser}
    assert sizes[Optimiser.MASTERS] == 12 * trained and sizes[Optimiser.PLAIN] == 4 * trained
    assert sizes[Optimiser.EIGHT_BIT] == pytest.approx((2 + 8 / 256) * trained)
    assert sizes[Optimiser.PAGED] == 0
    wide = states(Method.LORA, adapter_dtype=torch.float32)
    assert wide.optimiser() == 8 * wide.trained
    assert states(Method.LORA).optimiser() == 12 * wide.trained


def test_only_large_tensors_have_pages():
    """At rank 16, those of 4,096 numbers a row have fewer than a page; of 11,008, more."""
    paged = States(LLAMA, Training(Method.LORA, 1, 8, optimiser=Optimiser.PAGED))
    assert 16 * 4096 < PAGE < 16 * 11008
    small = 32 * 16 * (4 * 2 * 4096 + 3 * 4096)
    assert paged.unpaged == small and paged.optimiser() == 8 * small
    assert bitsandbytes.optim.optimizer.Optimizer2State.get_state_buffer  # where PAGE is from


def test_what_is_trained():
    assert states(Method.PROMPT_TUNING, soft_tokens=7).held()["soft prompt"] == 4 * 7 * 4096
    assert "adapters" in states(Method.LORA).held()
    assert states(Method.LORA, targets=("q_proj",)).trained == 32 * 16 * 2 * 4096
    for method in METHODS:
        assert states(method).held()["weights"] > 0
