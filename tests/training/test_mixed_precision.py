"""The optimiser against AdamW, what master weights keep, and float16, forced on a CPU."""

import json
import math

import pytest
import torch

from course_utils.data.batches import collate
from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model import forward
from course_utils.model.load import norms_in_float32
from course_utils.model.tiny import tiny_model
from course_utils.training import backward as backward_module
from course_utils.training import mixed_precision
from course_utils.training.backward import backward
from course_utils.training.loop import train
from course_utils.training.mixed_precision import LossScale, MixedPrecisionAdamW
from course_utils.training.plan import Example, TrainingConfig

EXAMPLES = [Example([5, 6, 7 + i % 2], 260 + i % 2) for i in range(40)]
CONFIG = TrainingConfig(learning_rate=1e-2, steps=24, batch_size=8, validate_every=8)


def scaled_by(value):
    scale = LossScale(on=True)
    scale.value = value
    return scale


def half_model():
    model = tiny_model().half()
    norms_in_float32(model)
    return model


def run(model, folder, **more):
    return train(model, EXAMPLES, EXAMPLES[:8], CONFIG, pad_id=0, folder=folder, **more)


def weights(model):
    return torch.cat([p.detach().float().flatten() for p in model.parameters()])


def test_products_are_in_the_models_dtype():
    seen = {}
    for dtype in (torch.float16, torch.bfloat16):
        model = tiny_model().to(dtype)
        norms_in_float32(model)
        model.model.layers[0].mlp.up_proj.register_forward_hook(
            lambda module, inputs, output: seen.update({module.weight.dtype: output.dtype})
        )
        assert forward.answer_logits(model, collate([[1, 2, 3], [4]], 0)).dtype == torch.float32
    assert seen == {torch.float16: torch.float16, torch.bfloat16: torch.bfloat16}


@pytest.mark.parametrize("method", ["full", "LoRA", "prompt"])
def test_it_learns_in_float16(method, tmp_path):
    model = half_model()
    if method == "LoRA":
        add_lora(model, rank=4)
    if method == "prompt":
        add_soft_prompt(model, SoftPrompt(torch.randn(4, 32)))
    before = backward_module.mean_loss(model, EXAMPLES, 0)
    history = run(model, tmp_path)
    assert history.best[1] < 0.9 * before
    assert all(math.isfinite(norm) for norm in history.norms[2:])


def test_the_scaled_gradient_is_the_scaled_one():
    plain, scaled = tiny_model(), tiny_model()
    losses = [backward(plain, EXAMPLES[:4], 0), backward(scaled, EXAMPLES[:4], 0, 1024.0)]
    assert losses[0] == losses[1]
    for p, q in zip(plain.parameters(), scaled.parameters()):
        torch.testing.assert_close(1024 * p.grad, q.grad, rtol=1e-5, atol=1e-6)


def test_gradients_too_small_for_float16_survive_with_the_scale():
    for scale, survives in ((1.0, False), (2.0**16, True)):
        parameter = torch.nn.Parameter(torch.ones(4).half())
        ((1e-8 * parameter.float()).sum() * scale).backward()
        optimiser = MixedPrecisionAdamW([parameter], 1e-2, scaled_by(scale))
        norm = optimiser.step(1.0)
        assert norm == pytest.approx(2e-8 if survives else 0.0, rel=0.05)
        moved = optimiser.masters[0][0].item() < 0.999
        assert moved is survives


def test_the_step_is_that_of_the_unscaled_gradient():
    steps = []
    for scale in (None, scaled_by(4096.0)):
        parameter = torch.nn.Parameter(torch.linspace(-1, 1, 6))
        optimiser = MixedPrecisionAdamW([parameter], 1e-2, scale)
        for _ in range(3):
            parameter.grad = parameter.detach() * optimiser.loss_scale.value * 3
            optimiser.step(0.5)
        steps.append(optimiser.state())  # AdamW's step alone would hide a wrong size
    assert steps[1].pop("loss_scale").tolist() == [4096.0, 3]
    torch.testing.assert_close(*steps)


def test_a_norm_beyond_float16_is_no_overflow():
    parameter = torch.nn.Parameter(torch.zeros(64).half())
    parameter.grad = torch.full((64,), 60_000.0).half()
    norm = MixedPrecisionAdamW([parameter], 1e-2, scaled_by(65_536.0)).step(1.0)
    assert norm == pytest.approx(8 * 60_000 / 65_536, rel=1e-3)


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_an_overflow_is_skipped(value):
    parameters = [torch.nn.Parameter(torch.ones(3).half()) for _ in range(2)]
    optimiser = MixedPrecisionAdamW(parameters, 1e-2, scaled_by(8.0))
    before = {name: value.clone() for name, value in optimiser.state().items()}
    parameters[0].grad = torch.ones(3).half()
    parameters[1].grad = torch.tensor([1.0, value, 1.0]).half()
    assert not math.isfinite(optimiser.step(1.0))
    assert all(torch.equal(p, torch.ones(3).half()) for p in parameters)
    assert all(p.grad is None for p in parameters)
    assert before.pop("loss_scale").tolist() == [8.0, 0]
    assert all(torch.equal(optimiser.state()[name], value) for name, value in before.items())
    assert optimiser.loss_scale.value == 4.0


