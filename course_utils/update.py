"""What full fine-tuning did to the weights: the recorded study, and the learner's own update."""

import json
import re
from pathlib import Path
from typing import Any

import safetensors
import torch

from course_utils.errors import CourseError
from course_utils.experiments.records import FOLDER
from course_utils.lora import ALL_LINEAR
from course_utils.low_rank import random_like, spectrum

LAYER = re.compile(rf"\.(\d+)\..*\.({'|'.join(ALL_LINEAR)})\.weight$")
Spectra = dict[str, dict[str, list[float]]]


def recorded_update() -> dict[str, Any]:
    """What ``experiments update`` measured; see ``experiments/update.py`` for its fields.

    ``correct_by_rank`` has whole numbers as keys.
    """
    report = json.loads((FOLDER / "update.json").read_text(encoding="utf-8"))
    report["correct_by_rank"] = {int(r): c for r, c in report["correct_by_rank"].items()}
    return report


@torch.no_grad()
def spectra_of(path: Path) -> Spectra:
    """Spectra of the middle layer's matrices in a file of ``delta.save_delta``.

    Returns:
        As ``recorded_update()["spectra"]``: by name, the singular values of the ``update`` and of
        a ``random`` Gaussian matrix with its shape and norm, largest first.

    Raises:
        CourseError: the file cannot be read, or has no layers of the Llama or Qwen2 family.
    """
    generator, spectra = torch.Generator().manual_seed(0), {}
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


def share_of_gain(report: dict[str, Any], rank: int) -> float:
    """How much of the gain in accuracy is left when the update is cut to ``rank``."""
    before, whole = (report["correct"][key].count("1") for key in ("before", "linear layers"))
    return (report["correct_by_rank"][rank].count("1") - before) / (whole - before)
