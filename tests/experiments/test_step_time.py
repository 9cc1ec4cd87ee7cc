"""Timing a step: every step is timed, and training really goes on."""

from course_utils.experiments import step_time
from course_utils.experiments.step_time import step_seconds
from course_utils.model.tiny import tiny_model
from course_utils.training.backward import backward
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.plan import Example, TrainingConfig

EXAMPLES = [Example([5, 6, 7 + i % 2], 260 + i % 2) for i in range(24)]


def test_each_step_has_its_seconds_and_the_loss_falls():
    model, losses = tiny_model(), []

    def run(examples):
        losses.append(backward(model, examples, pad_id=0))
        return losses[-1]

    seconds = step_seconds(model, EXAMPLES, TrainingConfig(1e-2, 12, 8), run, MixedPrecisionAdamW)
    assert len(seconds) == len(losses) == 12 and min(seconds) > 0
    assert losses[-1] < losses[0] and not model.training


def test_a_way_has_its_median_its_first_steps_and_its_bytes(monkeypatch):
    monkeypatch.setattr(step_time, "STEPS", 6)
    monkeypatch.setattr(step_time, "WARM", 2)
    monkeypatch.setattr(step_time, "BATCH_SIZE", 4)
    seconds = iter([5.0, 4.0, 3.0, 1.0, 2.0, 9.0])
    monkeypatch.setattr(step_time, "step_seconds", lambda *arguments: [*seconds])
    row = step_time._measured(tiny_model(), EXAMPLES, lambda examples: 0.0, MixedPrecisionAdamW)
    assert row["seconds"] == 2.5 and row["first"] == 9.0 and row["reserved"] is None
    assert row["peak_memory"] > 0
    assert step_time._said(row | {"reserved": 2**31}).endswith("/ 2.00 GiB")
