"""Call a learner's function, and tell a stub, an exception and a changed input apart."""

import copy
import dis
import inspect
import re
import sysconfig
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from course_utils.checks.core.describe import show_call
from course_utils.checks.core.outcome import AnswerRaised, Mistake, NotAttempted
from course_utils.settings import PACKAGE

STANDARD_LIBRARY = sysconfig.get_path("stdlib")
STUB = re.compile(r"Write \w+ here, and delete this line\.")  # see ``authoring.student``
EMPTY_BODY = {  # what `pass`, `...` or a docstring alone compile to, Python 3.10 to 3.13
    "RESUME",
    "LOAD_CONST",
    "RETURN_VALUE",
    "RETURN_CONST",
    "NOP",
    "COPY_FREE_VARS",
    "POP_TOP",
}


def call(answer: Callable, *arguments: Any, **named: Any) -> Any:
    """Call a learner's function and return its value.

    Raises:
        NotAttempted: it is still the stub.
        AnswerRaised: it raised.
        Mistake: it is no function, returns nothing, or changes the caller's lists or tensors.
    """
    if not callable(answer):
        raise Mistake(
            "the check takes the function itself: write its name alone, without calling it",
            "a function",
            f"a value of type {type(answer).__name__}",
        )
    text = show_call(answer, arguments, named)
    data = [a for a in arguments if isinstance(a, (list, tuple, dict, torch.Tensor))]
    before = copy.deepcopy(data)
    try:
        value = answer(*arguments, **named)
    except (Exception, SystemExit) as error:
        if is_stub(error):
            raise NotAttempted from error
        raise AnswerRaised(error, text) from error
    if value is ... or value is None and has_empty_body(answer):
        raise NotAttempted
    if value is None:
        raise Mistake(
            "does every way through the function end in `return`?", "a value", "None", text
        )
    if not all(same_data(now, then) for now, then in zip(data, before)):
        raise Mistake(
            "the function changes its input in place; the caller still needs it: work on a copy",
            "inputs left as they were",
            "an input that was changed",
            text,
        )
    return value


def same_data(now: Any, then: Any) -> bool:
    """Are two pieces of data (tensors, or lists, tuples and dictionaries of them) equal?"""
    if isinstance(then, torch.Tensor):
        return now.shape == then.shape and torch.equal(now, then)
    if isinstance(then, dict):
        return now.keys() == then.keys() and all(same_data(now[key], then[key]) for key in then)
    if isinstance(then, (list, tuple)):
        return len(now) == len(then) and all(map(same_data, now, then))
    return now is then or now == then


def is_stub(error: BaseException) -> bool:
    """Is it what the learner's notebook raises in the place of an answer?

    PyTorch raises the same type, and so may the learner's own code, with other words.
    """
    return isinstance(error, NotImplementedError) and STUB.fullmatch(str(error)) is not None


def has_empty_body(answer: Callable) -> bool:
    """Does the function consist of ``...``, ``pass`` or a docstring alone?"""
    code = getattr(inspect.unwrap(answer), "__code__", None)
    return code is not None and {i.opname for i in dis.get_instructions(code)} <= EMPTY_BODY


def is_theirs(filename: str) -> bool:
    """Is this source file the learner's, rather than the course's, a package's or Python's?"""
    if filename.startswith(("<frozen", "<__array")):
        return False
    packages = {"site-packages", "dist-packages"} & set(Path(filename).parts)
    return not packages and not filename.startswith((str(PACKAGE), STANDARD_LIBRARY))


def learners_line(error: BaseException) -> str:
    """The innermost line of the learner's code that an exception came through; "" if none."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if is_theirs(frame.filename):
            return f"line {frame.lineno}, in {frame.name}: {frame.line}"
    return ""
