"""Adapters on disk, in PEFT's format: a small safetensors file and a JSON file of settings.

Lesson 3, *Only the adapter on disk* and *The same as PEFT?*.
"""

from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from course_utils import validate
from course_utils.errors import CourseError
from course_utils.methods import adapter_folder
from course_utils.methods.adapter_folder import Saved
from course_utils.methods.lora import add_lora, lora_layers, refuse_merged
from course_utils.model.identity import Base, base_of
from course_utils.model.layers import matching_layers

PREFIX = "base_model.model."  # PEFT's: the model stands inside two wrappers
# PEFT's settings that change nothing of what a loaded adapter computes.
FREE = {"peft_type", "task_type", "auto_mapping", "peft_version", "base_model_name_or_path",
        "revision", "inference_mode", "r", "target_modules", "lora_alpha", "lora_dropout",
        "megatron_core", "qalora_group_size"}  # fmt: skip
ALLOWED = {"bias": ("none",), "init_lora_weights": (True, False, "gaussian")}
COMPILED = "_orig_mod."  # what torch.compile puts before every name
Pairs = dict[str, dict[str, torch.Tensor]]


def adapter_state(model: nn.Module) -> dict[str, torch.Tensor]:
    """Copies of the adapters alone, float32 on the CPU, under PEFT's names.

    Returns:
        ``base_model.model.<layer>.lora_A.weight`` and ``...lora_B.weight`` of every LoRA layer.
    """
    return {key: _copy(parameter) for key, parameter in _parameters(model).items()}


@torch.no_grad()
def set_adapter_state(model: nn.Module, state: dict[str, torch.Tensor]) -> None:
    """Give the LoRA layers of ``model`` other numbers: another adapter of the same shape.

    Args:
        state: as ``adapter_state`` gives it.

    Raises:
        CourseError: it does not fit the layers, or one is merged; the model is then left as it
            was.
    """
    refuse_merged(model, "another adapter")
    own = _parameters(model)
    shapes = [{key: tuple(v.shape) for key, v in values.items()} for values in (own, state)]
    if shapes[0] != shapes[1]:
        raise CourseError(
            "The adapter does not fit the LoRA layers of this model",
            "take one of the same model, rank and targets, or load_adapter into a plain model",
        )
    for key, parameter in own.items():
        parameter.copy_(state[key])


def _parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    """``lora_A`` and ``lora_B`` of every layer under PEFT's names, also of a compiled model."""
    return {
        f"{PREFIX}{name.removeprefix(COMPILED)}.{part}.weight": getattr(layer, part)
        for name, layer in lora_layers(model).items()
        for part in ("lora_A", "lora_B")
    }


def _copy(tensor: torch.Tensor) -> torch.Tensor:
    """Contiguous, as safetensors wants it, and float32, on the CPU."""
    return tensor.detach().float().cpu().clone(memory_format=torch.contiguous_format)


def save_adapter(model: PreTrainedModel, folder: Path) -> int:
    """Write the adapters of ``model`` so that ``PeftModel.from_pretrained`` opens them.

    What was in the folder stays whole until all is written.

    Returns:
        Bytes on disk.

    Raises:
        CourseError: the model has no LoRA layers, these differ in rank, alpha or dropout, or the
            folder cannot be written to.
    """
    layers = lora_layers(model)
    if not layers:
        raise CourseError("The model has no LoRA layers", "call add_lora(model) first")
    rank, alpha, dropout = _common_settings(layers)
    settings = {
        "r": rank,
        "lora_alpha": alpha,
        "lora_dropout": dropout,
        "target_modules": sorted({name.split(".")[-1] for name in layers}),
        "base_model_name_or_path": model.config.name_or_path,
    }
    return write_adapter(adapter_state(model), settings, folder, base_of(model))


