"""Loading the language model of the lessons, or another one through ``COURSE_MODEL``.

Every lesson begins with ``load_model``.
"""

import contextlib
from collections.abc import Callable, Iterator

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging as transformers_logging

from course_utils import settings
from course_utils.assets import model as model_asset
from course_utils.errors import CourseError
from course_utils.machine.allocator import keep_freed_memory
from course_utils.machine.device import pick_device, pick_dtype
from course_utils.machine.processor import follow_quota
from course_utils.model import sound
from course_utils.model.attention import group_heads
from course_utils.model.identity import remember_origin, weight_files
from course_utils.model.norms import LIKE_LLAMA, RMSNorm
from course_utils.model.selftest import ways


def load_model(
    dtype: torch.dtype | None = None,
    device: torch.device | None = None,
    quantization: BitsAndBytesConfig | None = None,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load model and tokeniser, in evaluation mode.

    The course's own model comes from the cache folder. ``COURSE_MODEL``, a hub id or a local
    folder, names another causal language model; ``model/families.md`` says which families work.
    Only safetensors are read, no code that comes with a model is run, and what loads is what was
    saved: see ``model.sound`` and ``model.selftest``.

    Attention is computed the plain ("eager") way. For texts this short it is faster than PyTorch's
    fused kernels on a CPU, and it has no trouble with padded rows on a GPU. On a CPU a model of
    Llama's kind takes the steps of ``model.attention``.

    Args:
        dtype: precision of the weights; by default that of ``device.pick_dtype``.
        device: where to put the model; by default the GPU if there is one.
        quantization: of the linear layers, by bitsandbytes; see ``bnb.load_model_4bit``.

    Raises:
        CourseError: the model cannot be loaded; the message says why.
    """
    follow_quota()
    keep_freed_memory()
    transformers_logging.disable_progress_bar()  # it loads in a second
    device = device or pick_device()
    with _loading() as source:
        config = AutoConfig.from_pretrained(source, trust_remote_code=False)
        sound.refuse_config(config, source)
        tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
        with _quiet():  # its report of missing weights: ``refuse_incomplete`` says it
            model, info = AutoModelForCausalLM.from_pretrained(
                source,
                dtype=dtype or pick_dtype(device),
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
                ignore_mismatched_sizes=True,  # refused below, with their names
                attn_implementation="eager",
                quantization_config=quantization,
                device_map={"": device} if quantization else None,
            )
        sound.refuse_incomplete(info, source)
        sound.refuse_not_finite(model, source)
        sound.suit_tokenizer(tokenizer, model, source)
    norms_in_float32(model)
    if device.type == "cpu":
        group_heads(model)
    model = model.to(device).eval()
    remember_origin(model, weight_files(source))
    if quantization is None:  # else once ``libraries.bnb`` has made its layers safe to call
        ways(model)  # refused here rather than in the middle of a lesson
    return model, tokenizer


@contextlib.contextmanager
def _loading() -> Iterator[str]:
    """The hub id or folder to load from; what goes wrong in loading becomes a clear sentence."""
    source = settings.model_source() or str(model_asset.model_folder())
    sound.refuse_folder(source)
    try:
        yield source
    except (CourseError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # each library has its own; a cut file is a SafetensorError
        raise CourseError(
            f"COURSE_MODEL={source} cannot be loaded ({sound.reason(error)})",
            "give a local folder or a hub id of a causal language model that transformers knows "
            "without code of its own and that has whole safetensors files, or unset COURSE_MODEL "
            "to use the course's own",
        ) from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    level = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity_error()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(level)


def norms_in_float32(model: PreTrainedModel) -> None:
    """Keep the few weights of the norms in float32, also in a bfloat16 model.

    Near 1, where a norm's weights lie, bfloat16's neighbours are 1/128 apart: a rounded copy of a
    float32 master would stand still for hundreds of small steps. They are one weight in 4,000, and
    the loss of the first steps is measurably higher when they are rounded.
    """
    for name, module in list(model.named_modules()):
        kind = type(module).__name__
        if kind in LIKE_LLAMA and model.dtype != torch.float32:
            model.set_submodule(name, RMSNorm(module, model.dtype))
        elif kind.endswith(("RMSNorm", "LayerNorm")):
            module.float()
            module.register_forward_pre_hook(_float_input)
            module.register_forward_hook(_in_dtype_of(model.dtype))


def _float_input(module: torch.nn.Module, inputs: tuple) -> tuple:
    return (inputs[0].float(),)


def _in_dtype_of(dtype: torch.dtype) -> Callable[..., torch.Tensor]:
    """A hook for the rest of the model: float32 under autocast, else ``dtype`` throughout."""

    def cast(module: torch.nn.Module, inputs: tuple, output: torch.Tensor) -> torch.Tensor:
        return output if torch.is_autocast_enabled(output.device.type) else output.to(dtype)

    return cast
