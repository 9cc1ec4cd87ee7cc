"""The ranking of two labels: against counted pairs."""

import itertools

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.measure.evaluation import Evaluation
from course_utils.measure.ranking import auc, says_positive


def evaluation(positive, labels):
    positive = torch.tensor(positive)
    return Evaluation(torch.stack([1 - positive, positive], 1), torch.tensor(labels), "x")


def counted(positive, labels):
    """Share of the pairs that are in order, an equal pair as half of one."""
    ones, zeros = ([p for p, y in zip(positive, labels) if y == label] for label in (1, 0))
    wins = [(one > zero) + (one == zero) / 2 for one, zero in itertools.product(ones, zeros)]
    return sum(wins) / len(wins)


@pytest.mark.parametrize("seed", range(5))
def test_auc_is_the_share_of_pairs_in_order(seed):
    generator = torch.Generator().manual_seed(seed)
    positive = (torch.randint(0, 9, (30,), generator=generator) / 8).tolist()  # with ties
    labels = [0, 1, *torch.randint(0, 2, (28,), generator=generator).tolist()]
    assert auc(evaluation(positive, labels)) == pytest.approx(counted(positive, labels))


def test_a_biased_answer_can_rank_without_an_error():
    result = evaluation([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 0])
    assert (result.accuracy, auc(result), says_positive(result)) == (0.5, 1.0, 1.0)
    assert auc(evaluation([0.6, 0.7, 0.8, 0.9], [1, 1, 0, 0])) == 0.0
    assert auc(evaluation([0.5] * 4, [1, 1, 0, 0])) == 0.5


def test_the_share_of_positive_answers_does_not_ask_what_is_right():
    assert says_positive(evaluation([0.9, 0.2, 0.3, 0.4], [0, 0, 0, 1])) == 0.25


def test_one_label_alone_has_no_pairs():
    result = evaluation([0.9, 0.2], [1, 1])
    with pytest.raises(CourseError, match="All 2 items have the label 1"):
        auc(result)
    assert says_positive(result) == 0.5


@pytest.mark.parametrize("measure", [auc, says_positive])
def test_more_labels_are_refused(measure):
    with pytest.raises(CourseError, match="of 4 labels"):
        measure(Evaluation(torch.full((2, 4), 0.25), torch.tensor([0, 1]), "x"))
