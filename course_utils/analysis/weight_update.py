"""What full fine-tuning did to the weights: the learner's own update, kept and looked into.

Lesson 2 keeps it (*On disk*); lesson 3 begins with it (*What did full fine-tuning change?*).
"""

import re
from pathlib import Path

import safetensors
import torch
from safetensors.torch import load_file, save_file

from course_utils.analysis.low_rank import random_like, spectrum
from course_utils.errors import CourseError
from course_utils.files import write_whole
from course_utils.model.layers import ALL_LINEAR
from course_utils.settings import model_name, quick, results_folder

LAYER = re.compile(rf"\.(\d+)\..*\.({'|'.join(ALL_LINEAR)})\.weight$")
Spectra = dict[str, dict[str, list[float]]]


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
    try:
        write_whole(path, lambda part: save_file(delta, part))
    except Exception as error:  # safetensors wraps the system's errors in its own
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


@torch.no_grad()
def spectra_of(path: Path) -> Spectra:
    """Spectra of the middle layer's matrices in a file of ``save_delta``.

    Returns:
        By name, the singular values of the ``update`` and of a ``random`` Gaussian matrix with its
        shape and norm, largest first: as in ``recorded.update``.

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
        raise CourseError(
            f"The update at {path} cannot be read ({error})", "run lesson 2 again, to its end"
        ) from error
    if not deltas:
        raise CourseError(
            f"The update at {path} has no matrices named like q_proj",
            "use a model of the Llama or Qwen2 family (GPT-2's are Conv1D)",
        )
    for name, delta in deltas.items():
        values = {"update": spectrum(delta), "random": spectrum(random_like(delta, generator))}
        spectra[name.removesuffix(".weight")] = {k: v.tolist() for k, v in values.items()}
    return spectra


def energy(singular_values: list[float], rank: int) -> float:
    """Share of the squared norm that the first ``rank`` singular values hold, in [0, 1]."""
    squares = [value**2 for value in singular_values]
    return sum(squares[:rank]) / sum(squares)
