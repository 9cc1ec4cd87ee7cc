"""Gradients that wait for the optimiser, and gradients that are stepped at once, against PyTorch.

The tensors of whole training steps are counted; see ``tiny_families``.
"""

import pytest
import torch

from course_utils.memory import gradients
from course_utils.memory.calculator import estimate
from course_utils.memory.gradients import Gradients
from course_utils.memory.options import Optimiser
from course_utils.memory.shapes import SHAPES, Shape
from course_utils.memory.training import METHODS, Training
from course_utils.methods.names import Method
from course_utils.training import mixed_precision
from tests.memory.tiny_families import counted, tiny_config

pytestmark = pytest.mark.slow  # together many seconds

FULL = Method.FULL
LLAMA, TIED = SHAPES["Llama-2-7B"], SHAPES["Llama-3.2-1B"]
PLAIN = {"optimiser": Optimiser.PLAIN}
AT_ONCE = {"step_in_backward": True}
CASES = {  # family, dtype, checkpointing, tokens, settings, the moment of the peak
    "a layer": ("llama", torch.bfloat16, True, 512, {}, "last layer backward"),
    "a layer, plain": ("llama", torch.bfloat16, True, 512, PLAIN, "last layer backward"),
    "all is kept": ("llama", torch.float32, False, 512, {}, "loss"),
    "own head": ("llama", torch.bfloat16, False, 32, {}, "head step"),
    "tied head": ("gemma", torch.bfloat16, True, 512, {}, "last layer backward"),
    "embedding": ("gemma", torch.float32, True, 32, {}, "embedding backward"),
    "fused, few tokens": ("phi3", torch.bfloat16, False, 32, {}, "last layer backward"),
}


def test_the_optimisers_chunk_is_the_one_that_is_counted():
    assert gradients.STEP == mixed_precision.CHUNK["cuda"]


@pytest.mark.parametrize("case", CASES)
def test_tensors_that_are_stepped_in_the_backward_pass(case):
    family, dtype, checkpointing, tokens, more, moment = CASES[case]
    length = min(tokens, 128)
    training = Training(FULL, tokens // length, length, dtype, checkpointing, **AT_ONCE, **more)
    config = tiny_config(family)
    predicted = estimate(Shape.of(config), training, workspace=0)
    assert predicted.moment == moment
    assert predicted.peak == pytest.approx(counted(config, training).peak, rel=1.5e-3)


def test_with_few_words_and_few_tokens_the_step_of_down_makes_the_peak():
    training = Training(FULL, 1, 32, **AT_ONCE)
    config = tiny_config("llama", vocab_size=200)
    predicted = estimate(Shape.of(config), training, workspace=0)
    assert predicted.moment == "last layer backward"
    assert predicted.peak == pytest.approx(counted(config, training).peak, rel=1.5e-3)


@pytest.mark.parametrize("method", METHODS)
def test_other_methods_have_little_to_gain_and_are_counted_too(method):
    training = Training(method, 2, 64, rank=4, checkpointing=True, **AT_ONCE)
    config = tiny_config("llama")
    predicted = estimate(Shape.of(config), training, workspace=0).peak
    assert predicted == pytest.approx(counted(config, training).peak, rel=5e-3)


def test_the_first_layer_has_not_all_of_its_gradients_when_the_peak_is_there():
    """Its queries, keys and values get theirs when its MLP's activations are long gone."""
    training = Training(FULL, 4, 128, torch.float32, checkpointing=True)
    config = tiny_config("llama", num_hidden_layers=3)
    predicted = estimate(Shape.of(config), training, workspace=0)
    assert predicted.moment == "first layer backward"
    assert predicted.peak == pytest.approx(counted(config, training).peak, rel=2e-3)


def test_of_seven_billion_gradients_almost_none_are_there_at_once():
    training = {"batch": 1, "length": 512, "checkpointing": True, **PLAIN}
    waiting, at_once = (
        estimate(LLAMA, Training(FULL, **training, step_in_backward=now)) for now in (False, True)
    )
    assert waiting.peak - at_once.peak > 0.9 * 2 * LLAMA.parameters
    assert Gradients(LLAMA, Training(FULL, 1, 8)).at_first_layer > 12 * 10**9
    assert Gradients(LLAMA, Training(FULL, 1, 8, **AT_ONCE)).at_first_layer == 0


def test_a_tied_heads_gradient_waits_for_the_embeddings():
    tied = Gradients(TIED, Training(FULL, 1, 8, **AT_ONCE))
    assert tied.head_left == tied.head == 2 * TIED.table
    assert tied.at_embedding == 3 * tied.head
    assert tied.at_step == (2 + 4) * TIED.table
    assert Gradients(TIED, Training(FULL, 1, 8, **AT_ONCE, **PLAIN)).at_step == tied.head
