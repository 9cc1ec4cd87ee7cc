"""A soft prompt on disk, in the format of the PEFT library: a few kilobytes a task.

Lesson 4, *On disk, and in the PEFT library*.
"""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers import PreTrainedModel

from course_utils.errors import CourseError
from course_utils.files import write_text, write_whole
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt

CONFIG, TENSORS = "adapter_config.json", "adapter_model.safetensors"
KEY = "prompt_embeddings"


def save_prompt(model: PreTrainedModel, folder: Path) -> int:
    """Write the soft prompt of ``model`` so that ``PeftModel.from_pretrained`` opens it.

    Each file is written beside its place and moved there; the settings come last, so a folder
    without them was cut off.

    Returns:
        Bytes of the two files.

    Raises:
        CourseError: the model has no soft prompt, or the files cannot be written.
    """
    if getattr(model, "soft_prompt", None) is None:
        raise CourseError("The model has no soft prompt to save", "call add_soft_prompt first")
    vectors = model.soft_prompt.embedding.detach().cpu().contiguous()
    settings = json.dumps(_settings(model, len(vectors)), indent=2) + "\n"
    folder = Path(folder)
    try:
        (folder / CONFIG).unlink(missing_ok=True)
        write_whole(folder / TENSORS, lambda part: save_file({KEY: vectors}, part))
        write_text(folder / CONFIG, settings)
    except Exception as error:  # safetensors wraps the system's errors in its own
        raise CourseError(
            f"The soft prompt cannot be written to {folder} ({error})",
            "free some disk space, or choose a folder that you may write to",
        ) from error
    return sum((folder / name).stat().st_size for name in (CONFIG, TENSORS))


def load_prompt(model: PreTrainedModel, folder: Path) -> None:
    """Add a saved soft prompt, ours or PEFT's, to ``model``.

    Raises:
        CourseError: the folder holds none, or one that does not fit the model.
    """
    folder = Path(folder)
    try:
        settings = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        kind, length = settings["peft_type"], settings.get("num_virtual_tokens")
        tensors = load_file(folder / TENSORS)
    except Exception as error:  # a missing or damaged file; safetensors has its own exceptions
        raise CourseError(
            f"There is no whole soft prompt in {folder} ({error})", "save it again with save_prompt"
        ) from error
    vectors = tensors.get(KEY, torch.empty(0))
    if kind != "PROMPT_TUNING" or len(vectors) != length:
        raise CourseError(
            f"{folder} holds {kind} with {len(vectors)} of {length} soft tokens",
            "give the folder of a prompt that was saved whole, by save_prompt or by PEFT",
        )
    add_soft_prompt(model, SoftPrompt(vectors))


def _settings(model: PreTrainedModel, length: int) -> dict[str, Any]:
    """What PEFT's ``PromptTuningConfig`` reads."""
    return {
        "peft_type": "PROMPT_TUNING",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": model.name_or_path,
        "inference_mode": True,
        "num_virtual_tokens": length,
        "token_dim": model.get_input_embeddings().embedding_dim,
        "num_transformer_submodules": 1,
        "num_attention_heads": model.config.num_attention_heads,
        "num_layers": model.config.num_hidden_layers,
        "prompt_tuning_init": "RANDOM",
    }
