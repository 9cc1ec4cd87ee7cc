"""A soft prompt on disk, in the format of the PEFT library: a few kilobytes a task.

Lesson 4, *On disk, and in the PEFT library*.
"""

from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from course_utils.errors import CourseError
from course_utils.methods import adapter_folder
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model.identity import base_of

KEY = "prompt_embeddings"
# What else PEFT keeps for a soft prompt and does not use once it is trained.
FREE = {"peft_type", "task_type", "auto_mapping", "peft_version", "base_model_name_or_path",
        "revision", "inference_mode", "num_virtual_tokens", "token_dim",
        "num_transformer_submodules", "num_attention_heads", "num_layers", "prompt_tuning_init",
        "prompt_tuning_init_text", "tokenizer_name_or_path", "tokenizer_kwargs"}  # fmt: skip


def save_prompt(model: PreTrainedModel, folder: Path) -> int:
    """Write the soft prompt of ``model`` so that ``PeftModel.from_pretrained`` opens it.

    What was in the folder stays whole until both files are written.

    Returns:
        Bytes of the two files.

    Raises:
        CourseError: the model has no soft prompt, or the files cannot be written.
    """
    if getattr(model, "soft_prompt", None) is None:
        raise CourseError("The model has no soft prompt to save", "call add_soft_prompt first")
    vectors = model.soft_prompt.embedding.detach().cpu().contiguous()
    settings = _settings(model, len(vectors))
    return adapter_folder.save({KEY: vectors}, settings, folder, base_of(model))


def load_prompt(model: PreTrainedModel, folder: Path) -> None:
    """Add a saved soft prompt, ours or PEFT's, to ``model``.

    Raises:
        CourseError: the folder holds none, one that was made on other weights or does not fit the
            model, or one of another kind.
    """
    saved = adapter_folder.read(folder, "save_prompt")
    kind, length = saved.settings.get("peft_type"), saved.settings.get("num_virtual_tokens")
    vectors = saved.tensors.get(KEY, torch.empty(0))
    used = [name for name, value in saved.settings.items() if name not in FREE and value]
    if kind != "PROMPT_TUNING" or len(vectors) != length or used or len(saved.tensors) > 1:
        with_what = f" and {', '.join(used)}" if used else ""
        raise CourseError(
            f"{saved.folder} holds {kind} with {len(vectors)} of {length} soft tokens{with_what}",
            "give the folder of a prompt that was saved whole, by save_prompt or by PEFT",
        )
    saved.refuse_other_base(model)
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
