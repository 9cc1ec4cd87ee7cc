"""Is a model folder what it says? Looked at before loading, and again at what loading reports.

transformers fills weights that a file lacks with random numbers, and leaves out those that it does
not know: both only with a warning that a lesson would hide.
"""

import json
from pathlib import Path
from typing import Any

import torch
from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

from course_utils.errors import CourseError

LFS = b"version https://git-lfs"
OWN = "give a folder or hub id of a whole causal language model, saved by save_pretrained"
WITH_LORA = ("was saved with LoRA layers in it", "merge them, remove_lora(model), and save again")
IN_4_BITS = ("was saved in 4 bits", "save the model before it is quantised")
COMPUTED = ("inv_freq", "attn.bias", "masked_bias")  # old files hold what is computed at the start
# Parts of names that betray what a model was saved with, and what to do about it.
SAVED_WITH = {
    "_orig_mod.": ("was saved compiled", "save the model that torch.compile was given"),
    "lora_": WITH_LORA,
    ".base.": WITH_LORA,
    "absmax": IN_4_BITS,
    "quant_map": IN_4_BITS,
    "qweight": ("was saved quantised", "take its version in full precision"),
    "soft_prompt": ("was saved with a soft prompt in it", "remove_soft_prompt(model), save again"),
    "score.": ("has a classifier's head", OWN),
    "classifier.": ("has a classifier's head", OWN),
}


def refuse_folder(source: str) -> None:
    """Look at a local folder; nothing is said of a hub id.

    Raises:
        CourseError: it holds an adapter, a placeholder of Git LFS, or no configuration.
    """
    folder = Path(source).expanduser()
    if not folder.is_dir():
        return
    if (folder / "adapter_config.json").exists():
        raise CourseError(
            f"{folder} holds an adapter, not a model",
            "set COURSE_MODEL to the model that it was trained on, then call load_adapter or "
            "load_prompt",
        )
    for path in sorted(folder.glob("*.safetensors")):
        with open(path, "rb") as file:
            if file.read(len(LFS)) == LFS:
                raise CourseError(
                    f"{path} is a placeholder of Git LFS, without the weights",
                    "run `git lfs pull` in that folder, or download the file itself",
                )


def refuse_config(config: PretrainedConfig, source: str) -> None:
    """Refuse weights that are quantised already: the course quantises by itself.

    Raises:
        CourseError: they are.
    """
    found = getattr(config, "quantization_config", None)
    if found:
        settings = found if isinstance(found, dict) else found.to_dict()
        raise CourseError(
            f"{source} is quantised already ({settings.get('quant_method', 'unknown method')})",
            "take its version in full precision; lesson 5 quantises it",
        )


def refuse_incomplete(info: dict[str, Any], source: str) -> None:
    """Refuse a model whose file lacks weights, has others, or has some of another shape.

    Args:
        info: what ``from_pretrained(output_loading_info=True)`` reports.
        source: the hub id or folder.

    Raises:
        CourseError: not all was loaded as it was saved.
    """
    missing = sorted(info["missing_keys"])
    unexpected = sorted(key for key in info["unexpected_keys"] if not key.endswith(COMPUTED))
    mismatched = sorted(str(key) for key in info["mismatched_keys"])
    if not missing and not unexpected and not mismatched and not info.get("error_msgs"):
        return
    for part, (what, next_step) in SAVED_WITH.items():
        if any(part in key for key in unexpected):
            raise CourseError(f"{source} {what} ({_few(unexpected)})", next_step)
    found = [
        f"{how}: {_few(keys)}"
        for keys, how in (
            (missing, "missing, and would be random"),
            (unexpected, "unknown to the model, and would be left out"),
            (mismatched, "of another shape"),
        )
        if keys
    ]
    raise CourseError(f"{source} does not hold the whole model ({'; '.join(found)})", OWN)


def _few(keys: list[str]) -> str:
    more = f" and {len(keys) - 2} more" if len(keys) > 2 else ""
    return ", ".join(keys[:2]) + more


def refuse_not_finite(model: PreTrainedModel, source: str) -> None:
    """Refuse weights that are NaN or infinite.

    Raises:
        CourseError: some are, as after a training that diverged, or a range too small for them.
    """
    for name, parameter in model.named_parameters():
        if parameter.is_floating_point() and not all_finite(parameter):
            raise CourseError(
                f"{name} in {source} has numbers that are not finite in {parameter.dtype}",
                "if float32 is wider, load it in that (COURSE_DTYPE=float32); else take weights "
                "from before the training that broke them",
            )


def all_finite(values: torch.Tensor) -> bool:
    """Is no value NaN or infinite? Smallest and largest, both NaN if one is, say it faster."""
    return not values.numel() or bool(torch.stack(torch.aminmax(values)).isfinite().all())


def suit_tokenizer(tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel, source: str) -> None:
    """Give the tokeniser a padding token if it lacks one, and see that it fits the model.

    Padding is masked, so any token will do: that of the end of a text.

    Raises:
        CourseError: it has neither, or a special token for which the model has no embedding.
            (Others that no text contains do no harm; ``data.batches`` looks at the texts.)
    """
    rows = model.get_input_embeddings().num_embeddings
    used = (tokenizer.pad_token_id, tokenizer.bos_token_id, tokenizer.eos_token_id)
    largest = max((token for token in used if token is not None), default=-1)
    if largest >= rows:
        raise CourseError(
            f"The tokeniser of {source} has special tokens up to id {largest}, and the model "
            f"embeddings for {rows} tokens: they were added without resizing the model",
            "take the tokeniser that the model was trained with, or call "
            "model.resize_token_embeddings and train the new rows",
        )
    if tokenizer.pad_token_id is None:  # GPT-2, Llama
        if tokenizer.eos_token_id is None:
            raise CourseError(
                f"The tokeniser of {source} has neither a padding nor an end-of-text token",
                "set one in its tokenizer_config.json, such as the model's own eos_token",
            )
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "right"


def reason(error: Exception) -> str:
    """The first line of what a library says, or its kind where it says nothing."""
    if isinstance(error, json.JSONDecodeError):
        return f"a configuration file is damaged: {error}"
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
