"""One exercise: its check, its hints, and what happens when the learner calls it."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy
import torch

from course_utils.checks.core import display, progress
from course_utils.checks.core.calling import learners_line
from course_utils.checks.core.compare import Mistakes
from course_utils.checks.core.errors import cause_of
from course_utils.checks.core.limits import StillRunning, first_lines, time_limit
from course_utils.checks.core.outcome import (
    FAILED,
    NOT_ATTEMPTED,
    PASSED,
    RAISED,
    AnswerRaised,
    Mistake,
    NotAttempted,
    Outcome,
)
from course_utils.checks.core.session import session_restored
from course_utils.settings import strict

SECONDS = 20.0  # until an answer is stopped; a check takes 3 at most
Check = Callable[[Any, random.Random], None]
EXERCISES: dict[str, dict[str, "Exercise"]] = {}  # by lesson, then by name; see ``exercise``


class Exercise:
    """Call it with the learner's answer: it shows the outcome and keeps the progress.

    Args:
        lesson: such as ``lesson01``.
        name: of the learner's function or value.
        check: takes the answer and a source of random numbers; raises ``Mistake`` if it is wrong.
        hints: from the gentlest to the plainest.
        mistakes: what learners get wrong, each sentence with the wrong answers that it explains.
    """

    def __init__(
        self,
        lesson: str,
        name: str,
        check: Check,
        hints: Sequence[str],
        mistakes: Mistakes | None = None,
    ):
        self.lesson, self.name, self.hints = lesson, name, tuple(hints)
        self.mistakes = mistakes or {}
        self._check = check
        self._next_hint = 0
        self._endless: Any = object()  # the last answer that was still running at the time limit

    def __call__(self, answer: Any = ..., seed: int | None = None) -> None:
        """Check ``answer`` and show the outcome.

        Args:
            answer: the learner's function or value.
            seed: of the inputs, as an outcome names it; drawn afresh if not given.

        Raises:
            AssertionError: in strict mode alone, unless the answer passed; strict mode leaves the
                progress as it is.
        """
        with first_lines():
            outcome = self.examine(answer, seed)
        if not strict():
            progress.record(self.lesson, self.name, outcome.state)
        elif outcome.state != PASSED:
            raise AssertionError(outcome.text) from None
        display.show_outcome(outcome)

    def examine(self, answer: Any, seed: int | None = None) -> Outcome:
        """Check ``answer`` without showing or keeping anything.

        Args:
            answer: the learner's function or value.
            seed: of the inputs; drawn afresh if not given. The session is left as it was, see
                ``core.session``.
        """
        if answer is None or answer is ...:
            return self._outcome(NOT_ATTEMPTED, self._more_help())
        seed = random.SystemRandom().randrange(10**6) if seed is None else seed
        try:
            with session_restored(), time_limit(SECONDS):
                _sow(seed)
                self._check(answer, random.Random(seed))
        except NotAttempted:
            return self._outcome(NOT_ATTEMPTED, self._more_help())
        except AnswerRaised as raised:
            return self._outcome(RAISED, *_raised_lines(raised), *self._more(seed))
        except Mistake as mistake:
            return self._outcome(FAILED, *mistake.lines, *self._more(seed))
        except StillRunning as stopped:
            self._endless = answer
            return self._outcome(FAILED, *_endless_lines(stopped), *self._more(seed))
        except (Exception, SystemExit) as error:  # so odd that the check itself stumbles over it
            got = f"the check stumbled over it ({type(error).__name__}: {error})"
            advice = "look at what your code returns: its type, then its shape"
            return self._outcome(
                FAILED, ("Got", got), ("Likely mistake", advice), *self._more(seed)
            )
        return self._outcome(PASSED)

    def passed_or(self, answer: Any, course: Any) -> Any:
        """The learner's answer if it passes, else the course's own: so a lesson always goes on.

        An answer that did not come back in its check is not run again.
        """
        if answer is not self._endless:
            with first_lines(0):
                if self.examine(answer).state == PASSED:
                    return answer
        print(f"{self.name}: the course's own version is used until yours passes.")
        return course

    def hint(self) -> None:
        """Show the next hint; after the last one say so, then begin again."""
        total = len(self.hints)
        if self._next_hint == total:
            display.show_hint(self.name, f"that was the last hint; all {total} again from here on")
            self._next_hint = 0
            return
        self._next_hint += 1
        text = f"hint {self._next_hint} of {total}: {self.hints[self._next_hint - 1]}"
        display.show_hint(self.name, text)

    def _outcome(self, state: str, *lines: tuple[str, str]) -> Outcome:
        return Outcome(self.name, state, lines)

    def _more_help(self) -> tuple[str, str]:
        return "More help", f"check.{self.name}.hint()"

    def _more(self, seed: int) -> tuple[tuple[str, str], ...]:
        again = f"check.{self.name}({self.name}, seed={seed})"
        return self._more_help(), ("Same inputs again", again)


def _sow(seed: int) -> None:
    """Make all random numbers of a check follow from its seed."""
    random.seed(seed)
    numpy.random.seed(seed)
    torch.default_generator.manual_seed(seed)


def _raised_lines(raised: AnswerRaised) -> list[tuple[str, str]]:
    error = raised.error
    lines = [
        ("Called", raised.call),
        ("Exception", f"{type(error).__name__}: {error}"),
        ("Your code", learners_line(error) or "not reached: are the arguments as asked for?"),
        ("Likely mistake", raised.likely or cause_of(error)),
    ]
    return [(heading, text) for heading, text in lines if text]


def _endless_lines(stopped: StillRunning) -> list[tuple[str, str]]:
    lines = [
        ("Got", f"still running after {SECONDS:g} s"),
        ("Your code", learners_line(stopped)),
        ("Likely mistake", "is there a loop without end? Look at what should end it"),
    ]
    return [(heading, text) for heading, text in lines if text]


def exercise(
    *, hints: Sequence[str], mistakes: Mistakes | None = None
) -> Callable[[Check], Exercise]:
    """Make an exercise of a check: its name is the function's, its lesson the folder's.

    Args:
        hints: from the gentlest to the plainest.
        mistakes: all tables that the check compares with, as one.
    """

    def make(check: Check) -> Exercise:
        lesson = check.__module__.split(".")[-2]
        made = Exercise(lesson, check.__name__, check, hints, mistakes)
        made.__doc__ = check.__doc__
        EXERCISES.setdefault(lesson, {})[made.name] = made
        return made

    return make


def progress_of(package: str) -> Callable[[], None]:
    """The function ``progress`` of a lesson's checks.

    Args:
        package: ``__name__`` of the lesson's folder; its exercises are shown in the order in which
            they were imported.
    """
    lesson = package.rpartition(".")[2]

    def show() -> None:
        """Show the state of each exercise of the lesson: the best one ever reached."""
        number = int(lesson.removeprefix("lesson"))
        progress.show(f"Lesson {number}", lesson, tuple(EXERCISES.get(lesson, {})))

    return show
