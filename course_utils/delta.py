"""What fine-tuning changed: the difference between two sets of weights, kept for later lessons."""

import os
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from course_utils.errors import CourseError
from course_utils.labbook import results_folder
from course_utils.model import model_name
from course_utils.quick import quick


def delta_path() -> Path:
    """Where lesson 2 keeps its update; each model has a file of its own, and so has a quick run."""
    name = f"full_fine_tuning_delta_{model_name()}" + ("_quick" if quick() else "")
    return results_folder() / f"{name}.safetensors"


@torch.no_grad()
def save_delta(base: torch.nn.Module, tuned: torch.nn.Module, path: Path) -> int:
    """Write ``tuned - base`` for every parameter, in bfloat16.

    The difference is taken in float32; rounding it keeps 8 bits of the *update*.

    Returns:
        Size of the file in bytes.

    Raises:
        CourseError: the file cannot be written.
    """
    tuned_parameters = dict(tuned.named_parameters())
    delta = {
        name: (tuned_parameters[name].float() - parameter.float()).bfloat16().contiguous()
        for name, parameter in base.named_parameters()
    }
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(delta, part)
        os.replace(part, path)
    except Exception as error:  # safetensors wraps the system's errors in its own
        part.unlink(missing_ok=True)
        raise CourseError(
            f"The update cannot be written to {path} ({error})",
            "free some disk space, or set COURSE_RESULTS to a folder with room",
        ) from error
    return path.stat().st_size


@torch.no_grad()
def add_delta(model: torch.nn.Module, path: Path) -> None:
    """Add a saved update to the weights of ``model``, in place.

    Raises:
        CourseError: there is no such file.
    """
    if not path.exists():
        raise CourseError(f"There is no update at {path}", "run lesson 2 to its end")
    parameters = dict(model.named_parameters())
    for name, change in load_file(path).items():
        parameter = parameters[name]
        parameter.copy_(parameter.float() + change.to(parameter.device).float())
