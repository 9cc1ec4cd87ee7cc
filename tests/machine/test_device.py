"""The choice of device and precision."""

import contextlib
import os
import subprocess
import sys

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.machine import device
from course_utils.settings import PACKAGE

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.delenv("COURSE_DEVICE", raising=False)
    monkeypatch.delenv("COURSE_DTYPE", raising=False)


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


@pytest.mark.parametrize("native", [True, False])
def test_on_a_cpu_its_features_decide(monkeypatch, native):
    monkeypatch.setattr(device, "computes_in_bfloat16", lambda: native)
    assert device.has_bfloat16(CPU) is native
    assert device.pick_dtype(CPU) == (torch.bfloat16 if native else torch.float32)


@pytest.mark.parametrize("name", ["bfloat16", "float16", "float32"])
@pytest.mark.parametrize("here", ["cpu", "cuda"])
def test_the_environment_fixes_the_precision(monkeypatch, name, here):
    monkeypatch.setenv("COURSE_DTYPE", name)
    dtype = device.pick_dtype(torch.device(here))
    assert dtype == getattr(torch, name) and device.dtype_text(dtype) == name


def test_a_precision_that_there_is_not_is_refused(monkeypatch):
    monkeypatch.setenv("COURSE_DTYPE", "float64")
    with pytest.raises(CourseError, match="COURSE_DTYPE = 'float64' .* bfloat16, float16, float32"):
        device.pick_dtype(CPU)


@pytest.mark.slow
def test_processes_that_start_under_load_agree():
    """Three at once: a timing would be a race between them."""
    code = "from course_utils.machine.device import pick_dtype; print(pick_dtype())"
    environment = {**os.environ, "COURSE_DEVICE": "cpu"}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=PACKAGE.parent, env=environment,
            stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    assert {process.communicate()[0] for process in started} == {f"{device.pick_dtype(CPU)}\n"}


@pytest.mark.parametrize("native", [True, False])
def test_on_cuda_emulated_bfloat16_does_not_count(monkeypatch, native):
    def supported(including_emulation=True):
        return native or including_emulation

    monkeypatch.setattr(torch.cuda, "device", lambda named: contextlib.nullcontext())
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
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


def test_the_cpu_is_described_by_its_threads():
    assert device.describe_device(CPU) == f"CPU, {torch.get_num_threads()} threads"
