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
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging as transformers_logging

from course_utils import settings
from course_utils.assets import model as model_asset
from course_utils.errors import CourseError
from course_utils.machine.device import pick_device, pick_dtype


def load_model(
    dtype: torch.dtype | None = None,
    device: torch.device | None = None,
    quantization: BitsAndBytesConfig | None = None,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load model and tokeniser, in evaluation mode.

    The course's own model comes from the cache folder. ``COURSE_MODEL``, a hub id or a local
    folder, names another causal language model (the families of Llama, Qwen2 and GPT-2 are
    tested). Only safetensors are read, and no code from a hub is run.

    Attention is computed the plain ("eager") way. For texts this short it is the fastest for
    training on a CPU, and it has no trouble with padded rows on a GPU.

    Args:
        dtype: precision of the weights; by default that of ``device.pick_dtype``.
        device: where to put the model; by default the GPU if there is one.
        quantization: of the linear layers, by bitsandbytes; see ``bnb.load_model_4bit``.

    Raises:
        CourseError: the model cannot be loaded; the message says why.
    """
    transformers_logging.disable_progress_bar()  # it loads in a second
    device = device or pick_device()
    with _loading() as source:
        tokenizer = AutoTokenizer.from_pretrained(source)
        model = AutoModelForCausalLM.from_pretrained(
            source,
            dtype=dtype or pick_dtype(device),
            use_safetensors=True,
            attn_implementation="eager",
            quantization_config=quantization,
            device_map={"": device} if quantization else None,
        )
    if tokenizer.pad_token is None:  # GPT-2, Llama: padding is masked, so any token will do
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "right"
    norms_in_float32(model)
    return model.to(device).eval(), tokenizer


def load_config() -> PretrainedConfig:
    """The configuration of the model that ``load_model`` loads; raises as it does."""
    with _loading() as source:
        return AutoConfig.from_pretrained(source)


@contextlib.contextmanager
def _loading() -> Iterator[str]:
    """The hub id or folder to load from; what goes wrong in loading becomes a clear sentence."""
    source = settings.model_source() or str(model_asset.model_folder())
    try:
        yield source
    except (OSError, ValueError) as error:
        raise CourseError(
            f"COURSE_MODEL={source} cannot be loaded ({str(error).strip().splitlines()[0]})",
            "give a local folder or a hub id of a causal language model that has safetensors, "
            "or unset COURSE_MODEL to use the course's own",
        ) from error


def norms_in_float32(model: PreTrainedModel) -> None:
    """Keep the few weights of the norms in float32, also in a bfloat16 model.

    Near 1, where a norm's weights lie, bfloat16's neighbours are 1/128 apart: a rounded copy of a
    float32 master would stand still for hundreds of small steps. They are one weight in 4,000, and
    the loss of the first steps is measurably higher when they are rounded.
    """
    for module in model.modules():
        if type(module).__name__.endswith(("RMSNorm", "LayerNorm")):
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
