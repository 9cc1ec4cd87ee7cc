"""The training loop against PyTorch's own, and its promises about interruption."""

import subprocess
import sys

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_model
from course_utils.settings import PACKAGE
from course_utils.training import backward as backward_module
from course_utils.training import plain
from course_utils.training import run as run_module
from course_utils.training.loop import first_losses, train
from course_utils.training.plan import Example, TrainingConfig, plan_batches

ROOT = PACKAGE.parent
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


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="needs 2 CUDA devices")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_on_a_gpu_that_is_not_the_current_one_the_losses_are_the_same(tmp_path, dtype):
    histories = []
    for name in ("cuda:0", "cuda:1"):
        before = torch.cuda.memory_allocated(0)
        model = tiny_model().to(name, dtype)
        histories.append(run(model, tmp_path / name))
        assert {p.device for p in model.parameters()} == {torch.device(name)}
    assert torch.cuda.memory_allocated(0) <= before  # nothing went astray to the current one
    assert histories[0].losses == pytest.approx(histories[1].losses, rel=1e-3)
    if dtype == torch.float32:
        on_cpu = run(tiny_model(), tmp_path / "cpu").losses
        assert histories[0].losses == pytest.approx(on_cpu, rel=0.05)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("stop_at", [3, 6, 11])
def test_an_interrupted_run_resumes_to_the_same_end(tmp_path, monkeypatch, stop_at, dtype):
    whole = tiny_model().to(dtype)
    expected = run(whole, tmp_path / "whole")
    real, calls = backward_module.backward, []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) == stop_at:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(backward_module, "backward", interrupted)
    first = run(tiny_model().to(dtype), tmp_path / "cut")
    assert first.interrupted and len(first.losses) == stop_at - 1
    monkeypatch.setattr(backward_module, "backward", real)
    resumed = tiny_model().to(dtype)  # as after a restart: the base weights again
    history = run(resumed, tmp_path / "cut")
    assert history.losses == expected.losses and history.validations == expected.validations
    assert torch.equal(weights(resumed), weights(whole))
    assert not (tmp_path / "cut").exists()


def test_an_interrupted_run_leaves_the_best_weights(tmp_path, monkeypatch):
    model, real, kept = tiny_model(), backward_module.backward, {}

    def cut(*arguments):
        kept["calls"] = kept.get("calls", 0) + 1
        if kept["calls"] == 5:
            kept["after 4"] = weights(model)
        if kept["calls"] == 7:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(backward_module, "backward", cut)
    monkeypatch.setattr(run_module, "mean_loss", lambda *a: 1.0 if "calls" in kept else 2.0)
    history = run(model, tmp_path / "cut")
    assert history.best[0] == 4
    assert torch.equal(weights(model), kept["after 4"])
    assert not model.training and all(p.grad is None for p in model.parameters())


def test_a_loss_that_is_not_finite_stops_with_the_best_weights(tmp_path, monkeypatch):
    model = tiny_model()
    before = weights(model)
    monkeypatch.setattr(backward_module, "backward", lambda *arguments: float("nan"))
    with pytest.raises(CourseError, match="lower the learning rate"):
        run(model, tmp_path / "run")
    assert torch.equal(weights(model), before)


def test_nothing_to_train_is_said(tmp_path):
    with pytest.raises(CourseError, match="unfreeze"):
        run(tiny_model().requires_grad_(False), tmp_path / "run")


@pytest.mark.slow
def test_the_loop_needs_neither_jupyter_nor_figures_nor_data_sets():
    """A study runs on a machine that has only torch and transformers."""
    heavy = "{'IPython', 'ipywidgets', 'matplotlib', 'datasets', 'pandas'}"
    code = f"import sys, course_utils.training.loop; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "[]\n", done.stderr


def test_first_losses_are_those_of_the_training(tmp_path):
    ours, theirs = tiny_model(), tiny_model()
    history = run(theirs, tmp_path)
    assert first_losses(ours, some_examples(), CONFIG, 5, 0) == history.losses[:5]


def test_the_loop_of_lesson_2_has_the_losses_of_the_course(tmp_path):
    """In float32, where rounding cannot hide a difference: learners' pieces, one batch at once."""
    model, twin, examples = tiny_model(), tiny_model(), some_examples()
    parameters = list(model.parameters())
    masters = [p.detach().clone() for p in parameters]
    adamw, losses = torch.optim.AdamW(masters, weight_decay=0.0), []
    for step, rows in enumerate(plan_batches([len(e.ids) for e in examples], CONFIG)):
        adamw.param_groups[0]["lr"] = plain.learning_rate(step, CONFIG.steps, CONFIG.learning_rate)
        ids, mask, last = plain.collate([examples[i].ids for i in rows], 0)
        answers = torch.tensor([examples[i].answer for i in rows])
        loss = plain.answer_loss(model(input_ids=ids, attention_mask=mask).logits, last, answers)
        loss.backward()
        losses.append(loss.item())
        plain.master_step(parameters, masters, adamw)
    assert losses == pytest.approx(first_losses(twin, examples, CONFIG, CONFIG.steps, 0), rel=1e-4)
