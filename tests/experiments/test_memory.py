"""The study of the memory calculator, run on a CPU: a tracker stands for the GPU's allocator."""

import contextlib
import gc
import json

import bitsandbytes  # noqa: F401 (its first import logs, and pytest's log would hold a model)
import pytest
import torch

from course_utils.errors import CourseError
from course_utils.experiments import memory
from course_utils.experiments.memory_cells import Cell
from course_utils.memory.shapes import Shape
from course_utils.memory.training import METHODS, Training
from course_utils.training import mixed_precision
from tests.memory.live_bytes import LiveBytes
from tests.memory.tiny_families import CPU, tiny_config

pytestmark = pytest.mark.slow  # together many seconds

CELLS = [Cell("Llama-2-7B", None, Training(method, 2, 48, rank=4)) for method in METHODS]


def one_after_the_other(perform, jobs, workers):
    for job in jobs:
        gc.collect()  # as ``jobs`` does: the last model is gone
        yield perform(job)


@pytest.fixture
def card(monkeypatch):
    """A GPU in the place of the CPU, and a tiny model in the place of each."""
    with LiveBytes() as live:
        fakes = {
            "reset_peak_memory_stats": lambda device: setattr(live, "peak", live.now),
            "max_memory_allocated": lambda device: live.peak,
            "max_memory_reserved": lambda device: live.peak,
            "memory_reserved": lambda device: live.now,
            "mem_get_info": lambda device: (70, 100),
            "synchronize": lambda device: None,
            "empty_cache": lambda: None,
            "device": lambda device: contextlib.nullcontext(),
        }
        for name, fake in fakes.items():
            monkeypatch.setattr(torch.cuda, name, fake)
        monkeypatch.setattr(memory, "cuda_device", lambda why: CPU)
        monkeypatch.setattr(memory, "config_of", lambda name, layers: tiny_config("llama"))
        monkeypatch.setattr(Cell, "shape", property(lambda cell: Shape.of(tiny_config("llama"))))
        sets = {"held out": lambda: CELLS, "development": lambda: []}
        monkeypatch.setattr(memory, "SETS", dict.fromkeys(memory.SETS, sets))
        monkeypatch.setattr(
            memory, "perform_all", lambda perform, jobs, workers: map(perform, jobs)
        )
        monkeypatch.setitem(mixed_precision.CHUNK, "cpu", mixed_precision.CHUNK["cuda"])
        yield live


def test_what_is_predicted_is_written_down_and_then_measured(card, tmp_path, monkeypatch):
    written = []
    real = memory.measure

    def spying(job):
        written.append(json.loads((tmp_path / "memory_held_out.json").read_text())["held out"])
        return real(job)

    monkeypatch.setattr(memory, "measure", spying)
    report = memory.study_memory_held_out(tmp_path)
    written_last = json.loads((tmp_path / "memory_held_out.json").read_text())
    assert written_last == json.loads(json.dumps(report))
    assert all("predicted" in row for row in written[0])
    assert not any("measured" in row for row in written[0])
    for row in report["held out"]:
        assert "note" not in row and {"reserved", "seconds", "context"} <= set(row)
        assert row["predicted"] == pytest.approx(row["measured"], rel=0.02), row


def test_a_cell_that_fails_costs_no_other(card, tmp_path, monkeypatch, capsys):
    real, calls = memory.step_of, []

    def failing(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate")
        return real(*arguments)

    monkeypatch.setattr(memory, "step_of", failing)
    rows = memory.study_memory_in_backward(tmp_path)["held out"]
    assert [row.get("note") for row in rows if "note" in row] == [
        "OutOfMemoryError: CUDA out of memory."
    ]
    assert sum("measured" in row for row in rows) == 3
    assert "OutOfMemoryError" in capsys.readouterr().out


def test_without_a_gpu_the_study_says_so(tmp_path):
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(CourseError, match="run this on a GPU"):
        memory.study_memory_held_out(tmp_path)
