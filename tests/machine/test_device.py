"""The choice of device and precision."""

import contextlib

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.machine import device

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.delenv("COURSE_DEVICE", raising=False)
    device.bf16_is_faster.cache_clear()
    yield
    device.bf16_is_faster.cache_clear()


def test_without_a_gpu_the_cpu_is_chosen(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device.pick_device() == CPU


def test_the_environment_overrides_the_choice(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    assert device.pick_device() == CPU


@pytest.mark.parametrize("wanted", ["gpu", "meta", "hpu", "cuda:99", "cpu;", "xpu"])
def test_a_device_that_cannot_be_used_is_explained(monkeypatch, wanted):
    monkeypatch.setenv("COURSE_DEVICE", wanted)
    with pytest.raises(CourseError, match=f"COURSE_DEVICE={wanted} cannot be used") as caught:
        device.pick_device()
    assert "set it to cpu" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("bf16_seconds", "expected"),
    [(0.5, torch.bfloat16), (0.95, torch.float32), (3.0, torch.float32)],
)
def test_bfloat16_only_where_it_gains(monkeypatch, bf16_seconds, expected):
    seconds = {torch.float32: 1.0, torch.bfloat16: bf16_seconds}
    monkeypatch.setattr(device, "_matmul_seconds", seconds.__getitem__)
    assert device.pick_dtype(CPU) == expected


def test_precisions_are_timed_once(monkeypatch):
    timed = []
    monkeypatch.setattr(device, "_matmul_seconds", lambda dtype: timed.append(dtype) or 1.0)
    device.pick_dtype(CPU)
    device.pick_dtype(CPU)
    assert sorted(map(str, timed)) == ["torch.bfloat16", "torch.float32"]


@pytest.mark.parametrize("native", [True, False])
def test_on_cuda_emulated_bfloat16_does_not_count(monkeypatch, native):
    def supported(including_emulation=True):
        return native or including_emulation

    monkeypatch.setattr(torch.cuda, "device", lambda named: contextlib.nullcontext())
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    monkeypatch.setattr(device, "_matmul_seconds", None)
    dtype = device.pick_dtype(torch.device("cuda"))
    assert dtype == (torch.bfloat16 if native else torch.float16)


def test_of_two_unlike_gpus_the_one_that_is_named_decides(monkeypatch):
    current = [0]

    @contextlib.contextmanager
    def selected(named):
        current.append(named.index)
        yield
        current.pop()

    monkeypatch.setattr(torch.cuda, "device", selected)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **named: current[-1] == 1)
    assert device.pick_dtype(torch.device("cuda:1")) == torch.bfloat16
    assert device.pick_dtype(torch.device("cuda:0")) == torch.float16


@pytest.mark.parametrize(("wanted", "number"), [("cuda:1", 1), ("cuda", 3)])
def test_the_cuda_device_is_the_one_that_the_environment_names(monkeypatch, wanted, number):
    monkeypatch.setenv("COURSE_DEVICE", wanted)
    monkeypatch.setattr(torch, "empty", lambda size, device: None)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 3)
    assert device.cuda_device("a test wants one") == torch.device("cuda", number)


def test_without_a_cuda_device_it_is_said_why(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(CourseError, match="There is no CUDA device here, and a test wants one"):
        device.cuda_device("a test wants one")
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    with pytest.raises(CourseError, match="COURSE_DEVICE says cpu, and a test wants one"):
        device.cuda_device("a test wants one")


def test_a_product_is_timed_in_either_precision():
    assert device._matmul_seconds(torch.float32, repeats=4) > 0
    assert device._matmul_seconds(torch.bfloat16, repeats=4) > 0


def test_the_cpu_is_described_by_its_threads():
    assert device.describe_device(CPU) == f"CPU, {torch.get_num_threads()} threads"
