"""``majority_baseline`` (lesson 1, *What is an accuracy worth?*)."""

import random
from collections import Counter
from typing import Any

from course_utils.checks.core.compare import Mistakes, compare, number
from course_utils.checks.core.exercise import exercise


def commonest(labels: list[int]) -> int:
    """The label that occurs most often."""
    return Counter(labels).most_common(1)[0][0]


def share(label: int, labels: list[int]) -> float:
    """Share of one label."""
    return labels.count(label) / len(labels)


BASELINE_MISTAKES: Mistakes = {
    "the commonest label was taken from the test labels: nothing may be learned from them": [
        lambda train, test: share(commonest(test), test)
    ],
    "this is the accuracy on the training labels: count on the test labels": [
        lambda train, test: share(commonest(train), train)
    ],
    "this is the commonest label itself: return its accuracy on the test labels": [
        lambda train, test: float(commonest(train))
    ],
    "this is the share of the least common label": [
        lambda train, test: share(min(set(train), key=train.count), test)
    ],
    "this always answers label 1, whatever is commonest": [lambda train, test: share(1, test)],
    "this always answers label 0, whatever is commonest": [lambda train, test: share(0, test)],
    "this is 1 / number of classes, the accuracy of guessing evenly": [
        lambda train, test: 1 / len(set(train))
    ],
    "these are percents: return a share between 0 and 1": [
        lambda train, test: 100 * share(commonest(train), test)
    ],
    "this is a count: divide by the number of test labels": [
        lambda train, test: float(test.count(commonest(train)))
    ],
    "this was divided by the number of training labels: divide by that of the test labels": [
        lambda train, test: test.count(commonest(train)) / len(train)
    ],
    "this is the share of wrong answers: subtract it from 1": [
        lambda train, test: 1 - share(commonest(train), test)
    ],
    "training and test labels were pooled": [
        lambda train, test: share(commonest(train + test), train + test)
    ],
    "this is the largest label: take the one that occurs most often": [
        lambda train, test: share(max(train), test)
    ],
}


def draw_labels(counts: dict[int, int], numbers: random.Random) -> list[int]:
    """Labels with the given counts, shuffled."""
    labels = [label for label, count in counts.items() for _ in range(count)]
    numbers.shuffle(labels)
    return labels


HINTS = (
    "two steps: what would you always answer, and how often is that right?",
    "choose the label from train_labels alone, and count it in test_labels alone",
    "max(set(train_labels), key=train_labels.count) is the commonest training label",
)


@exercise(hints=HINTS, mistakes=BASELINE_MISTAKES)
def majority_baseline(answer: Any, numbers: random.Random) -> None:
    """Accuracy on the test labels of the commonest training label."""
    # The classes' counts differ in training and in test, so that no mistake gives a right value.
    a, b = numbers.randint(1, 3), numbers.randint(1, 3)
    three = (
        draw_labels({2: 9 + a, 0: 5, 1: 2, 3: 7}, numbers),
        draw_labels({2: 4, 0: 6 + b, 1: 2, 3: 9 + b}, numbers),
    )
    two = (draw_labels({0: 12 + a, 1: 8}, numbers), draw_labels({0: 5, 1: 9 + b}, numbers))
    absent = (draw_labels({1: 6 + a, 0: 3}, numbers), draw_labels({0: 4 + b}, numbers))

    def right(train: list[int], test: list[int]) -> float:
        return share(commonest(train), test)

    compare(answer, [three, two, absent], right, BASELINE_MISTAKES, number)
