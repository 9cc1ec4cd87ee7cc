"""What a CPU does otherwise than the GPU that the calculator counts for."""

import pytest

from course_utils.memory import kernels
from course_utils.training import mixed_precision


@pytest.fixture(autouse=True)
def as_on_a_cpu(monkeypatch):
    """A CPU's softmax makes no product in its backward pass; the optimiser's chunks are a GPU's."""
    monkeypatch.setattr(kernels, "SOFTMAX", 3)
    monkeypatch.setitem(mixed_precision.CHUNK, "cpu", mixed_precision.CHUNK["cuda"])
