"""When a GPU's memory runs out: a sentence with numbers, a batch that fits, and nothing lost."""

import weakref

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.experiments.random_models import config_of
from course_utils.machine.device import GIB
from course_utils.memory import out_of_memory
from course_utils.memory.calculator import estimate
from course_utils.memory.cards import fits
from course_utils.memory.shapes import SHAPES
from course_utils.memory.training import Training
from course_utils.methods.lora import add_lora
from course_utils.methods.names import Method
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model.tiny import tiny_model
from course_utils.quantisation.layer import quantise_model
from course_utils.training import backward
from course_utils.training.loop import train
from course_utils.training.plan import Example, TrainingConfig

LLAMA = SHAPES["Llama-2-7B"]
EXAMPLES = [Example([5, 6, 7 + i % 2], 260 + i % 2) for i in range(40)]
CONFIG = TrainingConfig(learning_rate=1e-2, steps=12, batch_size=8, validate_every=4)


@pytest.fixture
def card(monkeypatch):
    """Sets the memory of the GPU that there is not."""
    return lambda size: monkeypatch.setattr(out_of_memory, "capacity", lambda device: size)


def test_a_batch_that_fits_is_proposed():
    needed = Training(Method.LORA, 64, 512, checkpointing=True)
    batch = out_of_memory.fitting_batch(LLAMA, needed, 24 * GIB)
    assert batch in (1, 2, 4, 8, 16)
    smaller = Training(Method.LORA, batch, 512, checkpointing=True)
    twice = Training(Method.LORA, 2 * batch, 512, checkpointing=True)
    assert fits(LLAMA, smaller, 24 * GIB) and not fits(LLAMA, twice, 24 * GIB)
    text = str(out_of_memory.explain(config_of(LLAMA), needed, 24 * GIB))
    assert "24.00 GiB" in text and f"make the batch {batch}," in text
    assert f"{estimate(LLAMA, needed).peak / GIB:.2f}" in text and "64 x 512 tokens" in text


def test_a_batch_that_should_have_fitted_is_halved_all_the_same():
    assert out_of_memory.fitting_batch(LLAMA, Training(Method.QLORA, 8, 64), 10**15) == 4


def test_logits_at_the_answers_alone_shrink_with_the_batch():
    shape = SHAPES["Llama-3.2-1B"]  # whose vocabulary is large
    needed = Training(Method.LORA, 4096, 8, checkpointing=True, logit_positions=4096)
    text = str(out_of_memory.explain(config_of(shape), needed, 6 * GIB))
    batch = out_of_memory.fitting_batch(shape, needed, 6 * GIB)
    smaller = Training(Method.LORA, batch, 8, checkpointing=True, logit_positions=batch)
    assert f"needs about {estimate(shape, smaller).peak / GIB:.2f} GiB" in text


def test_what_no_batch_can_cure_is_said():
    needed = Training(Method.FULL, 8, 512)
    text = str(out_of_memory.explain(config_of(LLAMA), needed, 15 * GIB))
    assert "QLoRA" in text and "make the batch" not in text and "optimiser" in text


def test_a_model_that_the_calculator_does_not_know_gets_advice_too():
    needed = Training(Method.FULL, 8, 512)
    text = str(out_of_memory.explain(tiny_model("gpt2").config, needed, 15 * GIB))
    assert "ran out of memory" in text and "smaller than 8" in text
    needed = Training(Method.LORA, 8, 512, rank=10**6)
    text = str(out_of_memory.explain(config_of(LLAMA), needed, 15 * GIB))
    assert "ran out of memory" in text and "smaller than 8" in text


@pytest.mark.parametrize("method", [Method.FULL, Method.LORA, Method.QLORA, Method.PROMPT_TUNING])
def test_the_method_is_recognised(method):
    model = tiny_model()
    if method == Method.QLORA:
        quantise_model(model)
    if method in (Method.LORA, Method.QLORA):
        add_lora(model, rank=3)
    if method == Method.PROMPT_TUNING:
        add_soft_prompt(model, SoftPrompt(torch.randn(7, 32)))
    found = out_of_memory.training_of(model, 4, 32)
    assert (found.method, found.batch, found.length) == (method, 4, 32)
    assert found.dtype == torch.float32
    assert found.rank == (3 if method in (Method.LORA, Method.QLORA) else 16)
    assert found.soft_tokens == (7 if method == Method.PROMPT_TUNING else 20)


def test_peft_adapters_are_recognised():
    peft = pytest.importorskip("peft")
    settings = peft.LoraConfig(r=5, target_modules=["q_proj"], task_type="CAUSAL_LM")
    found = out_of_memory.training_of(peft.get_peft_model(tiny_model(), settings), 4, 32)
    assert (found.method, found.rank) == (Method.LORA, 5)


def test_training_keeps_the_best_weights_and_resumes(card, tmp_path, monkeypatch):
    card(GIB)
    model, real, calls, alive = tiny_model(), backward.backward, [], []

    def failing(*arguments):
        calls.append(1)
        if len(calls) == 7:
            activations = torch.zeros(3)  # held by the frame of the failed step
            alive.append(weakref.ref(activations))
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return real(*arguments)

    def go_on():
        return train(model, EXAMPLES, EXAMPLES[:8], CONFIG, pad_id=0, folder=tmp_path / "run")

    monkeypatch.setattr(backward, "backward", failing)
    start = backward.mean_loss(model, EXAMPLES[:8], 0)
    with pytest.raises(CourseError, match="make the batch 4") as caught:
        go_on()
    assert str(caught.value) and alive[0]() is None  # the error keeps none of the step's tensors
    assert backward.mean_loss(model, EXAMPLES[:8], 0) < start and not model.training
    assert all(p.grad is None for p in model.parameters())
    assert len(go_on().losses) == 12 and len(calls) == 7 + 8
