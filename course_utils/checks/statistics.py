"""Checks of lesson 1: the interval, the baseline and calibration."""

import math
import random
from collections import Counter
from typing import Any

import numpy
import torch
from scipy import stats

from course_utils.checks.diagnose import Suspect, compare, number
from course_utils.checks.outcome import Mistake
from course_utils.checks.show import show

Z = 1.959964  # the 97.5 % point of the normal distribution


def wilson(correct: int, n: int, z: float = Z) -> tuple[float, float]:
    """The interval of Wilson (1927)."""
    share, w = correct / n, z * z / n
    centre = (share + w / 2) / (1 + w)
    half = z * math.sqrt(share * (1 - share) / n + w / (4 * n)) / (1 + w)
    return centre - half, centre + half


def wald(correct: int, n: int) -> tuple[float, float]:
    """The textbook interval, which is too narrow near 0 and 1."""
    share = correct / n
    half = Z * math.sqrt(share * (1 - share) / n)
    return share - half, share + half


def agresti_coull(correct: int, n: int, z: float = Z) -> tuple[float, float]:
    """Wald's interval after adding z*z / 2 successes and failures."""
    n_more = n + z * z
    share = (correct + z * z / 2) / n_more
    half = Z * math.sqrt(share * (1 - share) / n_more)
    return share - half, share + half


def clipped(interval: tuple[float, float]) -> tuple[float, float]:
    """The part of an interval between 0 and 1."""
    return max(0.0, interval[0]), min(1.0, interval[1])


def exact(correct: int, n: int) -> tuple[float, float]:
    """The interval of Clopper and Pearson."""
    interval = stats.binomtest(correct, n).proportion_ci(0.95)
    return float(interval.low), float(interval.high)


def centre_and_half(correct: int, n: int) -> tuple[float, float]:
    """Centre and half-width of Wilson's interval."""
    low, high = wilson(correct, n)
    return (low + high) / 2, (high - low) / 2


WALD = (
    "this is Wald's interval, share +- 1.96 standard errors: it has width 0 when all answers are "
    "right"
)
ADJUSTED = "this is Agresti and Coull's interval: Wilson's has z*z / (4*n*n) under the root"
INTERVAL_SUSPECTS: list[Suspect] = [
    (WALD, wald),
    (WALD + "; cutting it at 0 and 1 does not cure that", lambda c, n: clipped(wald(c, n))),
    ("z is 1.645, which gives 90 %: use 1.96", lambda c, n: wilson(c, n, 1.644854)),
    ("z is 1: that is one standard error, about 68 %: use 1.96", lambda c, n: wilson(c, n, 1.0)),
    ("z is 2: use 1.96", lambda c, n: wilson(c, n, 2.0)),
    ("z is 2.576, which gives 99 %: use 1.96", lambda c, n: wilson(c, n, 2.575829)),
    ("these are percents: return shares between 0 and 1",
     lambda c, n: tuple(100 * end for end in wilson(c, n))),
    ("these are numbers of items: return shares between 0 and 1",
     lambda c, n: tuple(n * end for end in wilson(c, n))),
    ("the ends are the wrong way round: return (low, high)", lambda c, n: wilson(c, n)[::-1]),
    ("this is (centre, half-width): return centre - half-width and centre + half-width",
     centre_and_half),
    ("this is the interval of the share of wrong answers", lambda c, n: wilson(n - c, n)),
    (ADJUSTED, agresti_coull),
    (ADJUSTED, lambda c, n: clipped(agresti_coull(c, n))),
    (ADJUSTED, lambda c, n: agresti_coull(c, n, 2.0)),
    ("this is the exact interval (Clopper and Pearson), SciPy's default: Wilson's is narrower",
     exact),
    ("the division by 1 + z*z / n is missing",
     lambda c, n: tuple(end * (1 + Z * Z / n) for end in wilson(c, n))),
]  # fmt: skip


def read_interval(value: Any) -> tuple[float, float]:
    """Read two numbers."""
    pair = isinstance(value, (tuple, list, numpy.ndarray, torch.Tensor)) and len(value) == 2
    if not pair:
        raise Mistake(
            "return two numbers, the low end and the high end", "(low, high)", show(value)
        )
    return number(value[0]), number(value[1])


def wilson_interval(answer: Any, numbers: random.Random) -> None:
    """95 % Wilson interval, in small and middling samples, and at the edges."""
    sizes = [numbers.randint(8, 15), numbers.randint(20, 60), numbers.randint(80, 160)]
    cases = [(round(n * numbers.uniform(0.6, 0.8)), n) for n in sizes]
    edges = [(sizes[0] - 1, sizes[0]), (0, sizes[0]), (sizes[1], sizes[1])]
    compare(answer, cases + edges, wilson, INTERVAL_SUSPECTS, read_interval, 1e-4)


def commonest(labels: list[int]) -> int:
    """The label that occurs most often."""
    return Counter(labels).most_common(1)[0][0]


def share(label: int, labels: list[int]) -> float:
    """Share of one label."""
    return labels.count(label) / len(labels)


BASELINE_SUSPECTS: list[Suspect] = [
    ("the commonest label was taken from the test labels: nothing may be learned from them",
     lambda train, test: share(commonest(test), test)),
    ("this is the accuracy on the training labels: count on the test labels",
     lambda train, test: share(commonest(train), train)),
    ("this is the commonest label itself: return its accuracy on the test labels",
     lambda train, test: float(commonest(train))),
    ("this is the share of the least common label",
     lambda train, test: share(min(set(train), key=train.count), test)),
    ("this always answers label 1, whatever is commonest",
     lambda train, test: share(1, test)),
    ("this always answers label 0, whatever is commonest",
     lambda train, test: share(0, test)),
    ("this is 1 / number of classes, the accuracy of guessing evenly",
     lambda train, test: 1 / len(set(train))),
    ("these are percents: return a share between 0 and 1",
     lambda train, test: 100 * share(commonest(train), test)),
    ("this is a count: divide by the number of test labels",
     lambda train, test: float(test.count(commonest(train)))),
    ("this was divided by the number of training labels: divide by that of the test labels",
     lambda train, test: test.count(commonest(train)) / len(train)),
    ("this is the share of wrong answers: subtract it from 1",
     lambda train, test: 1 - share(commonest(train), test)),
    ("training and test labels were pooled", lambda train, test: share(
        commonest(train + test), train + test)),
    ("this is the largest label: take the one that occurs most often",
     lambda train, test: share(max(train), test)),
]  # fmt: skip


def draw_labels(counts: dict[int, int], numbers: random.Random) -> list[int]:
    """Labels with the given counts, shuffled."""
    labels = [label for label, count in counts.items() for _ in range(count)]
    numbers.shuffle(labels)
    return labels


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

    compare(answer, [three, two, absent], right, BASELINE_SUSPECTS, number)
