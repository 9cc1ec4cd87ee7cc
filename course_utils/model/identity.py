"""Which model is this? Digests of weights, so that nothing made for one model is used on another.

An adapter, a soft prompt, an update and a checkpoint belong to the weights that they were made on,
and so does a row of the lab book. Two folders may have one name and one folder may change, so a
model is known by what it holds.
"""

import dataclasses
import functools
import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel

from course_utils import settings
from course_utils.assets import cache
from course_utils.errors import CourseError

DIGITS = 16  # hex digits that are kept of a sha256
ADDED = re.compile(r"(^|\.)(lora_[AB]|soft_prompt)(\.|$)")  # what stands beside the base's weights
WRAPPERS = re.compile(r"(^|\.)(_orig_mod|base)(?=\.)")  # torch.compile's, and a LoRA layer's


@dataclasses.dataclass(frozen=True)
class Base:
    """The weights that lie under adapters and soft prompts.

    Attributes:
        files: digest of the safetensors files that they were loaded from, the same in every
            precision; empty where there are none, or where the weights have moved since.
        weights: digest of the values in memory, the same in float32 as in the bfloat16 that the
            values came from.
    """

    files: str
    weights: str

    def is_same(self, other: "Base") -> bool:
        """Do both stand for the same weights?"""
        return self.weights == other.weights or bool(self.files and self.files == other.files)


def digest(tensors: Iterable[tuple[str, torch.Tensor]]) -> str:
    """Sixteen hex digits that stand for these names, shapes and values.

    Values that bfloat16 holds exactly give the same digest in bfloat16 and in float32, and the
    order of the tensors does not matter.
    """
    return _joined((name, tensor_digest(tensor)) for name, tensor in tensors)


def tensor_digest(tensor: torch.Tensor) -> str:
    """Shape and sha256 of one tensor's values, as ``digest`` takes them."""
    shape, tensor = tuple(tensor.shape), tensor.detach().cpu().contiguous()
    if tensor.is_floating_point() and tensor.dtype != torch.bfloat16:
        tensor = tensor.float()
        short = tensor.bfloat16()
        tensor = short if torch.equal(short.float(), tensor) else tensor
    content = tensor.reshape(-1).view(torch.uint8).numpy()
    return f"{shape} {hashlib.sha256(content.data).hexdigest()}"


def _joined(parts: Iterable[tuple[str, str]]) -> str:
    lines = sorted(f"{name} {part}" for name, part in parts)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:DIGITS]


def plain_name(name: str) -> str:
    """A parameter's name in the model as it was loaded: without wrappers of compile and LoRA."""
    return WRAPPERS.sub("", name).lstrip(".")


def weights_digest(model: torch.nn.Module) -> str:
    """Digest of the base's weights, whatever stands on them.

    LoRA's matrices and a soft prompt do not count. A merged layer counts with its weight from
    before, and a layer in 4 bits with the weight that it was made from.
    """
    return _joined(_base_parts(model).items())


def _base_parts(model: torch.nn.Module) -> dict[str, str]:
    parts = {
        plain_name(name): tensor_digest(parameter)
        for name, parameter in model.named_parameters()
        if not ADDED.search(name)
    }
    for name, module in model.named_modules():
        if isinstance(untouched := getattr(module, "untouched", None), torch.Tensor):  # merged
            parts[plain_name(f"{name}.weight")] = tensor_digest(untouched)
        if isinstance(origin := getattr(module, "origin", None), str):  # in 4 bits
            parts[plain_name(f"{name}.weight")] = origin
    return parts


@dataclasses.dataclass(frozen=True)
class Origin:
    """What a model was when it was loaded.

    Attributes:
        weights: ``weights_digest`` at that time.
        files: the safetensors files that it came from.
    """

    weights: str = ""
    files: tuple[Path, ...] = ()


def remember_origin(model: PreTrainedModel, files: tuple[Path, ...]) -> None:
    """Note on ``model`` what it was loaded from, and what its weights are now."""
    model.course_origin = Origin(weights_digest(model), files)


def origin_of(model: torch.nn.Module) -> Origin:
    """What ``remember_origin`` noted; an empty ``Origin`` where nothing was loaded."""
    return getattr(model, "course_origin", Origin())


def base_of(model: torch.nn.Module) -> Base:
    """The base of ``model`` as it is now."""
    weights, origin = weights_digest(model), origin_of(model)
    same = bool(origin.files) and weights == origin.weights
    return Base(files_digest(origin.files) if same else "", weights)


def has_moved(model: torch.nn.Module) -> bool:
    """Are the weights others than those that were loaded? False where nothing was loaded."""
    loaded = origin_of(model).weights
    return bool(loaded) and weights_digest(model) != loaded


def refuse_other_base(model: torch.nn.Module, saved: dict[str, Any] | None, what: str) -> None:
    """Raise where something was made on other weights than those of ``model``.

    Args:
        saved: ``dataclasses.asdict`` of the base that it was made on; None where its file does
            not say, as with a file by PEFT.
        what: its name in the message, such as ``The adapter in runs/a``.

    Raises:
        CourseError: the bases differ, or ``saved`` is not what ``base_of`` gives.
    """
    if saved is None:
        return
    try:
        base = Base(**saved)
    except TypeError:
        raise CourseError(
            f"{what} has a note of its base model that cannot be read ({saved!r})", "save it again"
        ) from None
    if not base.is_same(base_of(model)):
        raise CourseError(
            f"{what} was made on a model with other weights",
            "load the model that it was trained on, as it was before the training",
        )


def files_digest(files: tuple[Path, ...]) -> str:
    """Digest of the bytes of files, in this order; a file that has not changed is read once."""
    stats = [path.stat() for path in files]
    parts = [_file_sha256(p, s.st_size, s.st_mtime_ns) for p, s in zip(files, stats)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:DIGITS]


@functools.lru_cache(maxsize=64)
def _file_sha256(path: Path, size: int, changed: int) -> str:
    return cache.sha256(path)


def model_name() -> str:
    """The name of the lessons' model in the lab book.

    The course's own model has a short name of its own, under which recorded results are found.
    Any other is its hub id or its folder's full path, with a digest of its weights.
    """
    source = settings.model_source()
    if source is None:
        return settings.COURSE_MODEL
    files = weight_files(source)
    return f"{settings.model_name()} ({files_digest(files)[:8]})" if files else source


def weight_files(source: str) -> tuple[Path, ...]:
    """The safetensors files of a folder or of a downloaded hub id, sorted; none if not found."""
    folder = Path(source).expanduser()
    if not folder.is_dir():
        found = _cached(source)
        if found is None:
            return ()
        folder = found.parent
    return tuple(sorted(folder.glob("*.safetensors")))


def _cached(hub_id: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    for name in ("model.safetensors.index.json", "model.safetensors"):
        try:
            found = try_to_load_from_cache(hub_id, name)
        except ValueError:  # not even the form of a hub id
            return None
        if isinstance(found, str):
            return Path(os.path.abspath(found))
    return None
