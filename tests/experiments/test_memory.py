"""The GPU studies of memory, run on a CPU: a tracker stands for the GPU's allocator."""

import contextlib
import json

import bitsandbytes  # noqa: F401 (its first import logs, and pytest's log would hold a model)
import pytest
import torch

from course_utils.errors import CourseError
from course_utils.experiments import memory as grid
from course_utils.experiments import small_card
from course_utils.machine.device import GIB
from course_utils.memory.calculator import METHODS
from course_utils.memory.shapes import Shape
from course_utils.recorded import memory_grid
from course_utils.training import mixed_precision
from tests.memory.live_bytes import LiveBytes

CPU = torch.device("cpu")
SHAPE = Shape(192, 2, 6, 2, 32, 512, 3000, True)


class Card:
    """A CUDA device's account of memory, kept by ``LiveBytes``."""

    def __init__(self, live, memory=40 * GIB):
        self.live, self.total_memory, self.name = live, memory, "a card"

    def install(self, monkeypatch):
        fakes = {
            "get_device_properties": lambda device: self,
            "get_device_capability": lambda device: (9, 0),
            "reset_peak_memory_stats": lambda device: setattr(self.live, "peak", self.live.now),
            "max_memory_allocated": lambda device: self.live.peak,
            "memory_allocated": lambda device: self.live.now,
            "max_memory_reserved": lambda device: self.live.peak,
            "set_per_process_memory_fraction": lambda share, device: None,
            "synchronize": lambda device: None,
            "device": lambda device: contextlib.nullcontext(),
        }
        for name, fake in fakes.items():
            monkeypatch.setattr(torch.cuda, name, fake)


@pytest.fixture
def card(monkeypatch):
    """A GPU of 40 GiB in the place of the CPU, with a tiny model for all the shapes."""
    with LiveBytes() as live:
        card = Card(live)
        card.install(monkeypatch)
        for module in (grid, small_card):
            monkeypatch.setattr(module, "cuda_device", lambda why: CPU)
            monkeypatch.setattr(module, "workspaces", lambda device: 0)
            monkeypatch.setattr(module, "SHAPES", {"tiny": SHAPE})
        monkeypatch.setattr(grid, "NAMES", ("tiny",))
        monkeypatch.setattr(grid, "POINTS", ((1, 24, False), (2, 64, False), (2, 64, True)))
        monkeypatch.setattr(small_card, "NAME", "tiny")
        monkeypatch.setitem(mixed_precision.CHUNK, "cpu", mixed_precision.CHUNK["cuda"])
        yield card


def test_the_grid_measures_what_is_predicted(card, tmp_path, capsys):
    rows = grid.study_memory(tmp_path)
    assert [row.method for row in rows] == [m for m in METHODS for _ in range(3)]
    assert all(row.note == "" and abs(row.error) < 0.025 for row in rows)
    assert [row.checkpointing for row in rows] == [False, False, True] * 4
    (run,) = json.loads((tmp_path / "memory_grid.json").read_text())
    assert [memory_grid.Row(**row) for row in run["rows"]] == rows
    assert {"device", "versions", "date", "workspaces"} < set(run)
    assert capsys.readouterr().out.count("predicted") == 12


def test_what_a_notebook_holds_is_not_measured(card, tmp_path):
    """And it is known not to be free: 200 MiB beside a tiny model, which needs about 1."""
    others = torch.zeros(50 * 2**20)
    assert all(abs(row.error) < 0.025 for row in grid.study_memory(tmp_path))
    card.total_memory = grid.SPARE + 100 * 2**20
    assert all("does not fit" in row.note for row in grid.study_memory(tmp_path))
    del others
    assert all(row.note == "" for row in grid.study_memory(tmp_path))


def test_another_device_is_added_and_the_same_one_replaced(tmp_path):
    for device, rows in (("A", [1]), ("B", [2]), ("A", [3])):
        grid.save(tmp_path / "new", {"device": device, "rows": rows})
    runs = json.loads((tmp_path / "new" / "memory_grid.json").read_text())
    assert runs == [{"device": "B", "rows": [2]}, {"device": "A", "rows": [3]}]


def test_what_does_not_fit_is_noted_and_not_tried(card, tmp_path, monkeypatch):
    card.total_memory = grid.SPARE
    monkeypatch.setattr(grid, "build", None)
    rows = grid.study_memory(tmp_path)
    assert all("does not fit into 2 GiB" in row.note and row.measured is None for row in rows)
    assert all("does not fit" in memory_grid.describe_cell(row) for row in rows)


def test_a_cell_that_fails_costs_no_other(card, tmp_path, monkeypatch):
    real, calls = grid.loss_of, []

    def failing(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate")
        return real(*arguments)

    monkeypatch.setattr(grid, "loss_of", failing)
    rows = grid.study_memory(tmp_path)
    assert rows[1].note == "OutOfMemoryError: CUDA out of memory." and rows[1].measured is None
    assert all(abs(row.error) < 0.025 for row in rows[:1] + rows[2:])


def test_without_a_gpu_the_studies_say_so(tmp_path):
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    for study in (grid.study_memory, small_card.study_small_card):
        with pytest.raises(CourseError, match="run this on a GPU"):
            study(tmp_path)
