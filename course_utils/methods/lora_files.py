"""Adapters on disk, in PEFT's format: a small safetensors file and a JSON file of settings.

Lesson 3, *Only the adapter on disk* and *The same as PEFT?*.
"""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import PreTrainedModel

from course_utils.errors import CourseError
from course_utils.files import write_text, write_whole
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.model.layers import matching_layers

TENSORS, CONFIG = "adapter_model.safetensors", "adapter_config.json"
PREFIX = "base_model.model."  # PEFT's: the model stands inside two wrappers
UNSUPPORTED = ("use_rslora", "use_dora", "rank_pattern", "alpha_pattern", "layer_replication",
               "alora_invocation_tokens")  # fmt: skip
Pairs = dict[str, dict[str, torch.Tensor]]


def adapter_state(model: nn.Module) -> dict[str, torch.Tensor]:
    """Copies of the adapters alone, float32 on the CPU, under PEFT's names.

    Returns:
        ``base_model.model.<layer>.lora_A.weight`` and ``...lora_B.weight`` of every LoRA layer.
    """
    return {
        f"{PREFIX}{name}.{part}.weight": _copy(getattr(layer, part))
        for name, layer in lora_layers(model).items()
        for part in ("lora_A", "lora_B")
    }


@torch.no_grad()
def set_adapter_state(model: nn.Module, state: dict[str, torch.Tensor]) -> None:
    """Give the LoRA layers of ``model`` other numbers: another adapter of the same shape.

    Args:
        state: as ``adapter_state`` gives it.

    Raises:
        CourseError: it does not fit the layers; the model is then left as it was.
    """
    own = {
        f"{PREFIX}{name}.{part}.weight": getattr(layer, part)
        for name, layer in lora_layers(model).items()
        for part in ("lora_A", "lora_B")
    }
    shapes = [{key: tuple(v.shape) for key, v in values.items()} for values in (own, state)]
    if shapes[0] != shapes[1]:
        raise CourseError(
            "The adapter does not fit the LoRA layers of this model",
            "take one of the same model, rank and targets, or load_adapter into a plain model",
        )
    for key, parameter in own.items():
        parameter.copy_(state[key])


def _copy(tensor: torch.Tensor) -> torch.Tensor:
    """Contiguous, as safetensors wants it, and float32, on the CPU."""
    return tensor.detach().float().cpu().clone(memory_format=torch.contiguous_format)


def save_adapter(model: PreTrainedModel, folder: Path) -> int:
    """Write the adapters of ``model`` so that ``PeftModel.from_pretrained`` opens them.

    Returns:
        Bytes on disk.

    Raises:
        CourseError: the model has no LoRA layers, or the folder cannot be written to.
    """
    layers = lora_layers(model)
    if not layers:
        raise CourseError("The model has no LoRA layers", "call add_lora(model) first")
    layer = next(iter(layers.values()))
    settings = {
        "r": len(layer.lora_A),
        "lora_alpha": layer.alpha,
        "lora_dropout": layer.dropout.p,
        "target_modules": sorted({name.split(".")[-1] for name in layers}),
        "base_model_name_or_path": model.config.name_or_path,
    }
    return write_adapter(adapter_state(model), settings, folder)


def write_adapter(state: dict[str, torch.Tensor], settings: dict[str, Any], folder: Path) -> int:
    """Write tensors under PEFT's names, and its settings ``r``, ``lora_alpha`` and so on.

    Returns:
        Bytes on disk.

    Raises:
        CourseError: the folder cannot be written to.
    """
    fixed = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "bias": "none", "inference_mode": True}
    text = json.dumps(fixed | settings, indent=2) + "\n"
    folder = Path(folder)
    try:
        (folder / CONFIG).unlink(missing_ok=True)  # written last, it makes the adapter valid
        write_whole(folder / TENSORS, lambda part: save_file(state, part, {"format": "pt"}))
        write_text(folder / CONFIG, text)
    except Exception as error:  # safetensors wraps the system's errors in its own
        raise CourseError(
            f"The adapter cannot be written to {folder} ({error})",
            "free some disk space, or name a folder that you may write to",
        ) from error
    return sum((folder / name).stat().st_size for name in (TENSORS, CONFIG))


@torch.no_grad()
def load_adapter(model: nn.Module, folder: Path) -> list[str]:
    """Give a plain model the LoRA layers that are saved in ``folder``, by the course or by PEFT.

    Returns:
        The full names of the replaced layers.

    Raises:
        CourseError: there is no adapter, it does not fit this model, or it uses something that
            the course's layer cannot do. The model is then left as it was.
    """
    config, pairs = _read(Path(folder))
    targets = sorted({name.split(".")[-1] for name in pairs})
    _check_fit(matching_layers(model, targets), pairs, config["r"], folder)
    dropout = config.get("lora_dropout", 0.0)
    names = add_lora(model, config["r"], config["lora_alpha"], targets, dropout)
    for name, layer in lora_layers(model).items():
        layer.lora_A.copy_(pairs[name]["lora_A"])
        layer.lora_B.copy_(pairs[name]["lora_B"])
    return names


def _read(folder: Path) -> tuple[dict[str, Any], Pairs]:
    """Settings, and the tensors by layer."""
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        tensors = load_file(folder / TENSORS)
    except (OSError, ValueError, SafetensorError) as error:
        raise CourseError(
            f"There is no sound adapter in {folder} ({error})",
            f"name a folder that holds {CONFIG} and {TENSORS}",
        ) from error
    _check_settings(config, folder)
    pairs: Pairs = {}
    for key, value in tensors.items():
        name, _, part = key.removeprefix(PREFIX).removesuffix(".weight").rpartition(".")
        if key != f"{PREFIX}{name}.{part}.weight" or part not in ("lora_A", "lora_B"):
            raise CourseError(f"{folder} holds {key}, which is no LoRA matrix", PLAIN)
        pairs.setdefault(name, {})[part] = value
    return config, pairs


PLAIN = "save an adapter of plain LoRA on linear layers"


def _check_settings(config: dict[str, Any], folder: Path) -> None:
    """Refuse what would load without an error and compute something else."""
    if config.get("peft_type") != "LORA":
        raise CourseError(f"{folder} holds {config.get('peft_type')}, not LORA", PLAIN)
    used = [name for name in UNSUPPORTED if config.get(name)]
    start = config.get("init_lora_weights", True)
    if start not in (True, False, "gaussian"):  # such as "pissa", which changes the base weights
        used.append(f"init_lora_weights={start}")
    if used:
        raise CourseError(f"The adapter in {folder} uses {', '.join(used)}", PLAIN)


def _check_fit(layers: dict[str, nn.Linear], pairs: Pairs, rank: int, folder: Path) -> None:
    """Do the saved layers and the shapes of their matrices suit these layers?"""
    odd = sorted(layers.keys() ^ pairs.keys())
    if odd:
        where = "the model" if odd[0] in layers else "the adapter"
        raise CourseError(
            f"The adapter in {folder} does not fit: only {where} has the layer {odd[0]}",
            "load it into the model that it was trained on",
        )
    for name, layer in layers.items():
        came = {part: tuple(value.shape) for part, value in pairs[name].items()}
        expected = {"lora_A": (rank, layer.in_features), "lora_B": (layer.out_features, rank)}
        if came != expected:
            raise CourseError(
                f"The adapter in {folder} does not fit {name}: it has {came}, not {expected}",
                "load it into the model that it was trained on",
            )
