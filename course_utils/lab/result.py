"""One result of the lab book: what it holds, and its line of JSON, checked both ways."""

import dataclasses
import functools
import json
import math
import numbers
from pathlib import PurePath
from typing import Any

import numpy
import torch

import course_utils
from course_utils.errors import CourseError
from course_utils.machine.device import dtype_text
from course_utils.machine.environment import utc_now, versions
from course_utils.measure.evaluation import wilson_interval
from course_utils.validate import number, refusal, whole

PACKAGES = ("torch", "transformers", "datasets", "numpy")


@functools.cache
def _versions() -> dict[str, str]:
    return {"course": course_utils.__version__, **versions(PACKAGES)}


@dataclasses.dataclass(frozen=True)
class Result:
    """One measurement of one method on the test items of one task.

    Attributes:
        method: such as ``full fine-tuning``.
        task: name of the task, such as ``movies``.
        model: name of the language model.
        correct: one character an item, ``1`` where the method was right, in the items' order.
        items: fingerprint of the items, so that only like is paired with like.
        trainable_parameters: how many numbers training could move.
        peak_memory: bytes, the most that was held during training; 0 where nothing was trained.
        seconds: of training, or of the search for a prompt.
        disk: bytes that must be kept for this method beside the base model.
        seed: seed of training or of the draw.
        device: what it ran on.
        quick: made with ``COURSE_QUICK=1``, so not to be quoted.
        details: settings worth keeping, such as the learning rate.
        versions: of the course (not in lines from before 0.1.0), of Python, of the main packages.
        when: UTC, ISO 8601.
        recorded: shipped with the course rather than measured by the learner.
        dtype: precision of the weights, such as ``bfloat16``; empty in older lines.
    """

    method: str
    task: str
    model: str
    correct: str
    items: str
    trainable_parameters: int
    peak_memory: int
    seconds: float
    disk: int
    seed: int
    device: str
    quick: bool = False
    details: dict[str, Any] = dataclasses.field(default_factory=dict)
    versions: dict[str, str] = dataclasses.field(default_factory=_versions)
    when: str = dataclasses.field(default_factory=utc_now)
    recorded: bool = False
    dtype: str = ""

    @property
    def n(self) -> int:
        """Number of test items."""
        return len(self.correct)

    @property
    def accuracy(self) -> float:
        """Share of right answers, in [0, 1].

        Raises:
            CourseError: there is no item, so there is no share.
        """
        return self._right() / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval of the accuracy; raises as ``accuracy`` does."""
        return wilson_interval(self._right(), self.n)

    def _right(self) -> int:
        if not self.correct:
            raise CourseError(f"The result of '{self.method}' has no items", "measure it on some")
        return self.correct.count("1")

    @property
    def source(self) -> str:
        """Where the figure comes from: ``yours``, ``quick`` or ``recorded``."""
        return "recorded" if self.recorded else "quick" if self.quick else "yours"


FIELDS = {field.name for field in dataclasses.fields(Result)}
COUNTS = ("trainable_parameters", "peak_memory", "disk", "seed")


def to_line(result: Result) -> bytes:
    """The result as a line of the lab book, with its ``\\n``.

    Raises:
        CourseError: a field is not what ``Result`` says.
    """
    text = json.dumps(_checked(vars(result)), ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def from_line(line: bytes) -> tuple[Result, list[str]]:
    """A line as a result, and the names of the fields that this version does not know.

    Raises:
        ValueError: the line is damaged; the message says in what.
    """
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("not one whole line of JSON") from None
    if not isinstance(row, dict):
        raise ValueError("not a result")
    try:
        result = Result(**{name: value for name, value in row.items() if name in FIELDS})
        return Result(**_checked(vars(result))), sorted(row.keys() - FIELDS)
    except TypeError:
        raise ValueError("a field is missing") from None
    except CourseError as error:
        raise ValueError(str(error).split(" cannot be used")[0]) from None


def _checked(row: dict[str, Any]) -> dict[str, Any]:
    """The fields of a result, as JSON holds them."""
    checked: dict[str, Any] = {}
    for name, value in row.items():
        if name in COUNTS:
            checked[name] = whole(name, value, least=0)
        elif name == "seconds":
            checked[name] = number(name, value, least=0)
        elif name in ("quick", "recorded"):
            checked[name] = _flag(name, value)
        elif name in ("details", "versions"):
            checked[name] = _mapping(name, value)
        elif name == "correct":
            checked[name] = _outcomes(name, value)
        else:
            checked[name] = _text(name, value, may_be_empty=name in ("items", "device", "dtype"))
    return checked


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, (bool, numpy.bool_)):
        raise refusal(name, value, "True or False")
    return bool(value)


def _mapping(name: str, value: Any) -> Any:
    if not isinstance(value, dict):
        raise refusal(name, value, "a dictionary")
    return plain(value, name)


def _outcomes(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value or set(value) - {"0", "1"}:
        raise refusal(name, value, "a string of 0 and 1, one an item")
    return value


def _text(name: str, value: Any, may_be_empty: bool) -> str:
    if not isinstance(value, str) or not (value or may_be_empty):
        raise refusal(name, value, "a string that is not empty")
    return _encodable(name, value)


def _encodable(name: str, value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        raise refusal(name, value, "a string that UTF-8 can hold") from None
    return str.__str__(value)  # of a member of an enumeration too, whose own str is another


def plain(value: Any, name: str = "value") -> Any:
    """A value as JSON holds it: of numbers, strings, lists and dictionaries alone.

    Numbers and arrays of NumPy become Python's, paths and dtypes strings; a float that is not
    finite becomes its name, such as ``nan``, for which JSON has no number.

    Args:
        value: what to convert, with all that it holds.
        name: for the message.

    Raises:
        CourseError: it holds something else.
    """
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return _encodable(name, value)
    if isinstance(value, (numpy.generic, numpy.ndarray)):
        return plain(value.tolist(), name)
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, torch.dtype):
        return dtype_text(value)
    if isinstance(value, (PurePath, numpy.dtype)):
        return _encodable(name, str(value))
    if isinstance(value, dict):
        return {_key(key, name): plain(entry, f"{name}[{key!r}]") for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry, f"{name}[{i}]") for i, entry in enumerate(value)]
    raise refusal(name, value, "numbers, strings, paths, dtypes, or lists or dictionaries of them")


def _key(key: Any, name: str) -> str:
    if not isinstance(key, (str, int, numbers.Real)):
        raise refusal(f"a key of {name}", key, "a string or a number")
    return _encodable(name, str(key))
