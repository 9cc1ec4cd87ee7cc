"""The shape of a model by name, from its ``config.json``, or from the head of a safetensors file.

The weights are not needed: a configuration is a page of text, and a safetensors file begins with
the names and sizes of its tensors. For ``python -m course_utils memory``; lesson 5, *All of it*.
"""

import json
from pathlib import Path

from safetensors import SafetensorError, safe_open
from transformers import AutoConfig

from course_utils.errors import CourseError
from course_utils.memory.families import Family
from course_utils.memory.shapes import SHAPES, Shape

LAYER = "layers.0."
HEAD_DIM = 64  # where a file of weights does not say it: see ``from_safetensors``


def shape_of(source: str) -> tuple[str, Shape]:
    """A model's name and shape.

    Args:
        source: a key of ``SHAPES``, the path of a ``config.json`` or of a safetensors file, or a
            folder that has one of them; a configuration is preferred, as it says more.

    Raises:
        CourseError: it is none of these, or a model that the calculator does not know.
    """
    known = {name.lower(): name for name in SHAPES}
    if source.lower() in known:
        name = known[source.lower()]
        return name, SHAPES[name]
    path = Path(source)
    if not path.exists():
        raise CourseError(
            f"'{source}' is no model that the calculator knows, and no file or folder",
            "give the path of a config.json, of a folder or of a safetensors file, or one of: "
            + ", ".join(SHAPES),
        )
    if path.is_dir():
        return path.resolve().name, _from_folder(path)
    if path.suffix == ".json":
        return path.resolve().parent.name, from_config(path)
    return path.stem, from_safetensors([path])


def _from_folder(folder: Path) -> Shape:
    if (folder / "config.json").exists():
        return from_config(folder / "config.json")
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise CourseError(
            f"{folder} has neither a config.json nor a safetensors file",
            "give a folder that has one of them",
        )
    return from_safetensors(weights)


def from_config(path: Path) -> Shape:
    """The shape that a ``config.json`` says.

    Raises:
        CourseError: it is no configuration, or that of another kind of model.
    """
    try:
        kind = json.loads(path.read_text(encoding="utf-8"))["model_type"]
        config = AutoConfig.from_pretrained(path, trust_remote_code=False)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise CourseError(
            f"{path} is no configuration of a model that transformers knows "
            f"({str(error).splitlines()[0]})",
            "give the config.json of a language model",
        ) from error
    try:
        return Shape.of(config)
    except AttributeError as error:
        raise CourseError(
            f"The configuration {path}, of the kind '{kind}', lacks a size ({error})",
            "give the config.json of a language model",
        ) from error


def from_safetensors(paths: list[Path]) -> Shape:
    """The shape that the names and sizes of all tensors say.

    Heads cannot be seen in them, but for models that normalise each head: heads of ``HEAD_DIM``
    numbers are assumed. Except for attention without flash they hardly matter. Windows are not
    seen either, and Gemma's first generation is taken for Llama.

    Args:
        paths: of all files of one model.

    Raises:
        CourseError: a file is no safetensors file, or a tensor that is needed is not there.
    """
    sizes: dict[str, tuple[int, ...]] = {}
    for path in paths:
        sizes |= _sizes(path)

    def size(ending: str) -> tuple[int, ...]:
        for name, found in sizes.items():
            if name.endswith(ending):
                return found
        raise CourseError(
            f"{paths[0]} has no tensor '...{ending}'",
            "give the weights of a whole model of Llama's kind, or its config.json",
        )

    vocabulary, hidden = size("embed_tokens.weight")
    fused = any(name.endswith(LAYER + "self_attn.qkv_proj.weight") for name in sizes)
    queries = size(LAYER + "self_attn.o_proj.weight")[1]
    if fused:
        keys = (size(LAYER + "self_attn.qkv_proj.weight")[0] - queries) // 2
    else:
        keys = size(LAYER + "self_attn.k_proj.weight")[0]
    normed = any(name.endswith(LAYER + "self_attn.q_norm.weight") for name in sizes)
    late = any(name.endswith(LAYER + "post_feedforward_layernorm.weight") for name in sizes)
    family = Family.PHI3 if fused else Family.LLAMA
    if normed:
        family = Family.GEMMA3 if late else Family.QWEN3
    head_dim = size(LAYER + "self_attn.q_norm.weight")[0] if normed else HEAD_DIM
    layers = {name.split("layers.")[1].split(".")[0] for name in sizes if "layers." in name}
    biases = [s for n, s in sizes.items() if LAYER in n and n.endswith("proj.bias")]
    return Shape(
        hidden, len(layers), queries // head_dim, keys // head_dim, head_dim,
        size(LAYER + "mlp.down_proj.weight")[1], vocabulary,
        not any(name.endswith("lm_head.weight") for name in sizes),
        sum(numbers for (numbers,) in biases), family,
    )  # fmt: skip


def _sizes(path: Path) -> dict[str, tuple[int, ...]]:
    """The size of each tensor of a safetensors file, by name; no weight is read."""
    try:
        with safe_open(path, "pt") as tensors:
            return {name: tuple(tensors.get_slice(name).get_shape()) for name in tensors.keys()}
    except (SafetensorError, OSError) as error:
        raise CourseError(
            f"{path} is no safetensors file ({str(error).splitlines()[0]})",
            "give the path of a config.json, of a folder or of a safetensors file",
        ) from error
