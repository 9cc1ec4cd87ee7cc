"""The memory of common GPUs, and which of them a training fits on."""

from course_utils.memory_calculator import GIB

# GiB, as PyTorch reports them: less than the nominal 16, 24, 40 and 80.
CARDS = {"T4": 14.7, "L4": 22.0, "A100 40": 39.4, "A100/H100 80": 79.1}
CONTEXT = 0.5  # GiB that CUDA itself takes


def fitting_cards(peak: int) -> list[str]:
    """The GPUs on which a training with a peak of so many bytes fits, the smallest first."""
    return [name for name, size in CARDS.items() if peak / GIB + CONTEXT <= size]
