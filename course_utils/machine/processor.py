"""What the processor can do, and how many threads use it.

By its own word: it says the same to every process, at any load.
"""

import os
import sys
from pathlib import Path

import torch

from course_utils.machine.container import processors_in_container

PROC = Path("/proc/cpuinfo")
# AVX-512 and AMX of x86, and ARM's; PyTorch and Linux use the same names.
BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
OPENMP = ("OMP_", "GOMP_", "KMP_")  # its own variables, GNU's and LLVM's


def follow_quota() -> None:
    """Let PyTorch use no more threads than a container's quota of processors, rounded down.

    Nothing changes where there is no such quota, or ``OMP_NUM_THREADS`` says how many.
    """
    allowed = processors_in_container()
    if "OMP_NUM_THREADS" not in os.environ and allowed < torch.get_num_threads():
        torch.set_num_threads(max(1, int(allowed)))


def bound_threads() -> dict[str, str]:
    """Variables with which a new process keeps each thread of PyTorch on a processor of its own.

    Threads that wander meet on one processor now and then, and all wait for the last of them. For
    a process that has the machine to itself: those of two with fewer threads than there are
    processors would be bound to the same ones. So it is empty under a quota, and where OpenMP's
    variables say otherwise. The numbers that are computed stay the same.
    """
    if sys.platform != "linux" or any(name.startswith(OPENMP) for name in os.environ):
        return {}
    if processors_in_container() < len(os.sched_getaffinity(0)):
        return {}
    return {"OMP_PROC_BIND": "true"}


def computes_in_bfloat16() -> bool:
    """Does the processor have products in bfloat16, and PyTorch the library that uses them?

    Without either, PyTorch emulates bfloat16, and that is slower than float32. The library is
    oneDNN; PyTorch's packages for macOS come without it.
    """
    return torch.backends.mkldnn.is_available() and bool(BFLOAT16 & features())


def features() -> frozenset[str]:
    """Names of the instruction sets that the processor has; empty where nothing tells them."""
    tell = getattr(torch.cpu, "get_capabilities", None)
    if tell is None:  # an older PyTorch
        return _from_proc()
    return frozenset(name for name, there in tell().items() if there is True)


def _from_proc() -> frozenset[str]:
    """The line ``flags`` (x86) or ``Features`` (ARM) of the first core, on Linux."""
    try:
        lines = PROC.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return frozenset()
    pairs = (line.partition(":") for line in lines)
    found = (words for name, _, words in pairs if name.strip() in ("flags", "Features"))
    return frozenset(next(found, "").split())
