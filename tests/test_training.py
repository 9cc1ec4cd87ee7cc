"""The training loop against PyTorch's own, and its promises about interruption."""

import json

import pytest
import torch

from course_utils import training
from course_utils.errors import CourseError
from course_utils.optimiser import MixedPrecisionAdamW
from course_utils.quantised_linear import make_qlora
from course_utils.tiny import tiny_model
from course_utils.training import Example, TrainingConfig, backward, learning_rate, train

CONFIG = TrainingConfig(learning_rate=1e-3, steps=12, batch_size=4, validate_every=4)


def some_examples(count=40, seed=0):
    generator = torch.Generator().manual_seed(seed)
    draw = lambda n: torch.randint(5, 250, (n,), generator=generator).tolist()  # noqa: E731
    return [Example(draw(3 + i % 11), 260 + i % 2) for i in range(count)]


def run(model, folder, config=CONFIG, **more):
    return train(
        model, some_examples(), some_examples(8, 1), config, pad_id=0, folder=folder, **more
    )


def weights(model):
    return torch.cat([p.detach().float().flatten() for p in model.parameters()])


def test_micro_batches_give_the_gradient_of_the_whole_batch(monkeypatch):
    model, examples = tiny_model(), some_examples(9)
    losses, gradients = [], []
    for budget in (10_000, 16):
        monkeypatch.setitem(training.MICRO_BATCH_TOKENS, "cpu", budget)
        losses.append(backward(model, examples, 0))
        gradients.append(torch.cat([p.grad.flatten() for p in model.parameters()]))
        model.zero_grad()
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)
    torch.testing.assert_close(gradients[0], gradients[1], atol=1e-6, rtol=1e-4)


def test_micro_batches_are_larger_where_each_dequantises_all_weights(monkeypatch):
    monkeypatch.setitem(training.MICRO_BATCH_TOKENS, "cpu", 32)
    model, quantised, sizes = tiny_model(), tiny_model(), []
    make_qlora(quantised, 2, 4.0)
    real = training._loss_sum

    def counting(model, examples, pad_id):
        sizes.append(len(examples))
        return real(model, examples, pad_id)

    monkeypatch.setattr(training, "_loss_sum", counting)
    for m in (model, quantised):
        backward(m, [Example([5, 6, 7, 8], 260)] * 16, 0)
    assert len(set(sizes)) == 2 and sizes.count(max(sizes)) * 2 == sizes.count(min(sizes))


def test_loss_is_cross_entropy_at_the_answer():
    model, example = tiny_model(), Example([5, 9, 11], 260)
    logits = model(input_ids=torch.tensor([example.ids])).logits[0, -1]
    expected = -logits.log_softmax(0)[260].item()
    assert backward(model, [example], 0) == pytest.approx(expected, abs=1e-5)


def test_float32_steps_equal_adamw_with_clipping():
    ours, theirs = tiny_model(), tiny_model()
    optimiser = MixedPrecisionAdamW(list(ours.parameters()), 1e-3)
    reference = torch.optim.AdamW(theirs.parameters(), lr=1e-3, weight_decay=0.0)
    for step in range(5):
        batch = some_examples(6, seed=step)
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


def test_training_learns(tmp_path):
    model = tiny_model()
    examples = [Example([5, 6, 7 + i % 2], 260 + i % 2) for i in range(40)]
    config = TrainingConfig(learning_rate=1e-2, steps=30, batch_size=8, validate_every=10)
    history = train(model, examples, examples[:8], config, pad_id=0, folder=tmp_path)
    assert history.best[1] < 0.1 < history.validations[0][1]


def test_the_same_seed_gives_the_same_weights(tmp_path):
    first, second = tiny_model(), tiny_model()
    run(first, tmp_path / "a")
    run(second, tmp_path / "b")
    assert torch.equal(weights(first), weights(second))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("stop_at", [3, 6, 11])
def test_an_interrupted_run_resumes_to_the_same_end(tmp_path, monkeypatch, stop_at, dtype):
    whole = tiny_model().to(dtype)
    expected = run(whole, tmp_path / "whole")
    real, calls = training.backward, []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) == stop_at:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(training, "backward", interrupted)
    first = run(tiny_model().to(dtype), tmp_path / "cut")
    assert first.interrupted and len(first.losses) == stop_at - 1
    monkeypatch.setattr(training, "backward", real)
    resumed = tiny_model().to(dtype)  # as after a restart: the base weights again
    history = run(resumed, tmp_path / "cut")
    assert history.losses == expected.losses and history.validations == expected.validations
    assert torch.equal(weights(resumed), weights(whole))
    assert not (tmp_path / "cut").exists()


def test_an_interrupted_run_leaves_the_best_weights(tmp_path, monkeypatch):
    model, real, kept = tiny_model(), training.backward, {}

    def cut(*arguments):
        kept["calls"] = kept.get("calls", 0) + 1
        if kept["calls"] == 5:
            kept["after 4"] = weights(model)
        if kept["calls"] == 7:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(training, "backward", cut)
    monkeypatch.setattr(training, "mean_loss", lambda *a: 1.0 if "calls" in kept else 2.0)
    history = run(model, tmp_path / "cut")
    assert history.best[0] == 4
    assert torch.equal(weights(model), kept["after 4"])
    assert not model.training and all(p.grad is None for p in model.parameters())


def test_another_run_is_not_resumed(tmp_path, monkeypatch):
    real, calls = training.backward, []

    def cut(*arguments):
        calls.append(1)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(training, "backward", cut)
    run(tiny_model(), tmp_path / "run")
    saved = json.loads((tmp_path / "run" / "run.json").read_text())
    assert saved["step"] == 4
    other = TrainingConfig(learning_rate=2e-3, steps=12, batch_size=4, validate_every=4)
    assert len(run(tiny_model(), tmp_path / "run", other).losses) == 12
    assert len(calls) == 6 + 12


def test_a_loss_that_is_not_finite_stops_with_the_best_weights(tmp_path, monkeypatch):
    model = tiny_model()
    before = weights(model)
    monkeypatch.setattr(training, "backward", lambda *arguments: float("nan"))
    with pytest.raises(CourseError, match="lower the learning rate"):
        run(model, tmp_path / "run")
    assert torch.equal(weights(model), before)


def test_nothing_to_train_is_said(tmp_path):
    with pytest.raises(CourseError, match="unfreeze"):
        run(tiny_model().requires_grad_(False), tmp_path / "run")


def test_schedule_rises_then_falls_to_zero():
    config = TrainingConfig(learning_rate=1.0, steps=100)
    rates = [learning_rate(step, config) for step in range(100)]
    assert rates[0] == pytest.approx(1 / 6) and max(rates) == rates[6] == 1.0
    assert rates[6:] == sorted(rates[6:], reverse=True) and rates[-1] == pytest.approx(1 / 94)


def test_each_epoch_sees_every_example_once():
    config = TrainingConfig(learning_rate=1.0, steps=10, batch_size=4)
    plan = training.plan_batches([i % 7 for i in range(40)], config)
    assert sorted(i for batch in plan for i in batch) == list(range(40))
