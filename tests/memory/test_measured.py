"""The peak of a stretch of code, also of what is gone again when it ends."""

import threading
import time
import weakref

import psutil
import pytest
import torch

from course_utils.memory.measured import PeakMemory, free_memory, resident

CPU = torch.device("cpu")
SIZE = 200_000_000  # bytes


def hold(size=SIZE):
    """Write ``size`` bytes, so that they are resident, and keep them for a few samples."""
    tensor = torch.ones(size, dtype=torch.uint8)
    time.sleep(0.1)
    return tensor


def test_a_tensor_freed_within_the_block_counts():
    with PeakMemory(CPU) as memory:
        tensor = hold()
        del tensor
        held_at_end = psutil.Process().memory_info().rss
    assert memory.peak - memory.start > 0.9 * SIZE
    assert memory.peak - held_at_end > 0.9 * SIZE


def test_the_peak_grows_within_the_block():
    with PeakMemory(CPU) as memory:
        before = memory.peak
        tensor = hold()
        assert memory.peak - before > 0.9 * SIZE
        del tensor


def test_the_start_is_not_above_the_peak():
    tensor = hold()
    with PeakMemory(CPU) as memory:
        del tensor
    assert 0 < memory.start <= memory.peak


def test_an_exception_passes_and_leaves_no_thread():
    before = threading.enumerate()
    with pytest.raises(ZeroDivisionError), PeakMemory(CPU) as memory:
        assert len(threading.enumerate()) == len(before) + 1
        raise ZeroDivisionError
    assert threading.enumerate() == before and memory.peak > 0


def test_on_cuda_pytorch_keeps_the_account(monkeypatch):
    calls = []
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", calls.append)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: 100)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda device: 700)
    before = threading.enumerate()
    device = torch.device("cuda")
    with PeakMemory(device) as memory:
        assert threading.enumerate() == before
    assert calls == [device] and (memory.start, memory.peak) == (100, 700)


def test_freeing_memory_collects_cycles():
    class Node:
        pass

    node = Node()
    node.itself, alive = node, weakref.ref(node)
    del node
    free_memory()
    assert alive() is None


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_freeing_memory_gives_back_what_products_left():
    free_memory()
    before = torch.cuda.memory_allocated()
    x = torch.ones(64, 64, device="cuda", requires_grad=True)
    (x @ x).sum().backward()
    del x
    assert torch.cuda.memory_allocated() > before
    free_memory()
    assert torch.cuda.memory_allocated() == before


def test_resident_bytes_grow_with_what_is_held():
    before = resident()
    held = torch.ones(30_000_000)
    assert 100e6 < resident() - before < 200e6 and held[0] == 1
