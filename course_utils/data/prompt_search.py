"""A search for a prompt: candidates from parts, and the budget that the better ones get (lesson 1).

Candidates that the model itself proposes: ``methods.prompt_proposals``.
"""

import dataclasses
import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from course_utils.errors import CourseError
from course_utils.validate import number, refusal, whole

T = TypeVar("T")


def recombinations(parts: dict[str, list[str]], seed: int, k: int) -> list[str]:
    """Draw ``k`` different templates from all combinations of parts.

    Args:
        parts: the choices for each part, such as an instruction, a body with ``{text}`` and a cue,
            in the order in which they stand in the template, each on a line of its own. An empty
            choice leaves the part out.
        seed: of the draw.
        k: how many.

    Raises:
        CourseError: a part has no choice, there are fewer different templates than ``k``, or a
            setting is no whole number.
    """
    seed, k = whole("seed", seed, 0), whole("k", k, 1)
    for name, choices in parts.items():
        if isinstance(choices, str) or not choices:
            raise refusal(f"parts['{name}']", choices, "a list of at least one choice")
    combined = itertools.product(*parts.values())
    templates = list(dict.fromkeys("\n".join(filter(None, chosen)) for chosen in combined))
    if k > len(templates):
        raise CourseError(
            f"The parts make {len(templates)} different templates, fewer than k = {k}",
            "draw fewer, or add choices",
        )
    return random.Random(seed).sample(templates, k)


@dataclasses.dataclass(frozen=True)
class Rung(Generic[T]):
    """One round of a search.

    Attributes:
        items: number of items that each candidate was scored on.
        scores: candidates with their scores, the best first.
    """

    items: int
    scores: tuple[tuple[T, float], ...]


@dataclasses.dataclass(frozen=True)
class Log(Generic[T]):
    """What a search has cost.

    Attributes:
        rungs: its rounds, in their order.
    """

    rungs: tuple[Rung[T], ...]

    @property
    def prompts_tried(self) -> int:
        """Number of different candidates."""
        return len(self.rungs[0].scores)

    @property
    def items_scored(self) -> int:
        """Number of evaluations, one for each item and candidate in each rung: the trial labels.

        The labelled items that it takes are as many as the last rung's, used again and again.
        """
        return sum(rung.items * len(rung.scores) for rung in self.rungs)


def successive_halving(
    candidates: Iterable[T],
    score: Callable[[T, int], float],
    rungs: Sequence[int] = (50, 100, 200),
) -> tuple[T, Log[T]]:
    """The best candidate, where most of the budget goes to the better ones.

    All are scored on a few items, the better half on more, and so on (Jamieson and Talwalkar 2016);
    of an odd number, the middle one stays, and of equal ones, the earlier. The winner's score is
    the highest of many, so it is too good: measure the winner on items that the search has not
    seen.

    Args:
        candidates: such as templates; of equal ones the first counts.
        score: ``score(candidate, n)`` on the first ``n`` items, higher is better; must be finite.
        rungs: number of items in each round, rising.

    Returns:
        The candidate that is first in the last rung, and the log.

    Raises:
        CourseError: there is no candidate, ``rungs`` do not rise from 1 on, or a score is not
            finite.
    """
    rungs = [whole("rungs", n, 1) for n in rungs]
    if not rungs or rungs != sorted(set(rungs)):
        raise refusal("rungs", rungs, "numbers of items that rise, such as (50, 100, 200)")
    left = list(dict.fromkeys(candidates))
    if not left:
        raise CourseError("There is no candidate to choose from", "give at least one")
    log = []
    for n in rungs:
        scored = [(candidate, number("score", score(candidate, n))) for candidate in left]
        scored.sort(key=lambda pair: -pair[1])  # stable: of equal ones, the earlier stays ahead
        log.append(Rung(n, tuple(scored)))
        left = [candidate for candidate, _ in scored[: (len(scored) + 1) // 2]]
    return left[0], Log(tuple(log))
