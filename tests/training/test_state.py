"""The history of a run, and what is refused before or during one."""

import math

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.training.plan import TrainingConfig
from course_utils.training.state import History, refuse_not_finite, trainable_by_name


def test_the_best_is_the_lowest_validation_loss():
    history = History(validations=[(0, 2.0), (10, 0.5), (20, 0.75)])
    assert history.best == (10, 0.5)


def test_an_empty_history_has_no_best_and_says_why():
    with pytest.raises(CourseError, match="before its first validation"):
        _ = History().best


def test_only_what_requires_a_gradient_is_trained():
    model = torch.nn.Linear(3, 2)
    model.bias.requires_grad_(False)
    assert list(trainable_by_name(model)) == ["weight"]
    with pytest.raises(CourseError, match="unfreeze"):
        trainable_by_name(model.requires_grad_(False))


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_names_step_and_rate(loss):
    config = TrainingConfig(learning_rate=3e-4, steps=5)
    with pytest.raises(
        CourseError, match=r"at step 3, .* lower the learning rate \(it is 0.0003\)"
    ):
        refuse_not_finite(loss, 2, config)
    refuse_not_finite(0.5, 2, config)
