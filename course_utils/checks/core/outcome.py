"""What a check can say: one of four states, and the words that explain it."""

import dataclasses

NOT_ATTEMPTED, RAISED, FAILED, PASSED = "not attempted yet", "raised", "failed", "passed"
STATES = (NOT_ATTEMPTED, RAISED, FAILED, PASSED)  # from the worst to the best


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The answer of a check.

    Attributes:
        exercise: name of the exercise.
        state: one of ``STATES``.
        lines: pairs of a heading (such as ``Expected``) and its text.
    """

    exercise: str
    state: str
    lines: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """All of it in plain text, one line a heading."""
        width = max((len(heading) for heading, _ in self.lines), default=0) + 1
        body = [f"  {heading + ':':<{width}} {text}" for heading, text in self.lines]
        return "\n".join([f"{self.exercise}: {self.state}", *body])


class NotAttempted(Exception):
    """The learner has not written this yet: the stub stands as it was."""


class AnswerRaised(Exception):
    """The learner's code raised.

    Args:
        error: what it raised.
        call: the call that did it, as text.
        likely: the likely mistake, as a sentence without a final full stop; "" if none is known.
    """

    def __init__(self, error: BaseException, call: str, likely: str = ""):
        super().__init__(str(error))
        self.error, self.call, self.likely = error, call, likely


class Mistake(Exception):
    """The answer is wrong.

    Args:
        likely: the likely mistake, as a sentence without a final full stop.
        expected: what a right answer gives.
        got: what this answer gave.
        call: the call that gave it, as text.
    """

    def __init__(self, likely: str, expected: str = "", got: str = "", call: str = ""):
        super().__init__(likely)
        self.likely, self.expected, self.got, self.call = likely, expected, got, call

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a heading and its text, without those that say nothing."""
        lines = (
            ("Called", self.call),
            ("Expected", self.expected),
            ("Got", self.got),
            ("Likely mistake", self.likely),
        )
        return tuple((heading, text) for heading, text in lines if text)


class WrongForm(Mistake):
    """The answer is of another type or shape than asked for: often a usual mistake shows so."""
