"""Sentences that the numbers decide: what is ahead, what rose, what holds.

Lessons print their verdicts and take the titles of their figures from here, so that no sentence
says what the numbers beside it deny. A quick run is too short to decide anything: there, a claim
about its own measurements is not tested, and the sentence says so.
"""

from typing import Protocol

from course_utils.measure.evaluation import Comparison, compare
from course_utils.measure.perplexity import Change
from course_utils.settings import quick

NOT_TESTED = "not tested in a quick run"


class Answers(Protocol):
    """Answers to known items: an ``Evaluation``, or a result of the lab book."""

    @property
    def correct(self) -> str:
        """One character an item, ``1`` where right."""

    @property
    def items(self) -> str:
        """Fingerprint of the items."""


class Interval(Protocol):
    """A difference in accuracy with its 95 % interval: ``Comparison`` or ``Difference``."""

    @property
    def difference(self) -> float:
        """In [-1, 1]."""

    @property
    def low(self) -> float:
        """Lower end."""

    @property
    def high(self) -> float:
        """Upper end."""


def source() -> str:
    """How results of this run are labelled, as in the lab book: ``yours`` or ``quick``."""
    return "quick" if quick() else "yours"


def paired(first: Answers, second: Answers) -> Comparison | None:
    """The two compared item by item; None where they did not answer the same items."""
    return compare(first.correct, second.correct) if first.items == second.items else None


def order(first: str, second: str, difference: Interval | None, recorded: bool = False) -> str:
    """Is ``first`` ahead of ``second``, behind it, or can the two not be told apart?

    Args:
        first, second: names, as they stand in a sentence.
        difference: of the first less the second; None where there is none, see ``paired``.
        recorded: both were measured in full elsewhere, so a quick run decides it too.

    Returns:
        A sentence without numbers, which repeats wherever the verdict does.
    """
    if difference is None:
        return f"{first} against {second}: no common items to compare"
    if quick() and not recorded:
        return f"{first} against {second}: {NOT_TESTED}"
    if difference.low > 0:
        return f"{first} is ahead of {second}"
    if difference.high < 0:
        return f"{first} is behind {second}"
    return f"{first} cannot be told from {second}"


def versus(first: str, second: str, difference: Interval | None, recorded: bool = False) -> str:
    """``order`` with the difference in points and its interval after it."""
    sentence = order(first, second, difference, recorded)
    if difference is None:
        return sentence
    low, high = 100 * difference.low, 100 * difference.high
    return f"{sentence}: {100 * difference.difference:+.1f} points [{low:+.1f}, {high:+.1f}]"


def title(first: str, second: str, difference: Interval | None) -> str:
    """``order`` as the title of a figure; without a claim where there is none to make."""
    if difference is None or quick():
        return f"{first} against {second}{' (quick run)' if quick() else ''}"
    return order(first, second, difference)


def message(claim: str, condition: bool, neutral: str) -> str:
    """The title of a figure of recorded results: its claim if they bear it out, else neutral."""
    return claim if condition else neutral


def trend(name: str, change: Change) -> str:
    """Did a perplexity rise or fall, by an interval that excludes 1?"""
    if quick():
        return f"{name}: {NOT_TESTED}"
    if change.low > 1:
        return f"{name} rose: the interval excludes 1"
    if change.high < 1:
        return f"{name} fell: the interval excludes 1"
    return f"{name}: no change can be shown, as the interval covers 1"


def measured(claim: str, condition: bool, numbers: str = "") -> str:
    """A claim about what this run measured: it holds, or not, or a quick run does not test it.

    Args:
        claim: what is claimed, without a full stop.
        condition: the claim, computed from the numbers.
        numbers: those that decide it, where they do not stand above.
    """
    return _sentence(claim, NOT_TESTED if quick() else _verdict(condition), numbers)


def exact(claim: str, condition: bool, numbers: str = "") -> str:
    """A claim that does not depend on how long a run is, such as an identity: it holds, or not.

    Args:
        claim, condition, numbers: as for ``measured``.
    """
    return _sentence(claim, _verdict(condition), numbers)


def _verdict(condition: bool) -> str:
    return "holds" if condition else "does not hold"


def _sentence(claim: str, verdict: str, numbers: str) -> str:
    return f"{claim}: {verdict} ({numbers})" if numbers else f"{claim}: {verdict}"
