"""Timing a step: every step is timed, and training really goes on."""

from course_utils.experiments.step_time import step_seconds
from course_utils.model.tiny import tiny_model
from course_utils.training.backward import backward
from course_utils.training.plan import Example, TrainingConfig

EXAMPLES = [Example([5, 6, 7 + i % 2], 260 + i % 2) for i in range(24)]


def test_each_step_has_its_seconds_and_the_loss_falls():
    model, losses = tiny_model(), []

    def run(examples):
        losses.append(backward(model, examples, pad_id=0))
        return losses[-1]

    seconds = step_seconds(model, EXAMPLES, TrainingConfig(1e-2, 12, 8), run)
    assert len(seconds) == len(losses) == 12 and min(seconds) > 0
    assert losses[-1] < losses[0] and not model.training
