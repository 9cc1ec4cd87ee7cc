"""What an accuracy hides where there are two labels: the ranking, and the balance (lesson 1).

A prompt may put positive texts above negative ones and still call nearly all of them positive; then
its accuracy is low, but a shift of the threshold, such as calibration, can mend it.
"""

from sklearn.metrics import roc_auc_score

from course_utils.errors import CourseError
from course_utils.measure.evaluation import Evaluation


def auc(evaluation: Evaluation) -> float:
    """Area under the ROC curve: how often a positive item's score is above a negative one's.

    Over all pairs of an item with label 1 and one with label 0; equal scores count half. 1/2 is
    chance, whatever the threshold and the shares of the labels.

    Returns:
        In [0, 1].

    Raises:
        CourseError: there are not two labels, or the items have just one of them.
    """
    _refuse_other_than_two(evaluation)
    if len(evaluation.labels.unique()) < 2:
        raise CourseError(
            f"All {len(evaluation.labels)} items have the label {evaluation.labels[0]}, so there is"
            " no pair to rank",
            "take items of both labels",
        )
    return float(roc_auc_score(evaluation.labels.numpy(), evaluation.scores[:, 1].numpy()))


def says_positive(evaluation: Evaluation) -> float:
    """Share of the items that are predicted as label 1, in [0, 1].

    Raises:
        CourseError: there are not two labels.
    """
    _refuse_other_than_two(evaluation)
    return (evaluation.predictions == 1).float().mean().item()


def _refuse_other_than_two(evaluation: Evaluation) -> None:
    labels = evaluation.scores.shape[1]
    if labels != 2:
        raise CourseError(
            f"These scores are of {labels} labels, and this measure is of two",
            "take a task with two labels, such as 'movies'",
        )
