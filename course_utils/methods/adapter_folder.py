"""Two files that belong together: tensors, and the settings without which they mean nothing.

PEFT's format, for LoRA (``lora_files``) and for soft prompts (``soft_prompt_files``). The tensors'
file also notes, where PEFT does not look, which base model they were made on and which settings
they were saved with: an adapter of another base is refused, and so is one whose saving was cut off
between the two files.
"""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from course_utils.errors import CourseError
from course_utils.files import write_both
from course_utils.model.identity import Base, refuse_other_base

TENSORS, CONFIG = "adapter_model.safetensors", "adapter_config.json"


@dataclasses.dataclass(frozen=True)
class Saved:
    """What a folder holds.

    Attributes:
        folder: where it was read.
        settings: of ``adapter_config.json``.
        tensors: by PEFT's names, on the CPU.
        base: of ``identity.base_of``, as a dictionary; None where the file does not say.
    """

    folder: Path
    settings: dict[str, Any]
    tensors: dict[str, torch.Tensor]
    base: dict[str, Any] | None

    def refuse_other_base(self, model: torch.nn.Module) -> None:
        """Raise a ``CourseError`` where it was made on other weights than those of ``model``."""
        refuse_other_base(model, self.base, f"What is saved in {self.folder}")


def save(
    tensors: dict[str, torch.Tensor], settings: dict[str, Any], folder: Path, base: Base | None
) -> int:
    """Write both files; what was there stays whole until both are written.

    Returns:
        Bytes on disk.

    Raises:
        CourseError: the folder cannot be written to.
    """
    folder, text = Path(folder), json.dumps(settings, indent=2) + "\n"
    note = {"format": "pt", "settings": _sha256(text)}
    if base is not None:
        note["base"] = json.dumps(dataclasses.asdict(base))
    try:
        write_both(
            (folder / TENSORS, lambda part: save_file(tensors, part, note)),
            (folder / CONFIG, lambda part: part.write_text(text, encoding="utf-8", newline="\n")),
        )
    except Exception as error:  # safetensors wraps the system's errors in its own
        raise CourseError(
            f"What was trained cannot be written to {folder} ({error})",
            "free some disk space, or name a folder that you may write to",
        ) from error
    return sum((folder / name).stat().st_size for name in (TENSORS, CONFIG))


def read(folder: Path, save_again: str) -> Saved:
    """Read both files.

    Args:
        save_again: the function that writes such a folder, for the message.

    Raises:
        CourseError: one is missing or damaged, or they do not belong together.
    """
    folder = Path(folder)
    try:
        text = (folder / CONFIG).read_text(encoding="utf-8")
        settings = json.loads(text)
        tensors = load_file(folder / TENSORS)
        with safe_open(folder / TENSORS, framework="pt") as file:
            note = file.metadata() or {}
        base = json.loads(note["base"]) if "base" in note else None
        if not isinstance(settings, dict):
            raise ValueError(f"{CONFIG} is no dictionary")
    except Exception as error:  # a missing or damaged file; safetensors has its own exceptions
        raise CourseError(
            f"There is nothing sound in {folder} ({error})",
            f"name a folder that holds {CONFIG} and {TENSORS}, or save it again with {save_again}",
        ) from error
    if note.get("settings", _sha256(text)) != _sha256(text):
        raise CourseError(
            f"{CONFIG} in {folder} is not the one that was saved with {TENSORS}: the saving was "
            "cut off, or the file was edited",
            f"save it again with {save_again}",
        )
    return Saved(folder, settings, tensors, base)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
