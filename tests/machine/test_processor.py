"""Whether the processor computes in bfloat16, by its own word, and which threads use it."""

import os
import sys
from math import inf

import pytest
import torch

from course_utils.experiments.fresh_process import call_fresh
from course_utils.machine import processor

PLAIN_X86 = {"architecture": "x86_64", "avx2": True, "avx512_f": True, "avx512_bf16": False}


def told(monkeypatch, capabilities):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)


@pytest.fixture
def with_onednn(monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)


@pytest.mark.parametrize(
    ("capabilities", "native"),
    [
        (PLAIN_X86, False),
        (PLAIN_X86 | {"avx512_bf16": True}, True),
        (PLAIN_X86 | {"amx_bf16": True, "amx_tile": True}, True),
        (PLAIN_X86 | {"avx512_fp16": True, "amx_tile": True}, False),
        ({"architecture": "aarch64", "neon": True, "bf16": True, "sve_max_length": 16}, True),
        ({"architecture": "aarch64", "neon": True, "bf16": False}, False),
        ({}, False),
    ],
)
def test_the_features_decide(monkeypatch, with_onednn, capabilities, native):
    told(monkeypatch, capabilities)
    assert processor.computes_in_bfloat16() is native


def test_without_the_library_that_uses_it_the_feature_does_not_count(monkeypatch):
    told(monkeypatch, {"bf16": True})
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert not processor.computes_in_bfloat16()


@pytest.mark.parametrize(
    ("text", "native"),
    [
        ("processor\t: 0\nflags\t\t: fpu avx2 avx512_bf16\n\nflags\t\t: fpu\n", True),
        ("processor\t: 0\nflags\t\t: fpu avx2 bf16x\nbugs\t: amx_bf16\n", False),
        ("Features\t: fp asimd bf16 i8mm\n", True),
        ("Features\t: fp asimd\n", False),
        ("", False),
        (None, False),
    ],
)
def test_an_older_pytorch_leaves_it_to_linux(monkeypatch, with_onednn, tmp_path, text, native):
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    monkeypatch.setattr(processor, "PROC", tmp_path / "cpuinfo")
    if text is not None:
        (tmp_path / "cpuinfo").write_text(text)
    assert processor.computes_in_bfloat16() is native


def test_both_sources_agree_on_this_machine(monkeypatch):
    if not hasattr(torch.cpu, "get_capabilities") or not processor.PROC.exists():
        pytest.skip("only one of them is here")
    first = processor.features() & processor.BFLOAT16
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert processor.features() & processor.BFLOAT16 == first


@pytest.mark.parametrize(
    ("allowed", "variable", "threads"),
    [
        (2.0, None, 2),
        (1.5, None, 1),
        (0.5, None, 1),
        (2.0, "8", 8),
        (16.0, None, 8),
        (inf, None, 8),
    ],
)
def test_threads_follow_a_quota_of_processors(monkeypatch, allowed, variable, threads):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if variable:
        monkeypatch.setenv("OMP_NUM_THREADS", variable)
    used = [8]
    monkeypatch.setattr(processor, "processors_in_container", lambda: allowed)
    monkeypatch.setattr(processor.torch, "get_num_threads", lambda: used[-1])
    monkeypatch.setattr(processor.torch, "set_num_threads", used.append)
    processor.follow_quota()
    assert used[-1] == threads


@pytest.mark.parametrize(
    ("platform", "allowed", "variable", "binds"),
    [
        ("linux", inf, None, True),
        ("linux", 4.0, None, True),
        ("linux", 3.5, None, False),  # fewer threads than processors
        ("linux", inf, "OMP_NUM_THREADS", False),
        ("linux", inf, "GOMP_CPU_AFFINITY", False),
        ("linux", inf, "KMP_AFFINITY", False),
        ("darwin", inf, None, False),
    ],
)
def test_threads_are_bound_where_a_process_may_use_every_processor(
    monkeypatch, platform, allowed, variable, binds
):
    for name in [name for name in os.environ if name.startswith(processor.OPENMP)]:
        monkeypatch.delenv(name)
    if variable:
        monkeypatch.setenv(variable, "1")
    monkeypatch.setattr(processor.sys, "platform", platform)
    monkeypatch.setattr(processor.os, "sched_getaffinity", lambda process: set(range(4)))
    monkeypatch.setattr(processor, "processors_in_container", lambda: allowed)
    assert processor.bound_threads() == ({"OMP_PROC_BIND": "true"} if binds else {})


def processors_of_threads() -> tuple[int, list[int]]:
    """How many threads PyTorch uses, and how many processors each of the process's may run on."""
    torch.zeros(1_000_000).add(1)  # the threads start
    threads = [int(name) for name in os.listdir("/proc/self/task")]
    return torch.get_num_threads(), [len(os.sched_getaffinity(thread)) for thread in threads]


@pytest.mark.slow  # processes of their own
@pytest.mark.skipif(sys.platform != "linux", reason="only there")
def test_bound_threads_are_as_many_as_before_each_on_its_own_processor(monkeypatch):
    for name in [name for name in os.environ if name.startswith(processor.OPENMP)]:
        monkeypatch.delenv(name)
    before, wandering = call_fresh(processors_of_threads)
    after, bound = call_fresh(processors_of_threads, environment={"OMP_PROC_BIND": "true"})
    assert after == before
    assert wandering.count(1) < before <= bound.count(1) or before == 1
