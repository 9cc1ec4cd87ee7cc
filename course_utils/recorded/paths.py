"""Soft prompts at many moments of their training, recorded with what they could do at each.

``experiments paths`` makes them. Lesson 4 shows them in its explorer (*The soft tokens, seen*), and
their lengths (*Do prompts of one task move together?*).
"""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.files import write_whole


@dataclasses.dataclass(frozen=True)
class PromptPath:
    """A soft prompt on its way.

    Attributes:
        steps: done at each moment; the first is 0.
        losses: on the validation items that choose the weights, at each.
        accuracies: share of the same items that were right, at each.
        vectors: (moments, length, d_model) float32.
    """

    steps: list[int]
    losses: list[float]
    accuracies: list[float]
    vectors: torch.Tensor


def write_paths(paths: Mapping[str, PromptPath], path: Path) -> None:
    """Write paths by ``Record.key``; the vectors as float16, all else as the file's metadata."""
    tensors = {key: found.vectors.half().contiguous() for key, found in paths.items()}
    notes = {
        key: json.dumps(
            {"steps": found.steps, "losses": found.losses, "accuracies": found.accuracies}
        )
        for key, found in paths.items()
    }
    write_whole(path, lambda part: save_file(tensors, part, notes))


def read_paths(path: Path) -> dict[str, PromptPath]:
    """What ``write_paths`` wrote, by ascending keys: a file has its metadata in any order."""
    with safe_open(path, "pt") as file:
        notes = {key: json.loads(text) for key, text in (file.metadata() or {}).items()}
        return {
            key: PromptPath(**notes[key], vectors=file.get_tensor(key).float())
            for key in sorted(notes)
        }


def prompt_paths() -> dict[str, PromptPath]:
    """The recorded paths of the course's prompts, by the ``Record.key`` of their runs.

    Raises:
        CourseError: there are none.
    """
    path = settings.RECORDED / "paths.safetensors"
    if not path.exists():
        raise CourseError(
            "There are no recorded paths of soft prompts",
            "make them with: python -m course_utils experiments paths",
        )
    return read_paths(path)
