"""Mistakes from made-up answers: only wrong ones, each with its own text and answers."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.measure.evaluation import Evaluation, fingerprint
from course_utils.measure.exact_match import ExactMatch
from course_utils.measure.mistakes import Mistake, mistakes

WORDS = (" bad", " okay", " good")
TEXTS = ["a", "b", "c", "d"]
DATA = {"text": TEXTS, "label": [0, 1, 2, 0]}


def evaluation(predictions):
    scores = torch.nn.functional.one_hot(torch.tensor(predictions), 3).float()
    return Evaluation(scores, torch.tensor(DATA["label"]), fingerprint(TEXTS))


def test_each_wrong_item_comes_with_what_was_right_and_what_was_given():
    found = mistakes(DATA, evaluation([0, 2, 2, 1]), WORDS)
    assert found == [Mistake("b", "okay", "good"), Mistake("d", "bad", "okay")]
    assert str(found[0]) == "b\n    right: okay\n    given: good"


def test_a_reply_is_shown_as_it_was_written():
    replies = ["bad", " so so", "Good.", ""]
    answers = [WORDS[label].strip() for label in DATA["label"]]
    exact = ExactMatch(replies, answers, ("bad", "okay", "good"), fingerprint(TEXTS))
    found = mistakes(DATA, exact, WORDS)
    assert found == [Mistake("b", "okay", "so so"), Mistake("d", "bad", "")]
    assert str(found[1]).endswith("given: (nothing)")


def test_some_are_drawn_by_the_seed():
    texts = [f"text {i}" for i in range(40)]
    scores = torch.tensor([[0.0, 1.0]] * 40)
    wrong = Evaluation(scores, torch.tensor([0] * 40), fingerprint(texts))
    data = {"text": texts, "label": [0] * 40}
    drawn = [mistakes(data, wrong, (" a", " b"), 5, seed) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2] and len(set(drawn[0])) == 5
    numbers = [int(mistake.text.split()[1]) for mistake in drawn[0]]
    assert numbers == sorted(numbers)
    assert len(mistakes(data, wrong, (" a", " b"), 50)) == 40


def test_other_items_and_wrong_settings_are_refused():
    found = evaluation([0, 0, 0, 0])
    with pytest.raises(CourseError, match="other items"):
        mistakes({"text": TEXTS[::-1], "label": [0] * 4}, found, WORDS)
    with pytest.raises(CourseError, match="count = 0"):
        mistakes(DATA, found, WORDS, count=0)
