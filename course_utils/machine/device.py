"""Which device the lessons run on, and in which precision: each lesson's first cell says it."""

import torch

from course_utils.errors import CourseError
from course_utils.machine.processor import computes_in_bfloat16
from course_utils.settings import device_name, dtype_name

GIB = 2**30


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
    """bfloat16 where the hardware computes in it; else float16 on a GPU, and float32 on a CPU.

    The hardware's own word decides, never a timing: every process on a machine gets the same.
    ``COURSE_DTYPE`` overrides it. A T4, as on Colab, has fast products in float16 and none in
    bfloat16; ``training.loop`` then scales the loss.

    Raises:
        CourseError: ``COURSE_DTYPE`` is none of the three.
    """
    if name := dtype_name():
        return getattr(torch, name)
    device = device or pick_device()
    if has_bfloat16(device):
        return torch.bfloat16
    return torch.float16 if device.type == "cuda" else torch.float32


def has_bfloat16(device: torch.device) -> bool:
    """Does the device compute in bfloat16 itself? (PyTorch *emulates* it elsewhere, slowly.)

    On CUDA from compute capability 8.0 on; for a CPU see ``machine.processor``.
    """
    if device.type == "cuda":
        with torch.cuda.device(device):  # it looks at the current device, not at one that is named
            return torch.cuda.is_bf16_supported(including_emulation=False)
    return computes_in_bfloat16()


def dtype_text(dtype: torch.dtype) -> str:
    """``bfloat16``, without ``torch.``: as the lab book and the lessons' first cells show it."""
    return str(dtype).removeprefix("torch.")


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
