"""What the model writes when it is asked, as ``experiments free_text`` measured it.

Lesson 1, *Let it write*.
"""

import dataclasses
from typing import Any

from course_utils.measure.evaluation import wilson_interval
from course_utils.recorded.reports import read_report


@dataclasses.dataclass(frozen=True)
class Share:
    """How many of how many.

    Attributes:
        count: 0 to ``n``.
        n: at least 1.
    """

    count: int
    n: int

    @property
    def value(self) -> float:
        """In [0, 1]."""
        return self.count / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval."""
        return wilson_interval(self.count, self.n)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}, {high:.3f}], n = {self.n}"


@dataclasses.dataclass(frozen=True)
class Design:
    """One way to ask, and what came of it.

    Attributes:
        template, prefix: of its prompt; see ``data.prompts.Prompt``.
        label_words: whose probabilities were compared after the same prompt.
        new_tokens: where a reply was cut off.
        correct: one character an item, ``1`` where the label in the reply is the right one.
        parsed: ``1`` where the reply names a label at all.
        scored: ``1`` where the label word with the higher probability is right; empty where the
            label words were not scored.
        same_alone: how many of the first ``alone`` replies are the same when the model writes them
            one at a time, up to the tokens written then.
        alone: how many were tried.
        tokens: written for all items together.
        seconds: of writing them.
        samples: the first replies: ``text``, ``label``, ``reply`` and ``answer`` (None where it
            names no label) of each.
    """

    template: str
    prefix: str
    label_words: list[str]
    new_tokens: int
    correct: str
    parsed: str
    scored: str
    same_alone: int
    alone: int
    tokens: int
    seconds: float
    samples: list[dict[str, Any]]

    @property
    def parse_rate(self) -> Share:
        """Replies that name a label."""
        return Share(self.parsed.count("1"), len(self.parsed))

    @property
    def accuracy(self) -> Share:
        """Right ones of all items: a reply without a label is wrong."""
        return Share(self.correct.count("1"), len(self.correct))

    @property
    def accuracy_of_parsed(self) -> Share | None:
        """Right ones of the replies that name a label; None where none does."""
        parsed = self.parsed.count("1")
        return Share(self.correct.count("1"), parsed) if parsed else None

    @property
    def accuracy_of_scores(self) -> Share | None:
        """The same prompt with label words, on the same items; None where it was not scored."""
        return Share(self.scored.count("1"), len(self.scored)) if self.scored else None


@dataclasses.dataclass(frozen=True)
class FreeText:
    """The report.

    Attributes:
        settings: of the study.
        designs: by name, in the order in which they were tried.
        device, versions, date: where, with what and when (UTC) it was run.
    """

    settings: dict[str, Any]
    designs: dict[str, Design]
    device: str
    versions: dict[str, str]
    date: str


def recorded_free_text() -> FreeText:
    """What ``study_free_text`` reported when the course was made.

    Raises:
        CourseError: it was not recorded.
    """
    report = read_report("free_text", "free_text")
    designs = {name: Design(**row) for name, row in report.pop("designs").items()}
    return FreeText(**report, designs=designs)
