"""``majority_baseline`` (lesson 1, *What is an accuracy worth?*)."""

import random
from collections import Counter
from typing import Any

from course_utils.checks.core.compare import Mistakes, compare, number
from course_utils.checks.core.exercise import exercise

Labels = list[int]


def commonest(labels: Labels) -> int:
    """The label that occurs most often."""
    return Counter(labels).most_common(1)[0][0]


def share(label: Any, labels: Labels) -> float:
    """Share of one label."""
    return labels.count(label) / len(labels)


def right(train: Labels, test: Labels) -> float:
    """The definition."""
    return share(commonest(train), test)


def place_of_commonest(labels: Labels) -> int:
    """The place of the commonest label among the labels that occur."""
    return sorted(set(labels)).index(commonest(labels))


def compares_the_list(train: Labels, test: Labels) -> float:
    """Counts as if a list were an array: this raises."""
    compared: Any = test == commonest(train)
    return sum(compared) / len(test)


BASELINE_MISTAKES: Mistakes = {
    "the commonest label was taken from the test labels: nothing may be learned from them": [
        lambda train, test: share(commonest(test), test)
    ],
    "this is the accuracy on the training labels: count on the test labels": [
        lambda train, test: share(commonest(train), train)
    ],
    "the two are swapped: choose on the training labels, count on the test labels": [
        lambda train, test: share(commonest(test), train)
    ],
    "perhaps argmax was taken of the labels, not of their counts: it gives a place in the list": [
        lambda train, test: share(max(range(len(train)), key=train.__getitem__), test),
    ],
    "this is the commonest label itself: return its accuracy on the test labels": [
        lambda train, test: float(commonest(train))
    ],
    "this is how often the commonest training label occurs: count it on the test labels": [
        lambda train, test: float(train.count(commonest(train))),
        lambda train, test: train.count(commonest(train)) / len(test),
    ],
    "this is the share of the least common label": [
        lambda train, test: share(min(set(train), key=train.count), test)
    ],
    "this always answers label 1, whatever is commonest": [lambda train, test: share(1, test)],
    "this always answers label 0, whatever is commonest": [lambda train, test: share(0, test)],
    "this works for the labels 0 and 1 alone: there may be more": [
        lambda train, test: share(int(train.count(1) > train.count(0)), test),
        lambda train, test: share(int(sum(train) > len(train) / 2), test),
        lambda train, test: share(int(sum(train) >= len(train) / 2), test),
    ],
    "this is 1 / number of classes, the accuracy of guessing evenly": [
        lambda train, test: 1 / len(set(train)),
        lambda train, test: 1 / len(set(test)),
        lambda train, test: 1 / len(set(train + test)),
    ],
    "these are percents: return a share between 0 and 1": [
        lambda train, test: 100 * right(train, test)
    ],
    "the share is rounded: return it as it is": [
        lambda train, test: round(right(train, test), 3),
        lambda train, test: round(right(train, test), 2),
        lambda train, test: round(right(train, test), 1),
    ],
    "// is the division of whole numbers, 0 unless all are right: write /": [
        lambda train, test: float(test.count(commonest(train)) // len(test))
    ],
    "this is a count: divide by the number of test labels": [
        lambda train, test: float(test.count(commonest(train)))
    ],
    "this was divided by the number of training labels: divide by that of the test labels": [
        lambda train, test: test.count(commonest(train)) / len(train)
    ],
    "this was divided by the number of all labels: divide by that of the test labels": [
        lambda train, test: test.count(commonest(train)) / len(train + test)
    ],
    "this is the share of wrong answers: subtract it from 1": [
        lambda train, test: 1 - right(train, test)
    ],
    "training and test labels were pooled": [
        lambda train, test: share(commonest(train + test), train + test)
    ],
    "test labels were counted in to find the commonest: count the training labels alone": [
        lambda train, test: share(commonest(train + test), test)
    ],
    "this is the largest or smallest label: take the one that occurs most often": [
        lambda train, test: share(max(train), test),
        lambda train, test: share(min(train), test),
    ],
    "this is the first or last training label: take the one that occurs most often": [
        lambda train, test: share(train[0], test),
        lambda train, test: share(train[-1], test),
    ],
    "this is the median or mean label: take the one that occurs most often": [
        lambda train, test: share(sorted(train)[len(train) // 2], test),
        lambda train, test: share(round(sum(train) / len(train)), test),
        lambda train, test: share(sum(train) // len(train), test),
    ],
    "the count of the commonest label was taken for the label: most_common gives (label, count)": [
        lambda train, test: share(train.count(commonest(train)), test)
    ],
    "a place was taken for a label: argmax gives a place among the labels that occur": [
        lambda train, test: share(place_of_commonest(train), test)
    ],
    "no label counts as right: perhaps each is compared with a pair (label, count), or a list": [
        lambda train, test: 0.0
    ],
    "the first test label alone is counted: does `return` stand inside the loop?": [
        lambda train, test: (test[0] == commonest(train)) / len(test),
        lambda train, test: float(test[0] == commonest(train)),
    ],
    "the last test label alone is counted: add to the number in the loop": [
        lambda train, test: (test[-1] == commonest(train)) / len(test),
        lambda train, test: float(test[-1] == commonest(train)),
    ],
    "training and test labels were compared in pairs: they are different items": [
        lambda train, test: sum(a == b for a, b in zip(train, test)) / len(test),
        lambda train, test: sum(a == b for a, b in zip(train, test)) / len(train),
    ],
    "a list was compared with one label, which is one bool: compare each label in a loop": [
        compares_the_list,
        lambda train, test: (test == commonest(train)).mean(),
        lambda train, test: (test == commonest(train)).sum(),
        lambda train, test: (test == commonest(train)).float(),
        lambda train, test: len(test == commonest(train)),
        lambda train, test: list(test == commonest(train)),
    ],
}


def draw_labels(counts: dict[int, int], numbers: random.Random, but: int | None = None) -> Labels:
    """Labels with the given counts, shuffled; the label ``but`` neither begins nor ends them."""
    labels = [label for label, count in counts.items() for _ in range(count)]
    numbers.shuffle(labels)
    while but in (labels[0], labels[-1]):
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
    four = (  # neither the median nor the commonest of both is 1
        draw_labels({0: 2, 1: 8 + a, 2: 7, 3: 7}, numbers, but=1),
        draw_labels({0: 6 + b, 1: 4, 2: 2, 3: 9 + b}, numbers, but=1),
    )
    middle = (
        draw_labels({0: 8, 1: 4, 2: 9 + a, 3: 3, 4: 7}, numbers, but=2),
        draw_labels({0: 2, 1: 9, 2: 3 + b, 3: 5, 4: 6}, numbers),
    )
    gaps = (  # 5 is the commonest, 4 times, in the place 1
        draw_labels({3: 3, 5: 4, 9: 1}, numbers, but=5),
        [5, *draw_labels({1: 3, 3: 4 + b, 4: 1, 5: 1, 9: 3}, numbers, but=5)],
    )
    two = (draw_labels({0: 12 + a, 1: 8}, numbers), draw_labels({0: 5, 1: 13 + b}, numbers))
    absent = (draw_labels({1: 6 + a, 0: 3}, numbers), draw_labels({0: 8 + b}, numbers))
    everywhere = (draw_labels({1: 6 + a, 0: 3}, numbers), [1] * (4 + b))
    cases = [four, middle, gaps, two, absent, everywhere]
    compare(answer, cases, right, BASELINE_MISTAKES, number)
