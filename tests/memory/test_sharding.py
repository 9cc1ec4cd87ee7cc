"""What each of several GPUs holds, against the figures of the paper."""

import pytest

from course_utils.memory.calculator import estimate
from course_utils.memory.gradients import Gradients
from course_utils.memory.shapes import SHAPES
from course_utils.memory.sharding import STAGES, share
from course_utils.memory.states import States
from course_utils.memory.training import METHODS, Training
from course_utils.methods.names import Method

LLAMA = SHAPES["Llama-2-7B"]
NUMBERS, GPUS = 7_500_000_000, 64
PAPER = {0: 120.0, 1: 31.4, 2: 16.6, 3: 1.9}  # GB, Rajbhandari et al. 2020, Figure 1


def training(method=Method.FULL, gpus=GPUS, stage=3, **more):
    return Training(method, 1, 512, checkpointing=True, gpus=gpus, stage=stage, **more)


@pytest.mark.parametrize("stage", STAGES)
def test_the_figures_of_the_paper(stage):
    sizes = {"weights": 2, "gradients": 2, "optimiser": 12}
    parts = (share(size * NUMBERS, what, training(stage=stage)) for what, size in sizes.items())
    assert sum(parts) / 1e9 == pytest.approx(PAPER[stage], abs=0.05)


@pytest.mark.parametrize("stage", STAGES)
def test_the_calculator_holds_what_the_formulas_say(stage):
    """4 + 12 / N bytes a number, 2 + 14 / N, 16 / N: weights and states, then gradients."""
    divided = {0: 0, 1: 12, 2: 14, 3: 16}[stage]
    expected = (16 - divided + divided / GPUS) * LLAMA.parameters
    moment = estimate(LLAMA, training(stage=stage, optimiser="plain"), 0).moments["optimiser step"]
    states = States(LLAMA, training(stage=stage)).held()["optimiser"]
    found = moment["weights"] + moment["gradients"] + states
    assert found == pytest.approx(expected, rel=1e-6)


def test_one_gpu_divides_nothing_and_activations_are_the_same_on_each():
    for stage in STAGES:
        alone = estimate(LLAMA, training(gpus=1, stage=stage))
        assert alone == estimate(LLAMA, training(gpus=1))
    for moment, parts in estimate(LLAMA, training(gpus=8)).moments.items():
        assert parts.get("activations") == alone.moments[moment].get("activations")


def test_weights_are_gathered_for_their_turn():
    parts = estimate(LLAMA, training(gpus=8)).moments
    assert parts["last layer backward"]["gathered weights"] == 2 * LLAMA.layer_parameters
    assert parts["loss"]["gathered weights"] == 2 * LLAMA.table
    for moment in estimate(LLAMA, training(gpus=8, stage=2)).moments.values():
        assert "gathered weights" not in moment
    quantised = estimate(LLAMA, training(Method.QLORA, gpus=8)).moments["first layer backward"]
    assert LLAMA.matrix_parameters / 2 < quantised["gathered weights"] < LLAMA.matrix_parameters


def test_constants_of_the_quantisation_are_on_every_gpu():
    one, eight = (States(LLAMA, training(Method.QLORA, gpus=n)).held() for n in (1, 8))
    assert eight["quantisation constants"] == one["quantisation constants"]
    for part in ("weights", "adapters", "optimiser"):
        assert eight[part] == -(-one[part] // 8)


@pytest.mark.parametrize("method", METHODS)
def test_each_stage_needs_no_more_than_the_one_before(method):
    def peak(stage):
        return estimate(LLAMA, training(method, stage=stage)).peak

    assert peak(0) >= peak(1) >= peak(2) and peak(3) < peak(2)


def test_a_gradient_is_whole_when_it_is_made_and_then_divided():
    gradients = Gradients(LLAMA, training(gpus=8))
    assert gradients.head == 2 * LLAMA.table and gradients.head_left == gradients.head / 8
    tied = Gradients(SHAPES["Llama-3.2-1B"], training(gpus=8))
    assert tied.head_left == tied.head
