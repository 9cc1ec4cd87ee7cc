"""bitsandbytes' 4-bit layers, loaded so that they may be trained, read and moved on a CPU too.

bitsandbytes 0.50.2 has four traps on a CPU. None of them raises; all of them give wrong numbers.

1. Where ``in_features`` is no multiple of the block size, AVX-512 processors read the scale of
   the wrong block for the weights at the end of a row.
2. On processors with AVX512-BF16, the first forward pass in evaluation mode repacks the weights
   in place. Repacked layers pass on no gradient: adapters in the layers below stop learning.
3. Dequantising or merging a repacked weight gives garbage.
4. Moving a repacked layer with ``.to(device)`` corrupts it (bitsandbytes#2078).

``make_safe`` refuses the first and switches the repacking off, which prevents the other three.
Lesson 5, *Proof against the library* and *bitsandbytes on a CPU: four silent traps*.
"""

import collections
import contextlib
import functools
import logging
import types
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn
from transformers import BitsAndBytesConfig, PreTrainedModel, PreTrainedTokenizerBase

from course_utils.errors import CourseError
from course_utils.machine.device import pick_device, pick_dtype
from course_utils.model.load import load_model
from course_utils.quantisation.blockwise import dequantise, quantise
from course_utils.quantisation.codebooks import nf4


@contextlib.contextmanager
def quiet_bitsandbytes() -> Iterator[None]:
    """Without what bitsandbytes logs of kernels that the course does not use; errors stay."""
    logger = logging.getLogger("bitsandbytes")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


@functools.cache
def library() -> types.ModuleType:
    """bitsandbytes, imported quietly.

    Raises:
        CourseError: it is not installed, or cannot be loaded here.
    """
    try:
        with quiet_bitsandbytes():
            import bitsandbytes
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise CourseError(
            f"bitsandbytes cannot be imported ({reason})",
            "pip install -r requirements.txt; all exercises work without it",
        ) from error
    return bitsandbytes


def nf4_config(compute_dtype: torch.dtype) -> BitsAndBytesConfig:
    """NF4 with double quantisation: the paper's choice, and none of it is the default.

    Left alone, ``BitsAndBytesConfig(load_in_4bit=True)`` is FP4 without double quantisation, and
    computes in float32.
    """
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=compute_dtype,
    )


def load_model_4bit(
    device: torch.device | None = None,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """What ``model.load.load_model`` gives, with the linear layers quantised by bitsandbytes.

    Raises:
        CourseError: see ``library``, ``make_safe`` and ``model.load.load_model``.
    """
    library()
    device = device or pick_device()
    model, tokenizer = load_model(device=device, quantization=nf4_config(pick_dtype(device)))
    make_safe(model)
    return model, tokenizer


def linear_4bit_layers(model: nn.Module) -> dict[str, Any]:
    """The model's ``bitsandbytes.nn.Linear4bit`` layers, by full name."""
    kind = library().nn.Linear4bit
    return {name: m for name, m in model.named_modules() if isinstance(m, kind)}


def make_safe(model: nn.Module) -> None:
    """Keep bitsandbytes from repacking weights on a CPU; call it right after loading.

    Raises:
        CourseError: on a CPU, a layer's width is no multiple of its block size, or its weights
            are repacked already.
    """
    for name, layer in linear_4bit_layers(model).items():
        state = layer.weight.quant_state
        if getattr(state, "packing_format_for_cpu", False):
            raise CourseError(
                f"bitsandbytes has repacked the weights of {name}",
                "load the model again, and call make_safe before the first forward pass",
            )
        on_cpu = layer.weight.device.type == "cpu"
        if on_cpu and state is not None and layer.in_features % state.blocksize:
            raise CourseError(
                f"{name} has {layer.in_features} inputs, no multiple of the block of "
                f"{state.blocksize}: bitsandbytes would dequantise it wrongly on a CPU",
                "use a GPU, or the course's own quantisation.layer.quantise_model",
            )
        layer.support_avx512bf16_for_cpu = False


def dequantised(layer: Any) -> torch.Tensor:
    """The weight (out, in) that a ``Linear4bit`` stands for, in the dtype it was given in."""
    weight = layer.weight
    return library().functional.dequantize_4bit(weight.data, weight.quant_state)


def differences(weights: Iterable[torch.Tensor]) -> dict[str, int]:
    """How many numbers the course's NF4 and bitsandbytes' give differently, for these weights.

    Args:
        weights: matrices, float32, bfloat16 or float16; on one device.

    Returns:
        Counts of ``packed bytes``, ``scales`` and ``dequantised weights`` that differ.
    """
    functional = library().functional
    found: collections.Counter[str] = collections.Counter()
    for weight in weights:
        table = nf4().to(weight.device)
        packed, absmax = quantise(weight, table)
        theirs, state = functional.quantize_4bit(weight, quant_type="nf4")
        back = dequantise(packed, absmax, table, tuple(weight.shape), weight.dtype)
        found["packed bytes"] += int((packed != theirs.view(-1)).sum())
        found["scales"] += int((absmax != state.absmax).sum())
        found["dequantised weights"] += int(
            (back != functional.dequantize_4bit(theirs, state)).sum()
        )
    return dict(found)
