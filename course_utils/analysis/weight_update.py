"""What full fine-tuning did to the weights: the learner's own update, kept and looked into.

The update is that of the float32 masters: the model's own weights are these after rounding to
bfloat16, and their difference from the base would be rounding in large part (``rounding``). Lesson
2 keeps it (*On disk*); lesson 3 begins with it (*What did full fine-tuning change?*).
"""

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

import safetensors
import torch
from safetensors.torch import save_file

from course_utils.analysis.low_rank import random_like
from course_utils.analysis.spectra import Spectrum, spectrum_of
from course_utils.errors import CourseError
from course_utils.files import write_whole
from course_utils.machine.device import dtype_text, pick_dtype
from course_utils.model.identity import base_of, model_name
from course_utils.model.layers import ALL_LINEAR
from course_utils.settings import model_source, quick, results_folder

LAYER = re.compile(rf"\.(\d+)\..*\.({'|'.join(ALL_LINEAR)})\.weight$")
Spectra = dict[str, dict[str, Spectrum]]


def delta_path() -> Path:
    """Where lesson 2 keeps its update: a file for each model and precision, and for a quick run."""
    name, dtype = model_name(), dtype_text(pick_dtype())
    if source := model_source():  # a path or a hub id: its last part, and what stands for all
        last = ([part for part in re.split(r"[/\\]", source) if part.strip(".")] or ["model"])[-1]
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        name = f"{re.sub('[^A-Za-z0-9.]+', '-', last)}-{digest}"
    parts = ["full_fine_tuning_delta", name, dtype, *(["quick"] if quick() else [])]
    return results_folder() / f"{'_'.join(parts)}.safetensors"


@torch.no_grad()
def save_delta(base: torch.nn.Module, masters: Mapping[str, torch.Tensor], path: Path) -> int:
    """Write ``masters - base`` for every parameter, in bfloat16.

    The difference is taken in float32; rounding it keeps 8 bits of the *update*, an error of about
    1/500 of each number.

    Args:
        base: the model before training.
        masters: float32 weights after it, by the parameter's name, as the optimiser holds them.

    Returns:
        Size of the file in bytes.

    Raises:
        CourseError: a parameter has no master, or the file cannot be written.
    """
    parameters = dict(base.named_parameters())
    if missing := parameters.keys() - masters.keys():
        raise CourseError(
            f"{len(missing)} parameters have no master, such as {min(missing)}",
            "give the float32 copies that the optimiser stepped, by the parameter's name",
        )
    delta = {
        name: (masters[name].float() - parameter.float()).bfloat16().contiguous()
        for name, parameter in parameters.items()
    }
    note = {"format": "pt", "base": json.dumps(dataclasses.asdict(base_of(base)))}
    try:
        write_whole(path, lambda part: save_file(delta, part, note))
    except Exception as error:  # safetensors wraps the system's errors in its own
        raise CourseError(
            f"The update cannot be written to {path} ({error})",
            "free some disk space, or set COURSE_RESULTS to a folder of yours with room",
        ) from error
    return path.stat().st_size


def _damaged(path: Path, error: Exception) -> CourseError:
    return CourseError(
        f"The update at {path} cannot be read ({error})", "run lesson 2 again, to its end"
    )


def update_of(path: Path, name: str) -> torch.Tensor:
    """The update of one parameter in a file of ``save_delta``: float32, the parameter's shape.

    Args:
        name: of the parameter, such as ``model.layers.15.mlp.down_proj.weight``.

    Raises:
        CourseError: the file cannot be read, or has no such parameter.
    """
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            return file.get_tensor(name).float()
    except (OSError, safetensors.SafetensorError) as error:
        raise _damaged(path, error) from error


@torch.no_grad()
def spectra_of(path: Path) -> Spectra:
    """Spectra of the middle layer's matrices in a file of ``save_delta``.

    Returns:
        By name, the spectrum of the ``update`` and of a ``random`` Gaussian matrix with its shape
        and norm: as in ``recorded.update``.

    Raises:
        CourseError: the file cannot be read, or has no layers of the Llama or Qwen2 family.
    """
    generator = torch.Generator().manual_seed(0)
    spectra: Spectra = {}
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            found = {name: match[1] for name in file.keys() if (match := LAYER.search(name))}
            middle = str(len(set(found.values())) // 2)
            deltas = {n: file.get_tensor(n).float() for n in found if found[n] == middle}
    except (OSError, safetensors.SafetensorError) as error:
        raise _damaged(path, error) from error
    if not deltas:
        raise CourseError(
            f"The update at {path} has no matrices named like q_proj",
            "use a model of the Llama or Qwen2 family (GPT-2's are Conv1D)",
        )
    for name, delta in deltas.items():
        random = random_like(delta, generator)
        spectra[name.removesuffix(".weight")] = {
            "update": spectrum_of(delta),
            "random": spectrum_of(random),
        }
    return spectra
