"""Which device the lessons run on, and in which precision: each lesson's first cell says it."""

import functools
import time

import torch

from course_utils.errors import CourseError
from course_utils.settings import device_name

GIB = 2**30
PROBE_TOKENS = 512


def pick_device() -> torch.device:
    """The device of the lessons: a CUDA GPU where there is one, else the CPU.

    ``COURSE_DEVICE`` (``cpu``, ``cuda`` or ``cuda:1``) overrides the choice.

    Raises:
        CourseError: ``COURSE_DEVICE`` names a device that this machine does not have.
    """
    wanted = device_name() or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(wanted)
        if device.type not in ("cpu", "cuda"):
            raise RuntimeError("the course runs on cpu and cuda only")
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise CourseError(
            f"COURSE_DEVICE={wanted} cannot be used here ({str(error).splitlines()[0]})",
            "unset COURSE_DEVICE, or set it to cpu",
        ) from error
    return device


def describe_device(device: torch.device | None = None) -> str:
    """One line on the device: ``CPU, 2 threads`` or the GPU's name and memory in GiB."""
    device = device or pick_device()
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        return f"{properties.name}, {properties.total_memory / GIB:.0f} GiB"
    return f"CPU, {torch.get_num_threads()} threads"


def pick_dtype(device: torch.device | None = None) -> torch.dtype:
    """bfloat16 where the hardware computes in it and gains by it; else float16 on a GPU.

    A T4, as on Colab, has fast products in float16 and none in bfloat16; ``training.loop``
    then scales the loss. On a CPU without bfloat16 it is float32.
    """
    device = device or pick_device()
    if bf16_is_faster(device):
        return torch.bfloat16
    return torch.float16 if device.type == "cuda" else torch.float32


@functools.cache
def bf16_is_faster(device: torch.device) -> bool:
    """Does bfloat16 make a layer at least 1.2 times faster than float32 on this device?

    On CUDA the hardware's own word is taken (compute capability 8.0 and later). On a CPU both
    precisions are timed: PyTorch also *emulates* bfloat16 on processors without it, slowly.
    """
    if device.type == "cuda":
        with torch.cuda.device(device):  # it looks at the current device, not at one that is named
            return torch.cuda.is_bf16_supported(including_emulation=False)
    return _matmul_seconds(torch.float32) > 1.2 * _matmul_seconds(torch.bfloat16)


def _matmul_seconds(dtype: torch.dtype, repeats: int = 15) -> float:
    """Seconds of the product that dominates a decoder layer of the 135M model.

    The least of several, as other programs on the machine can only make it slower.
    """
    x = torch.randn(PROBE_TOKENS, 576).to(dtype)  # (tokens, d_model)
    w = torch.randn(1536, 576).to(dtype)  # (d_mlp, d_model)
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        x @ w.T
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def cuda_device(why: str) -> torch.device:
    """The CUDA device of the lessons, ``COURSE_DEVICE`` included, with its number.

    Args:
        why: what needs one, for the message.

    Raises:
        CourseError: there is none, or ``COURSE_DEVICE`` says to use another kind.
    """
    device = pick_device()
    if device.type != "cuda":
        found = "COURSE_DEVICE says cpu" if device_name() else "There is no CUDA device here"
        raise CourseError(f"{found}, and {why}", "run this on a GPU")
    number = torch.cuda.current_device() if device.index is None else device.index
    return torch.device("cuda", number)
