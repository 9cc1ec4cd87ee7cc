"""Freed memory that is kept: counted in pages that the system has to clear, in fresh processes."""

import platform
from types import SimpleNamespace

import pytest
import torch

from course_utils.experiments.fresh_process import call_fresh
from course_utils.machine import allocator
from course_utils.machine.allocator import BY_USER, KEPT, OWN_PAGES, keep_freed_memory

resource = pytest.importorskip("resource")  # which Windows lacks
ROUNDS, TENSORS, SIZE = 8, 12, 2**23  # bytes of a tensor; together they may be kept
needs_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs glibc")


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch):
    for name in BY_USER:
        monkeypatch.delenv(name, raising=False)


def new_pages(size: int) -> list[int]:
    """Page faults in each round of tensors that are filled and freed."""
    keep_freed_memory()
    found = []
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        tensors = [torch.ones(size // 4) for _ in range(TENSORS)]
        del tensors
        found.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    return found


@needs_glibc
def test_the_next_tensors_take_the_pages_of_the_last():
    """By glibc's own rule they do so in some processes only: it depends on what else is there."""
    first, *later = call_fresh(new_pages, SIZE)
    a_round = TENSORS * SIZE // resource.getpagesize()
    assert TENSORS * SIZE < KEPT and SIZE < OWN_PAGES
    assert first > a_round / 2 and max(later[3:]) < a_round / 20


@needs_glibc
def test_large_blocks_are_given_back_as_ever():
    pages = TENSORS * OWN_PAGES // resource.getpagesize()
    assert min(call_fresh(new_pages, OWN_PAGES + 2**20)) > pages / 2


def test_both_bounds_are_set(monkeypatch):
    """Blocks of their own first: to set either ends glibc's rule for both."""
    calls = []
    library = SimpleNamespace(mallopt=lambda *arguments: calls.append(arguments))
    monkeypatch.setattr(allocator.sys, "platform", "linux")
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda _: library)
    keep_freed_memory()
    assert calls == [(-3, 32 * 2**20), (-1, 128 * 2**20)]


@pytest.mark.parametrize("name", BY_USER)
def test_what_the_user_set_stays(name, monkeypatch):
    monkeypatch.setenv(name, "1")
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda _: pytest.fail("mallopt was called"))
    keep_freed_memory()


def test_nothing_happens_without_glibc(monkeypatch):
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda _: SimpleNamespace())
    keep_freed_memory()
    monkeypatch.setattr(allocator.sys, "platform", "win32")
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda _: pytest.fail("not on Windows"))
    keep_freed_memory()
