"""The ladder: prompts, prompt tuning, LoRA and full fine-tuning on models of several sizes.

``experiments ladder`` makes it, one file a model, one line a training; lesson 6 reads it: at the
end of each training, at equal steps, and at equal compute.
"""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.files import write_text
from course_utils.measure.answered import Answered
from course_utils.measure.seeds import Difference, compare_means
from course_utils.methods.names import Method
from course_utils.recorded.runs import pack, unpack

FOLDER = "ladder"  # within ``recorded/``, and within the folder of a study
ZERO_SHOT, FEW_SHOT = "zero-shot prompt", "few-shot prompt"
TRAINED = (Method.PROMPT_TUNING.value, Method.LORA.value, Method.FULL.value)
METHODS = (ZERO_SHOT, FEW_SHOT, *TRAINED)
DIVERGED = "diverged"


@dataclasses.dataclass(frozen=True)
class Rung(Answered):
    """One training of one model on one task, or its best prompt.

    Attributes:
        model: hub id, or name of the folder.
        weights: digest of the model's files.
        parameters: of the model.
        task: its name.
        method: ``ZERO_SHOT``, ``FEW_SHOT`` or one of ``TRAINED``.
        learning_rate: the highest; of a soft prompt as a share of the embeddings' mean length. 0 of
            a prompt.
        seed: of the start, and of the order of the examples.
        correct: one character a test item, ``1`` where right, by the weights of the lowest
            validation loss.
        chosen: of a prompt, which it is.
        validations: steps done, loss and accuracy on ``validation_items`` items.
        readings: steps done, and answers like ``correct`` of the best weights until then.
        best_step: steps done at the lowest validation loss.
        steps: that were made.
        ended: why it ended: ``patience``, ``cap`` or ``diverged``.
        labels: training examples with their labels.
        step_flops: operations of a step, see ``experiments.flops``.
        trainable_parameters: of this training.
        together: trainings that went on at the same time, in one batch.
        seconds: until it ended, validations and readings of all of them included.
        peak_memory: bytes that a step of one of them alone held.
        device, versions, date: where, with what and when (UTC) it was run.
    """

    model: str
    weights: str
    parameters: int
    task: str
    method: str
    learning_rate: float
    seed: int
    correct: str
    chosen: str
    validation_items: int
    validations: list
    readings: list
    best_step: int
    steps: int
    ended: str
    labels: int
    step_flops: float
    trainable_parameters: int
    together: int
    seconds: float
    peak_memory: int
    device: str
    versions: dict[str, str]
    date: str

    @property
    def loss(self) -> float:
        """The lowest validation loss."""
        return min(loss for _, loss, _ in self.validations)

    def at_steps(self, steps: float) -> str | None:
        """Answers of a training that ends after so many steps; None before the first reading.

        Between two readings the earlier one counts; after the end, the end.
        """
        found = [correct for done, correct in self.readings if done <= steps]
        return found[-1] if found else None

    def at_flops(self, flops: float) -> str | None:
        """The same for a training that may use so many operations."""
        return self.at_steps(flops / self.step_flops)


def write_rungs(rungs: list[Rung], path: Path) -> None:
    """One line a rung; answers as hexadecimal digits, four items in each."""
    lines = []
    for rung in rungs:
        row = dataclasses.asdict(rung)
        row["correct"] = pack(row["correct"])
        row["readings"] = [[steps, pack(correct)] for steps, correct in row["readings"]]
        lines.append(json.dumps(row, allow_nan=False))
    write_text(path, "\n".join(lines) + "\n")


def read_rungs(path: Path) -> list[Rung]:
    """What ``write_rungs`` wrote; none where there is no file."""
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    for row in rows:
        row["correct"] = unpack(row["correct"])
        row["readings"] = [(steps, unpack(correct)) for steps, correct in row["readings"]]
        row["validations"] = [tuple(point) for point in row["validations"]]
    return [Rung(**row) for row in rows]


def recorded_ladder() -> list[Rung]:
    """All rungs that the course ships, the smallest model first.

    Raises:
        CourseError: there are none.
    """
    paths = sorted((settings.RECORDED / FOLDER).glob("*.jsonl"))
    if not paths:
        raise CourseError(
            "There is no recorded ladder", "make it with: python -m course_utils experiments ladder"
        )
    return sorted((r for path in paths for r in read_rungs(path)), key=lambda r: r.parameters)


def of(rungs: Iterable[Rung], model: str, task: str, method: str) -> list[Rung]:
    """Those of one model, task and method."""
    wanted = (model, task, method)
    return [rung for rung in rungs if (rung.model, rung.task, rung.method) == wanted]


def chosen_rate(rungs: Iterable[Rung]) -> float:
    """Of one model, task and method: the rate with the lowest validation loss, of seed 0.

    Raises:
        CourseError: there is no training with seed 0 that did not diverge.
    """
    tried = [rung for rung in rungs if rung.seed == 0 and rung.ended != DIVERGED]
    if not tried:
        raise CourseError(
            "There is no training to choose a learning rate from",
            "run the study: python -m course_utils experiments ladder",
        )
    return min(tried, key=lambda rung: rung.loss).learning_rate


def finals(rungs: Iterable[Rung], model: str, task: str, method: str) -> list[Rung]:
    """What counts of a method: the seeds at its chosen rate, or its best prompt."""
    own = of(rungs, model, task, method)
    if method not in TRAINED:
        return own
    rate = chosen_rate(own)
    return sorted((r for r in own if r.learning_rate == rate), key=lambda rung: rung.seed)


def counted(rungs: Iterable[Rung], model: str, task: str, method: str) -> list[Rung]:
    """``finals``, or none where nothing was trained to an end."""
    try:
        return finals(rungs, model, task, method)
    except CourseError:
        return []


def gap(
    rungs: Iterable[Rung], model: str, task: str, method: str, steps: float | None = None
) -> Difference:
    """Accuracy of full fine-tuning at its end, less that of another method, in shares.

    Paired by item, with the seeds as a second source of variance: ``seeds.compare_means``.

    Args:
        steps: read the other method off after so many; None for its end.

    Raises:
        CourseError: one of the two is not there, or was not read by then.
    """
    rungs = list(rungs)
    full = [rung.correct for rung in finals(rungs, model, task, Method.FULL.value)]
    own = finals(rungs, model, task, method)
    read = [rung.correct if steps is None else rung.at_steps(steps) for rung in own]
    answers = [answer for answer in read if answer is not None]
    if not answers or len(answers) < len(read):
        raise CourseError(
            f"There are no answers of '{method}' by {model} on '{task}' after so few steps",
            "read it off later: the first reading is at the first validation",
        )
    return compare_means(full, answers)
