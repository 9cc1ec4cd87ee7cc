"""What figures and tables call a model: its family and its size (lesson 6)."""

import re
from collections.abc import Iterable

from course_utils.recorded.ladder import Rung

SIZE = re.compile(r"[-_]\d+(\.\d+)?[mb]\b", re.IGNORECASE)


def family(model: str) -> str:
    """What stands before the size: ``Qwen2.5-Coder`` of ``Qwen/Qwen2.5-Coder-0.5B-Instruct``."""
    name = model.rstrip("/").rsplit("/", 1)[-1]
    found = SIZE.search(name)
    return name[: found.start()] if found else name


def size(parameters: int) -> str:
    """Such as ``135M`` or ``1.5B``."""
    millions = round(parameters / 1e6)
    return f"{millions}M" if millions < 1000 else f"{parameters / 1e9:.1f}B"


def models_of(rungs: Iterable[Rung]) -> dict[str, int]:
    """Each model with its parameters, the smallest first."""
    found = {rung.model: rung.parameters for rung in rungs}
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


def tasks_of(rungs: Iterable[Rung]) -> list[str]:
    """Each task once, in the order of the rungs."""
    return list(dict.fromkeys(rung.task for rung in rungs))


def short_name(model: str, parameters: int) -> str:
    """Family and size, such as ``SmolLM2 135M``."""
    return f"{family(model)} {size(parameters)}"
