"""The choices of the decision figure, from what was measured (lesson 6).

Every number comes from the studies and the lab book; a choice without its numbers is left out.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Protocol

from course_utils.methods.names import Method
from course_utils.recorded.gap_counts import gap_counts
from course_utils.recorded.labels import WORDS
from course_utils.recorded.ladder import TRAINED, ZERO_SHOT, Rung
from course_utils.recorded.learning_curves import crossing_of, curve, more_labels
from course_utils.show.decision import Choice
from course_utils.show.learning_curves import two_digits

FULL, LORA, SOFT = Method.FULL.value, Method.LORA.value, Method.PROMPT_TUNING.value
QLORA = Method.QLORA.value


class Measured(Protocol):
    """A result of the lab book."""

    @property
    def accuracy(self) -> float:
        """On the test items."""

    @property
    def peak_memory(self) -> int:
        """Bytes, while training."""

    @property
    def disk(self) -> int:
        """Bytes beside the base model."""


def choices(
    study: Iterable[Rung], ladder: Iterable[Rung], results: Mapping[str, Measured]
) -> list[Choice]:
    """What to use, in the order in which to ask; choices without numbers are left out.

    Args:
        study: of labels, see ``recorded.labels``.
        ladder: see ``recorded.ladder``.
        results: of the lab book on the course's task, by the name of the method.
    """
    study, ladder = list(study), list(ladder)
    found = [
        _no_labels(study, ladder),
        _few_labels(study),
        _small_memory(results),
        _many_tasks(ladder, results),
        _less_memory(ladder, results),
        _all_else(ladder),
    ]
    return [choice for choice in found if choice is not None]


def _no_labels(study: list[Rung], ladder: list[Rung]) -> Choice | None:
    plain = [point for point in curve(study, WORDS) if not point.labels]
    parts = [f"accuracy {point.accuracy:.3f} on {study[0].task} without a label" for point in plain]
    parts += [f"the best of several prompts {text}" for text in _behind(ladder, ZERO_SHOT)]
    return Choice("No labels?", ZERO_SHOT, _joined(parts)) if parts else None


def _few_labels(study: list[Rung]) -> Choice | None:
    """Until some trained method stays ahead of the prompts beyond doubt, its validation counted."""
    found = {method: crossing_of(study, method, WORDS) for method in TRAINED}
    known = {method: each for method, each in found.items() if each is not None}
    if not known:
        return None
    first, more = min(known, key=lambda method: known[method].sure), more_labels(study)
    sure, last = known[first].sure, known[first].labels[-1]
    if math.isinf(sure):
        question = f"At most {last + more:,} labels?"
        because = "no trained method stays ahead of the prompts beyond doubt by then"
    else:
        question = f"Fewer than about {two_digits(sure + more)} labels?"
        because = (
            f"with {two_digits(sure)} to learn from and {more} to choose rate and weights by, "
            f"{first} stays ahead of the best prompt beyond doubt"
        )
    return Choice(question, "best prompt of several", _joined([because]))


def _small_memory(results: Mapping[str, Measured]) -> Choice | None:
    if QLORA not in results or LORA not in results:
        return None
    small, usual = results[QLORA], results[LORA]
    because = (
        f"peak {_size(small.peak_memory)} against {_size(usual.peak_memory)} of LoRA; accuracy "
        f"{small.accuracy:.3f} against {usual.accuracy:.3f}, in the lab book"
    )
    return Choice("Too little memory for the frozen weights in 16 bits?", QLORA, _joined([because]))


def _many_tasks(ladder: list[Rung], results: Mapping[str, Measured]) -> Choice | None:
    parts = []
    if SOFT in results:
        others = [f"{m} {_size(results[m].disk)}" for m in (LORA, FULL) if m in results]
        against = f" ({', '.join(others)})" if others else ""
        parts.append(f"{_size(results[SOFT].disk)} a task{against}")
    parts += _behind(ladder, SOFT)
    return Choice("Many tasks beside one model?", SOFT, _joined(parts)) if parts else None


def _less_memory(ladder: list[Rung], results: Mapping[str, Measured]) -> Choice | None:
    parts = []
    if LORA in results and FULL in results:
        peaks = _size(results[LORA].peak_memory), _size(results[FULL].peak_memory)
        parts.append(f"peak {peaks[0]} against {peaks[1]} of {FULL}")
    parts += _behind(ladder, LORA)
    return Choice(f"Too little memory for {FULL}?", LORA, _joined(parts)) if parts else None


def _all_else(ladder: list[Rung]) -> Choice | None:
    counts = gap_counts(ladder, LORA)
    if counts is None:
        return None
    use = FULL if counts.ahead else f"{LORA} or {FULL}"
    because = (
        f"ahead of {LORA} in {counts.ahead} and behind it in {counts.behind} of {counts.cells} "
        "cells of a model and a task, corrected by Holm"
    )
    return Choice("None of these?", use, _joined([f"{FULL} is {because}"]))


def _behind(ladder: list[Rung], method: str) -> list[str]:
    """One sentence on the range of the gaps at the end, or none."""
    counts = gap_counts(ladder, method)
    if counts is None:
        return []
    return [
        f"{counts.least:.1f} to {counts.most:.1f} points behind {FULL}, beyond doubt in "
        f"{counts.ahead} of {counts.cells} cells (Holm)"
    ]


def _joined(parts: list[str]) -> str:
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _size(count: float) -> str:
    """Bytes with a decimal unit and two or three digits."""
    for unit in ("B", "kB", "MB"):
        if count < 999.5:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.2f} GB"