def _common_settings(layers: dict[str, Any]) -> tuple[int, float, float]:
    """Rank, alpha and dropout, which the format keeps once for all layers.

    Raises:
        CourseError: they differ between layers, or a layer's scale is not alpha / rank.
    """
    found = {}
    for name, layer in layers.items():
        rank, alpha = len(layer.lora_A), layer.alpha
        if abs(getattr(layer, "scale", alpha / rank) - alpha / rank) > 1e-9 * abs(alpha):
            raise CourseError(
                f"{name} multiplies its update by {layer.scale}, which is not alpha / rank "
                f"({alpha} / {rank}), and the file could not say so",
                "set the layer's alpha to scale x rank before you save",
            )
        found[rank, alpha, layer.dropout.p] = name
    if len(found) > 1:
        raise CourseError(
            f"The LoRA layers differ in rank, alpha or dropout: {', '.join(map(str, found))}",
            "give all layers the same, as add_lora does",
        )
    return next(iter(found))


def write_adapter(
    state: dict[str, torch.Tensor],
    settings: dict[str, Any],
    folder: Path,
    base: Base | None = None,
) -> int:
    """Write tensors under PEFT's names, and its settings ``r``, ``lora_alpha`` and so on.

    Args:
        base: of ``identity.base_of(model)``, so that the adapter is refused on other weights.

    Returns:
        Bytes on disk.

    Raises:
        CourseError: the folder cannot be written to.
    """
    fixed = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "bias": "none", "inference_mode": True}
    return adapter_folder.save(state, fixed | settings, folder, base)


@torch.no_grad()
def load_adapter(model: nn.Module, folder: Path) -> list[str]:
    """Give a plain model the LoRA layers that are saved in ``folder``, by the course or by PEFT.

    Returns:
        The full names of the replaced layers.

    Raises:
        CourseError: there is no adapter, it was made on other weights or does not fit this model,
            or it uses something that the course's layer cannot do. The model is then left as it
            was.
    """
    saved = adapter_folder.read(folder, "save_adapter")
    rank, alpha, dropout = _settings(saved)
    pairs = _pairs(saved)
    targets = sorted({name.split(".")[-1] for name in pairs})
    _check_fit(matching_layers(model, targets), pairs, rank, saved.folder)
    saved.refuse_other_base(model)
    names = add_lora(model, rank, alpha, targets, dropout)
    for name, layer in lora_layers(model).items():
        layer.lora_A.copy_(pairs[name]["lora_A"])
        layer.lora_B.copy_(pairs[name]["lora_B"])
    return names


PLAIN = "save an adapter of plain LoRA on linear layers"


def _settings(saved: Saved) -> tuple[int, float, float]:
    """Rank, alpha and dropout; refuse what would load without an error and compute otherwise.

    Settings are allowed one by one: one that is not known must be off.
    """
    config, folder = saved.settings, saved.folder
    if config.get("peft_type") != "LORA":
        raise CourseError(f"{folder} holds {config.get('peft_type')}, not LORA", PLAIN)
    used = [
        f"{name}={value}"
        for name, value in config.items()
        if name not in FREE and value not in ALLOWED.get(name, ()) and value
    ]
    if used:
        raise CourseError(f"The adapter in {folder} uses {', '.join(used)}", PLAIN)
    rank = validate.whole("r", config.get("r"), 1)
    alpha = validate.number("lora_alpha", config.get("lora_alpha"), above=0)
    dropout = validate.number("lora_dropout", config.get("lora_dropout", 0.0), least=0, below=1)
    return rank, alpha, dropout


def _pairs(saved: Saved) -> Pairs:
    """The tensors by layer."""
    pairs: Pairs = {}
    for key, value in saved.tensors.items():
        name, _, part = key.removeprefix(PREFIX).removesuffix(".weight").rpartition(".")
        if key != f"{PREFIX}{name}.{part}.weight" or part not in ("lora_A", "lora_B"):
            raise CourseError(f"{saved.folder} holds {key}, which is no LoRA matrix", PLAIN)
        if not bool(torch.isfinite(value).all()):
            raise CourseError(
                f"{key} in {saved.folder} has numbers that are not finite",
                "save the adapter of a training that did not diverge",
            )
        pairs.setdefault(name, {})[part] = value
    return pairs


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