def test_an_overflow_in_training_halves_the_scale_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(mixed_precision, "START", 256.0)
    model, scales, real = half_model(), [], backward_module.backward

    def overflowing(model, examples, pad_id, scale):
        scales.append(scale)
        loss = real(model, examples, pad_id, scale)
        if len(scales) == 5:
            next(model.parameters()).grad[0, 0] = math.inf
        return loss

    monkeypatch.setattr(backward_module, "backward", overflowing)
    history = run(model, tmp_path)
    assert scales == [256.0] * 5 + [128.0] * 19
    assert [math.isfinite(norm) for norm in history.norms] == [i != 4 for i in range(24)]
    assert weights(model).isfinite().all()


def test_the_scale_grows_again_after_many_good_steps(monkeypatch):
    monkeypatch.setattr(mixed_precision, "GROWTH_INTERVAL", 3)
    scale = LossScale(on=True)
    values = []
    for finite in (False, True, True, False, True, True, True, True):
        assert scale.accepts(1.0 if finite else math.inf) is finite
        values.append(scale.value / 2**16)
    assert values == [1 / 2, 1 / 2, 1 / 2, 1 / 4, 1 / 4, 1 / 4, 1 / 2, 1 / 2]


def test_gradients_that_always_overflow_end_in_a_sentence():
    scale = LossScale(on=True)
    with pytest.raises(CourseError, match="load the model in float32"):
        for _ in range(40):
            scale.accepts(math.nan)
    assert scale.value > 0


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path, monkeypatch):
    monkeypatch.setattr(mixed_precision, "GROWTH_INTERVAL", 5)
    monkeypatch.setattr(mixed_precision, "START", 8.0)
    whole, cut = half_model(), half_model()
    run(whole, tmp_path / "whole")
    real, calls, scales = backward_module.backward, [], []

    def stopping(*arguments):
        calls.append(1)
        if len(calls) == 12:
            raise KeyboardInterrupt
        scales.append(arguments[3])
        return real(*arguments)

    monkeypatch.setattr(backward_module, "backward", stopping)
    assert run(cut, tmp_path / "cut").interrupted
    saved = json.loads(next((tmp_path / "cut").glob("*/run.json")).read_text())
    assert saved["step"] == 8
    assert not run(cut, tmp_path / "cut").interrupted
    assert torch.equal(weights(cut), weights(whole))
    assert scales[10:14] == [32.0, 16.0, 16.0, 32.0]  # the steps 11, then 9 to 11 again


def test_no_other_dtype_scales_its_loss(tmp_path, monkeypatch):
    real, arguments_seen = backward_module.backward, []

    def watching(*arguments):
        arguments_seen.append(arguments[3])
        return real(*arguments)

    monkeypatch.setattr(backward_module, "backward", watching)
    for dtype in (torch.float32, torch.bfloat16):
        run(tiny_model().to(dtype), tmp_path / str(dtype))
    assert set(arguments_seen) == {1.0}


def test_float32_steps_equal_adamw_with_clipping():
    ours, theirs = tiny_model(), tiny_model()
    optimiser = MixedPrecisionAdamW(list(ours.parameters()), 1e-3)
    reference = torch.optim.AdamW(theirs.parameters(), lr=1e-3, weight_decay=0.0)
    for step in range(5):
        batch = EXAMPLES[6 * step : 6 * step + 6]
        backward(ours, batch, 0)
        backward(theirs, batch, 0)
        norm = optimiser.step(max_norm=0.1)
        assert norm == pytest.approx(
            torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.1).item(), rel=1e-5
        )
        reference.step()
        reference.zero_grad()
    torch.testing.assert_close(weights(ours), weights(theirs), atol=1e-6, rtol=1e-5)


def test_master_weights_keep_what_bfloat16_rounds_away():
    parameter = torch.nn.Parameter(torch.ones(4, dtype=torch.bfloat16))
    optimiser = MixedPrecisionAdamW([parameter], 1e-4)
    for _ in range(100):
        parameter.grad = torch.ones_like(parameter)
        optimiser.step(max_norm=10.0)
    assert optimiser.masters[0][0].item() == pytest.approx(0.99, abs=1e-3)
    assert parameter[0].item() == pytest.approx(0.99, abs=4e-3)


def test_moments_are_there_before_the_first_step():
    """A CUDA graph recorded in the first step is then measured beside them."""
    parameters = [torch.nn.Parameter(torch.ones(3, 2, dtype=d)) for d in (torch.bfloat16, None)]
    before = {n: v.clone() for n, v in MixedPrecisionAdamW(parameters, 1e-3).state().items()}
    optimiser = MixedPrecisionAdamW(parameters, 1e-3)
    for parameter in parameters:
        parameter.grad = torch.ones_like(parameter)
    optimiser.step(max_norm=1.0)
    after = optimiser.state()
    kinds = {n: (v.shape, v.dtype) for n, v in after.items()}
    assert {n: (v.shape, v.dtype) for n, v in before.items()} == kinds
    optimiser.load_state(before)
    assert all(torch.equal(optimiser.state()[n], v) for n, v in before.items())


def test_chunks_hold_few_numbers_and_a_large_parameter_is_alone():
    sizes = [3, 4, 4, 20, 1, 9, 2]
    parameters = [torch.nn.Parameter(torch.zeros(size)) for size in sizes]

    def chunks(most):
        return [sizes[chunk] for chunk in mixed_precision._chunks(parameters, most)]

    assert chunks(10) == [[3, 4], [4], [20], [1, 9], [2]]
    assert chunks(100) == [sizes]
    assert chunks(2) == [[size] for size in sizes]  # the first is too large by itself
