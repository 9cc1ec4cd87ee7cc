"""What must be equal for a run to be resumed, as one digest; and where a model's training began.

A checkpoint belongs to one run: the same settings and examples, the same starting values of what is
trained, the same frozen weights. After an interruption the model in memory holds the best weights
so far, so the start of its run is remembered on it.
"""

import dataclasses
import hashlib
import json

import torch
from transformers import PreTrainedModel

from course_utils.errors import CourseError
from course_utils.machine.device import dtype_text
from course_utils.methods.lora import adapter_numbers
from course_utils.model.identity import digest, has_moved, plain_name
from course_utils.training.plan import Example, TrainingConfig

WHERE = ("_name_or_path", "transformers_version", "dtype", "torch_dtype")  # not what it computes


@dataclasses.dataclass(frozen=True)
class Trained:
    """What a training in this session left on a model.

    Attributes:
        start: digest of the model's state before its first step.
        end: the same when the training ended or was interrupted.
    """

    start: str
    end: str


def state_digest(model: torch.nn.Module) -> str:
    """Digest of everything that the model computes with: trained, frozen, and codes in 4 bits."""
    return digest((plain_name(name), value) for name, value in model.state_dict().items())


@dataclasses.dataclass(frozen=True)
class Start:
    """Where a training of a model begins.

    Attributes:
        now: digest of the model's state.
        of_run: digest of the state at the start of the run that the model belongs to: where the
            model is as the last training left it, the start of that one, which may have been
            interrupted; else ``now``.
        moved: has the model been trained since it was loaded?
    """

    now: str
    of_run: str
    moved: bool


def start_of(model: PreTrainedModel) -> Start:
    """Where a training of ``model`` begins that is called now."""
    now, last = state_digest(model), getattr(model, "course_trained", None)
    if last is not None and last.end == now:
        return Start(now, last.start, last.start != now or has_moved(model))
    return Start(now, now, has_moved(model))


def remember_end(model: PreTrainedModel, start: str) -> None:
    """Note on ``model`` where its training began, and how it left it."""
    model.course_trained = Trained(start, state_digest(model))


def refuse_moved(moved: bool) -> None:
    """Refuse to begin a training with weights that were trained already.

    Raises:
        CourseError: they were.
    """
    if moved:
        raise CourseError(
            "The model has moved since it was loaded: this training would begin with weights that "
            "were trained already",
            "load the model again, add what is to be trained, and call train; or pass "
            "further=True to train these weights further",
        )


def fingerprint(
    model: PreTrainedModel,
    trainable: dict[str, torch.nn.Parameter],
    config: TrainingConfig,
    examples: list[list[Example]],
    start: str,
) -> str:
    """The name of a run: its precision, and a digest of all that it depends on.

    Args:
        examples: those of training, then those of validation.
        start: of ``start_of``.
    """
    computes = {k: v for k, v in model.config.to_diff_dict().items() if k not in WHERE}
    parts = [
        dataclasses.asdict(config),
        [(plain_name(name), list(p.shape), str(p.dtype)) for name, p in trainable.items()],
        adapter_numbers(model),
        [[_parts(example) for example in group] for group in examples],
        start,
        computes,
    ]
    text = json.dumps(parts, default=str, sort_keys=True)
    return f"{dtype_text(model.dtype)}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _parts(example: Example) -> tuple:
    """What an example is; of one answer token as before there were several, for old checkpoints."""
    several = () if example.answer_tokens == 1 else (example.answer_tokens,)
    return example.ids, example.answer, *several
