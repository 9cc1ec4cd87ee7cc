"""One exercise: its check, its hints, and what happens when the learner calls it."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import torch

from course_utils.checks.core import display, progress
from course_utils.checks.core.calling import learners_line
from course_utils.checks.core.compare import Mistakes
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

    def __call__(self, answer: Any = ...) -> None:
        """Check ``answer`` and show the outcome.

        Raises:
            AssertionError: in strict mode alone, unless the answer passed; strict mode leaves the
                progress as it is.
        """
        outcome = self.examine(answer)
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
        numbers = random.Random(seed)
        try:
            with session_restored():
                torch.default_generator.manual_seed(numbers.randrange(2**31))
                self._check(answer, numbers)
        except NotAttempted:
            return self._outcome(NOT_ATTEMPTED, self._more_help())
        except AnswerRaised as raised:
            return self._outcome(RAISED, *self._raised_lines(raised))
        except Mistake as mistake:
            return self._outcome(FAILED, *mistake.lines, self._more_help())
        except (Exception, SystemExit) as error:  # so odd that the check itself stumbles over it
            got = f"the check stumbled over it ({type(error).__name__}: {error})"
            advice = "look at what your code returns: its type, then its shape"
            return self._outcome(FAILED, ("Got", got), ("Likely mistake", advice))
        return self._outcome(PASSED)

    def passed_or(self, answer: Any, course: Any) -> Any:
        """The learner's answer if it passes, else the course's own: so a lesson always goes on."""
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

    def _raised_lines(self, raised: AnswerRaised) -> list[tuple[str, str]]:
        error = raised.error
        lines = [
            ("Called", raised.call),
            ("Exception", f"{type(error).__name__}: {error}"),
            ("Your code", learners_line(error) or "not reached: are the arguments as asked for?"),
        ]
        return [*lines, self._more_help()]

    def _more_help(self) -> tuple[str, str]:
        return "More help", f"check.{self.name}.hint()"


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
