"""One exercise: its check, its hints, and what happens when the learner calls it."""

import os
import random
from collections.abc import Callable
from typing import Any

import torch

from course_utils.checks import display, progress
from course_utils.checks.calling import learners_line
from course_utils.checks.outcome import (
    FAILED,
    NOT_ATTEMPTED,
    PASSED,
    RAISED,
    AnswerRaised,
    Mistake,
    NotAttempted,
    Outcome,
)

Check = Callable[[Any, random.Random], None]


def strict() -> bool:
    """Must a failure raise? With ``COURSE_STRICT=1``, and whenever nbgrader runs the notebook."""
    asked = os.environ.get("COURSE_STRICT", "") not in ("", "0")
    return asked or "NBGRADER_EXECUTION" in os.environ  # autograde or validate; nbgrader 0.9


class Exercise:
    """Call it with the learner's answer: it shows the outcome and keeps the progress.

    Args:
        lesson: such as ``lesson01``.
        name: of the learner's function or value.
        check: takes the answer and a source of random numbers; raises ``Mistake`` if it is wrong.
        hints: from the gentlest to the plainest.
    """

    def __init__(self, lesson: str, name: str, check: Check, hints: tuple[str, ...]):
        self.lesson, self.name, self.hints = lesson, name, hints
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
            seed: of the inputs; drawn afresh if not given. PyTorch's own random state is left as
                it was.
        """
        if answer is None or answer is ...:
            return self._outcome(NOT_ATTEMPTED)
        numbers = random.Random(seed)
        try:
            with torch.random.fork_rng(devices=[]), torch.enable_grad():
                torch.default_generator.manual_seed(numbers.randrange(2**31))
                self._check(answer, numbers)
        except NotAttempted:
            return self._outcome(NOT_ATTEMPTED)
        except AnswerRaised as raised:
            return self._outcome(RAISED, *self._raised_lines(raised))
        except Mistake as mistake:
            return self._outcome(FAILED, *mistake.lines, self._more_help())
        except Exception as error:  # a value so odd that the check itself stumbles over it
            came = f"the check stumbled over it ({type(error).__name__}: {error})"
            advice = "look at what your code returns: its type, then its shape"
            return self._outcome(FAILED, ("Came", came), ("Likely mistake", advice))
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
