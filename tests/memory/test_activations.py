"""What a forward pass keeps, in every family, precision and way of attention, against PyTorch."""

import pytest
import torch

from course_utils.memory.activations import Saved
from course_utils.memory.calculator import estimate
from course_utils.memory.options import Attention, Precision
from course_utils.memory.shapes import Shape
from course_utils.memory.training import METHODS, Training
from course_utils.methods.names import Method
from tests.memory.tiny_families import FAMILIES, counted, tiny_config

pytestmark = pytest.mark.slow  # together many seconds

FULL, LORA, QLORA, PROMPT = METHODS
WIDE = {"adapter_dtype": torch.float32}


def training_of(method, **settings):
    return Training(method, 2, 64, rank=4, **settings)


def assert_forward_is_counted(family, training, tolerance=2e-3):
    """All that is kept after the forward pass; of the logits, that is their log-softmax."""
    config = tiny_config(family)
    parts = estimate(Shape.of(config), training, workspace=0).moments["loss"]
    kept = sum(size for name, size in parts.items() if name != "logits")
    if training.logit_positions is None:
        kept += 4 * training.tokens * config.vocab_size
    assert kept == pytest.approx(counted(config, training).forward, rel=tolerance)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("method", [FULL, LORA, PROMPT])
def test_every_family(family, method):
    assert_forward_is_counted(family, training_of(method))


@pytest.mark.parametrize("family", ["llama", "phi3", "gemma3"])
@pytest.mark.parametrize("method", [FULL, LORA])
def test_plain_attention(family, method):
    assert_forward_is_counted(family, training_of(method, attention=Attention.EAGER))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_gpu_without_flash_attention(dtype):
    training = training_of(LORA, attention=Attention.NO_FLASH, dtype=dtype)
    assert_forward_is_counted("llama", training)


@pytest.mark.parametrize("family", ["llama", "phi3"])
@pytest.mark.parametrize("targets", [("q_proj", "v_proj"), ("q_proj", "down_proj")])
def test_float32_adapters_cast_their_inputs_each_for_itself(family, targets):
    assert_forward_is_counted(family, training_of(LORA, targets=targets, **WIDE))


@pytest.mark.parametrize("checkpointing", [False, True])
def test_qlora_out_of_the_box(checkpointing):
    training = training_of(
        QLORA,
        precision=Precision.KBIT,
        double_quantisation=False,
        checkpointing=checkpointing,
        **WIDE,
    )
    assert_forward_is_counted("qwen2", training)


@pytest.mark.parametrize("method", METHODS)
def test_the_courses_own_loop(method):
    training = training_of(
        method,
        precision=Precision.COURSE,
        attention=Attention.EAGER,
        logit_positions=2,
        **WIDE,
    )
    assert_forward_is_counted("llama", training, tolerance=0.035)


def test_a_loss_in_chunks_keeps_what_the_head_reads():
    assert_forward_is_counted("llama", training_of(LORA, logit_positions=16))


def saved(method, **settings):
    return Saved(Shape.of(tiny_config("llama")), training_of(method, **settings))


def test_a_frozen_layer_saves_no_input_and_an_adapter_saves_it_again():
    frozen, adapted, trained = saved(PROMPT), saved(LORA), saved(FULL)
    shape = frozen.shape
    inputs = 2 * (2 * shape.hidden + shape.mlp)
    assert adapted.layer - frozen.layer == inputs + 2 * 7 * 4
    assert trained.layer - frozen.layer == inputs + 2 * 2 * shape.hidden


def test_bytes_of_a_number_by_place():
    """As ``options.Precision`` says, one place after the other."""
    places = ("product", "stream", "normed", "inner", "attended", "adapted")
    expected = {
        Precision.ONE: (2, 2, 2, 2, 2, 4),
        Precision.COURSE: (2, 4, 2, 2, 2, 2),
        Precision.KBIT: (2, 4, 4, 4, 4, 4),
        Precision.KBIT_AUTOCAST: (2, 4, 4, 4, 2, 2),
    }
    for precision, sizes in expected.items():
        counts = saved(Method.QLORA, precision=precision, **WIDE)
        assert tuple(getattr(counts, place) for place in places) == sizes
