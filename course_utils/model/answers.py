"""From logits to the probability of each label word; NaN is refused, as it has no rank.

Lesson 1 writes it by hand (*Label words*).
"""

import torch

from course_utils.errors import CourseError


def label_probabilities(logits: torch.Tensor, label_ids: list[int]) -> torch.Tensor:
    """Probability of each label word, renormalised over the labels.

    Args:
        logits: (batch, vocabulary).
        label_ids: the token of each label word.

    Returns:
        (batch, labels) float32 on the CPU; each row sums to 1.

    Raises:
        CourseError: see ``refuse_not_finite``.
    """
    answers = logits[:, label_ids].float().cpu()
    refuse_not_finite(answers)
    return answers.softmax(1)


def refuse_not_finite(values: torch.Tensor) -> None:
    """Call it on what the model says, before anything is counted.

    Raises:
        CourseError: a value is NaN or infinite.
    """
    if not values.isfinite().all():
        raise CourseError(
            "The model's answers are not finite numbers, so nothing can be counted",
            "load the model in float32, load_model(dtype=torch.float32); if it was trained, look "
            "for the step after which its weights were no longer finite",
        )
