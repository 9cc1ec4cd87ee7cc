"""QLoRA of a larger model from training to use, as ``experiments qlora_end_to_end`` measured it.

Lesson 5, *A model ten times as large, from training to use*.
"""

import dataclasses
from typing import Any

from course_utils.measure.answered import Answered
from course_utils.recorded.qlora import Trial
from course_utils.recorded.reports import read_report
from course_utils.recorded.rows import from_row

NAME = "qlora_end_to_end"  # of the study and of its report
UNTRAINED, TRAINED, LOADED = "untrained", "trained", "saved and loaded"
MERGED = "merged: "  # and the way


@dataclasses.dataclass(frozen=True)
class State(Answered):
    """The model at one point of the way.

    Attributes:
        arm: ``LoRA`` or ``QLoRA``: what lies under the adapters, 16 bits or NF4.
        state: ``UNTRAINED``, ``TRAINED``, ``LOADED``, or ``MERGED`` and the weights merged into.
        correct: one character a test review, ``1`` where right.
        apart: largest difference of a label's probability from that of the trained model, over
            the test reviews; 0 for the trained one itself.
        perplexity: on the test editorials.
        written: one character a review of the first ones, ``1`` where the text that the model
            writes names the right label.
        reply: what it writes after the first review.
    """

    arm: str
    state: str
    correct: str
    apart: float
    perplexity: float
    written: str
    reply: str


@dataclasses.dataclass(frozen=True)
class Kept:
    """What one training of an arm cost, and left.

    Attributes:
        arm: see ``State``.
        learning_rate, best_step, loss: as of ``Trial``.
        seconds: of training; of those recorded here, other trainings shared the GPU.
        peak_memory: bytes that PyTorch held on the device in those seconds.
        weight_bytes: of all the model's weights in memory, without the adapters.
        adapter_bytes: of the saved adapter's files.
    """

    arm: str
    learning_rate: float
    best_step: int
    loss: float
    seconds: float
    peak_memory: int
    weight_bytes: int
    adapter_bytes: int


@dataclasses.dataclass(frozen=True)
class EndToEnd:
    """The whole report.

    Attributes:
        model: its name.
        parameters: numbers of the model.
        settings: steps, batch and the like.
        device, versions, date: where, with what and when (UTC) it was run.
        trials, kept, states: what was measured.
    """

    model: str
    parameters: int
    settings: dict[str, Any]
    device: str
    versions: dict[str, str]
    date: str
    trials: list[Trial]
    kept: list[Kept]
    states: list[State]


def end_to_end() -> EndToEnd:
    """What was recorded when the course was made.

    Raises:
        CourseError: it was not recorded.
    """
    report = read_report(NAME, NAME)
    kinds = {"trials": Trial, "kept": Kept, "states": State}
    lists: dict[str, Any] = {
        name: [from_row(kind, row) for row in report[name]] for name, kind in kinds.items()
    }
    return EndToEnd(**{**report, **lists})


def changed(report: EndToEnd, state: State) -> int:
    """How many test reviews the model answers otherwise than the trained one of its arm."""
    trained = next(s for s in report.states if (s.arm, s.state) == (state.arm, TRAINED))
    return sum(a != b for a, b in zip(state.correct, trained.correct, strict=True))
