"""What ``python -m course_utils memory`` says of a training, as text and as JSON.

The explorer of lesson 5 (*All of it*) asks the same functions, so both give the same answer.
"""

import dataclasses
import json
from typing import Any

from course_utils.machine.device import GIB
from course_utils.memory.calculator import Estimate, estimate
from course_utils.memory.cards import CARDS, CONTEXT, fits, fitting_cards, reserved
from course_utils.memory.shapes import Shape
from course_utils.memory.training import Training

MOST = 2**20  # rows, or tokens in one, beyond which nothing is looked for


def largest(shape: Shape, training: Training, memory: float, what: str) -> int | None:
    """The largest batch, or the longest row, with which a training still fits.

    Args:
        memory: bytes of the GPU.
        what: ``batch`` or ``length``.

    Returns:
        None if not even 1 fits; at most ``MOST``.
    """

    def fitting(value: int) -> bool:
        changes: dict[str, Any] = {what: value, "logit_positions": None}
        changed = dataclasses.replace(training, **changes)
        if training.logit_positions is not None:
            chunk = min(training.logit_positions, changed.tokens)
            changed = dataclasses.replace(changed, logit_positions=chunk)
        return fits(shape, changed, memory)

    if not fitting(1):
        return None
    low, high = 1, 2
    while high <= MOST and fitting(high):
        low, high = high, 2 * high
    while high - low > 1:  # low fits, high does not
        middle = (low + high) // 2
        low, high = (middle, high) if fitting(middle) else (low, middle)
    return low


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the calculator says of a training, and of a card.

    Attributes:
        name: of the model.
        shape: of the model.
        training: how it is trained.
        card: a key of ``CARDS``.
    """

    name: str
    shape: Shape
    training: Training
    card: str

    @property
    def need(self) -> Estimate:
        """Bytes by moment."""
        return estimate(self.shape, self.training)

    def facts(self) -> dict[str, Any]:
        """All figures, in bytes unless the name says otherwise."""
        need, memory = self.need, CARDS[self.card] * GIB
        return {
            "model": self.name,
            "parameters": self.shape.parameters,
            "training": _settings(self.training),
            "peak": need.peak,
            "moment": need.moment,
            "parts": {name: size for name, size in need.parts.items() if size},
            "reserved": reserved(need, self.training.checkpointing),
            "context": round(CONTEXT * GIB),
            "card": self.card,
            "card's memory": round(memory),
            "fits": fits(self.shape, self.training, memory),
            "fits on": fitting_cards(self.shape, self.training),
            "largest batch": largest(self.shape, self.training, memory, "batch"),
            "largest length": largest(self.shape, self.training, memory, "length"),
        }

    def __str__(self) -> str:
        facts, training = self.facts(), self.training
        head = (
            f"{self.name} ({self.shape.parameters / 1e9:.2f} billion parameters), "
            f"{training.method}, {training.batch} x {training.length} tokens"
        )
        if training.gpus > 1:
            head += f"; each of {training.gpus} GPUs, ZeRO stage {training.stage} (not measured)"
        taken = (facts["reserved"] + facts["context"]) / GIB
        verdict = "fits" if facts["fits"] else "does not fit"
        length = facts["largest length"] or "none"
        lines = [
            f"{'PyTorch will reserve about':28} {facts['reserved'] / GIB:8.2f} GiB",
            f"{'with the CUDA context':28} {taken:8.2f} GiB",
            f"{verdict} on {self.card} ({CARDS[self.card]:g} GiB)",
            f"largest batch of {training.length} tokens: {facts['largest batch'] or 'none'}",
            f"longest row in a batch of {training.batch}: {length}",
        ]
        return "\n".join([head, str(self.need), *lines])

    def json(self) -> str:
        """The facts as JSON."""
        return json.dumps(self.facts(), indent=1)


def _settings(training: Training) -> dict[str, Any]:
    """The settings of a training, as JSON can hold them."""
    found = dataclasses.asdict(training)
    dtypes = {name: found[name] for name in ("dtype", "adapter_dtype")}
    short = {name: str(dtype).removeprefix("torch.") for name, dtype in dtypes.items() if dtype}
    return found | short | {"targets": list(training.targets)}
