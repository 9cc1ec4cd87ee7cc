"""How much freed memory the C library keeps for the next tensors, on a CPU.

glibc gives what is free at the end of its heap back to the system, from some megabytes on. The
layers of a model free and take tensors of megabytes all the time, and each time that the end was
given back, they wait for the system to clear new pages. ``memory.measured.free_memory`` gives back
all that is free where that matters.
"""

import contextlib
import ctypes
import os
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # what ``mallopt`` calls them, in glibc's malloc.h
KEPT = 2**27  # bytes free at the end of the heap; evaluating the course's model leaves fewer
# Larger blocks have pages of their own, and give them back when freed: the most that glibc's own
# rule would come to, which ends as soon as one of the two is set.
OWN_PAGES = 2**25
BY_USER = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES")


def keep_freed_memory() -> None:
    """Let the C library keep up to ``KEPT`` bytes at the end of its heap, for the next tensors.

    Nothing changes where another library than glibc is in use, or an environment variable already
    says how much (``BY_USER``). What a program computes does not depend on it.
    """
    if sys.platform != "linux" or any(name in os.environ for name in BY_USER):
        return
    with contextlib.suppress(OSError, AttributeError):  # a C library without it
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(MMAP_THRESHOLD, OWN_PAGES)
        mallopt(TRIM_THRESHOLD, KEPT)
