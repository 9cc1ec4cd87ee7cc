"""What is said of the methods' performance, held against the records (lesson 6, at its end).

Each sentence rests on comparisons of accuracies, on slopes, or on costs. The p-values of all
comparisons and slopes are corrected together, see ``measure.holm``; the numbers decide the verdict.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from course_utils.measure.holm import holm
from course_utils.measure.seeds import p_within
from course_utils.methods.names import Method
from course_utils.recorded.comparisons import Compared, comparisons
from course_utils.recorded.gap_trends import gap_trends
from course_utils.recorded.ladder import FEW_SHOT, ZERO_SHOT, Rung
from course_utils.recorded.model_names import models_of

HOLDS, IN_PART, MIXED = "holds", "in part", "mixed"
REFUTED, NOT_SHOWN = "refuted", "not shown"
MARGIN = 0.03  # shares: accuracies that are less apart are called comparable
FRACTION, LITTLE = 0.5, 0.1  # of the other's: at most this is a fraction, is little
WORDS = (ZERO_SHOT, FEW_SHOT)
FULL, LORA, TUNED = Method.FULL.value, Method.LORA.value, Method.PROMPT_TUNING.value


@dataclasses.dataclass(frozen=True)
class Sentence:
    """A sentence and what became of it.

    Attributes:
        claim: its words.
        tested: what was compared.
        verdict: ``HOLDS``, ``IN_PART``, ``MIXED``, ``REFUTED`` or ``NOT_SHOWN``.
        numbers: that decide it.
        comparisons: p-values that went into the correction; 0 for costs.
    """

    claim: str
    tested: str
    verdict: str
    numbers: str
    comparisons: int = 0


@dataclasses.dataclass(frozen=True)
class Evidence:
    """One comparison or slope.

    Attributes:
        points: what was found; its sign says for or against.
        speaks_for: does it point in the direction of the sentence?
        p: of it.
    """

    points: float
    speaks_for: bool
    p: float


def sentences(
    ladder: Iterable[Rung],
    costs: Mapping[str, Mapping[str, float]],
    held: Mapping[str, tuple[float, float]],
    switch: float,
    load: float,
) -> list[Sentence]:
    """Each sentence with its verdict.

    Args:
        ladder: of ``recorded.ladder``.
        costs: method to costs by name, such as bytes and seconds, of full fine-tuning and LoRA,
            among them ``DISK``.
        held: LoRA and QLoRA to what a model takes before the steps, and at the peak, in GiB.
        switch, load: milliseconds of switching an adapter, and of loading a model.
    """
    ladder = list(ladder)
    evidence = _evidence(ladder)
    stands = iter(holm([each.p for *_, found in evidence for each in found]))
    judged = [
        _judged(claim, tested, [(each, next(stands)) for each in found])
        for claim, tested, found in evidence
    ]
    return [*judged, fraction(costs), little(costs, switch, load), less_memory(held)]


def _evidence(ladder: list[Rung]) -> list[tuple[str, str, list[Evidence]]]:
    """Claim, what is tested, and what was found, of each sentence that the ladder decides."""
    found = comparisons(ladder)
    smallest = next(iter(models_of(ladder)), "")
    strongest = [c for c in found if c.model == smallest and c.second == FULL]
    trailing = [c for c in found if c.first in WORDS and c.second in (FULL, TUNED)]
    alike = [c for c in found if (c.first, c.second) == (LORA, FULL)]
    slopes = [
        Evidence(each.trend.slope, each.trend.slope < 0, each.p)
        for each in gap_trends(ladder, TUNED).values()
    ]
    return [
        ("Full fine-tuning is strongest on small models",
         "smallest model: its lead over each other method, by task", _ahead(strongest)),
        ("prompt tuning approaches it as models grow",
         "slope of the gap for ten times the size, by task", slopes),
        ("prompt engineering trails both",
         "their leads over zero- and few-shot, by model and task", _ahead(trailing)),
        ("LoRA ... comparable quality",
         f"full less LoRA within {100 * MARGIN:.0f} points, by model and task", _alike(alike)),
    ]  # fmt: skip


def _ahead(found: Sequence[Compared]) -> list[Evidence]:
    """Does the method that trains more lead?"""
    return [
        Evidence(100 * c.difference.difference, c.difference.difference > 0, c.difference.p)
        for c in found
    ]


def _alike(found: Sequence[Compared]) -> list[Evidence]:
    """Nearer to each other than the margin where that is likelier than that they differ."""
    rows = []
    for c in found:
        within, points = p_within(*c.answers, MARGIN), 100 * c.difference.difference
        near = abs(c.difference.difference) < MARGIN
        rows.append(Evidence(points, near, within if near else c.difference.p))
    return rows


def _judged(claim: str, tested: str, found: list[tuple[Evidence, bool]]) -> Sentence:
    standing = [each.speaks_for for each, stands in found if stands]
    right, wrong, n = standing.count(True), standing.count(False), len(found)
    numbers = f"{right} for, {wrong} against, {n - right - wrong} open"
    if found:
        points = [each.points for each, _ in found]
        numbers += f"; {min(points):+.1f} to {max(points):+.1f} points"
    return Sentence(claim, tested, verdict(right, wrong, n), numbers, n)


def verdict(right: int, wrong: int, n: int) -> str:
    """One word, or two, for so many comparisons that stand for a sentence and against it, of n."""
    if right and wrong:
        return MIXED
    if wrong:
        return REFUTED
    if right:
        return HOLDS if right == n else IN_PART
    return NOT_SHOWN


DISK = "bytes"


def fraction(costs: Mapping[str, Mapping[str, float]]) -> Sentence:
    """Is each cost of LoRA at most ``FRACTION`` of full fine-tuning's?"""
    shares = {name: value / costs[FULL][name] for name, value in costs[LORA].items()}
    small = sum(share <= FRACTION for share in shares.values())
    numbers = ", ".join(f"{name} {share:.1%}" for name, share in shares.items())
    word = {0: REFUTED, len(shares): HOLDS}.get(small, IN_PART)
    tested = f"each cost: at most {FRACTION:.0%} of full fine-tuning's"
    return Sentence("LoRA ... at a fraction of the cost", tested, word, numbers)


def little(costs: Mapping[str, Mapping[str, float]], switch: float, load: float) -> Sentence:
    """Are bytes and milliseconds at most ``LITTLE`` of full fine-tuning's, and of loading?"""
    share = costs[LORA][DISK] / costs[FULL][DISK]
    small = (share <= LITTLE) + (switch <= LITTLE * load)
    numbers = f"bytes {share:.1%}; {switch:.0f} ms, to load a model {load:,.0f} ms"
    word = (REFUTED, IN_PART, HOLDS)[small]
    tested = f"at most {LITTLE:.0%} of a model's bytes and of its loading time"
    return Sentence("Adapters take little disk and switch quickly", tested, word, numbers)


def less_memory(held: Mapping[str, tuple[float, float]]) -> Sentence:
    """Does QLoRA hold less than LoRA, before the steps and at the peak?"""
    lora, qlora = held[LORA], held[Method.QLORA.value]
    less = sum(own < other for own, other in zip(qlora, lora))
    numbers = f"held {qlora[0]:.2f} GiB, not {lora[0]:.2f}; peak {qlora[1]:.2f}, not {lora[1]:.2f}"
    word = (REFUTED, IN_PART, HOLDS)[less]
    return Sentence("QLoRA ... saves more memory", "against LoRA, on a GPU", word, numbers)
