"""The study of the small card, run on a CPU: a tracker stands for the GPU's allocator."""

import contextlib
import dataclasses
import json

import bitsandbytes  # noqa: F401 (its first import logs, and pytest's log would hold a model)
import pytest
import torch

from course_utils.experiments import memory as grid
from course_utils.experiments import small_card
from course_utils.machine.device import GIB
from course_utils.memory.calculator import Training
from course_utils.memory.shapes import Shape
from course_utils.methods.names import Method
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


class NoRecorder:
    """Computes anew what ``graphs.Recorder`` would replay on a GPU."""

    def __init__(self, parameters):
        pass

    def record(self, loss_of):
        def again():
            loss = loss_of()
            loss.backward()
            return loss.detach()

        return again


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


def test_the_small_card_predicts_then_measures(card, tmp_path, monkeypatch):
    small = dataclasses.replace(small_card.TRAINING, batch=2, length=128)
    variants = [dataclasses.replace(v, chunk=v.chunk and 64) for v in small_card.VARIANTS]
    monkeypatch.setattr(small_card, "TRAINING", small)
    monkeypatch.setattr(small_card, "VARIANTS", variants)
    monkeypatch.setattr(small_card, "Recorder", NoRecorder)
    monkeypatch.setattr(small_card, "_paged_step", small_card._own_step)
    report = small_card.study_small_card(tmp_path)
    assert json.loads((tmp_path / "small_card.json").read_text()) == report
    assert list(report["variants"]) == [variant.name for variant in small_card.VARIANTS]
    plain, bfloat16, chunked, graph = report["variants"].values()
    assert plain["predicted"] is None and graph["losses"] == chunked["losses"]
    for row in (bfloat16, chunked, graph):
        assert row["predicted"] == pytest.approx(row["peak"], rel=0.05)
        assert row["losses"][-1] < row["losses"][0] and row["tokens_per_second"] > 0
    assert chunked["peak"] < bfloat16["peak"]
    assert report["full fine-tuning"] > bfloat16["predicted"]


def test_what_a_notebook_holds_is_no_part_of_the_small_cards_peak(card, monkeypatch):
    monkeypatch.setattr(small_card, "TRAINING", Training(Method.QLORA, 2, 128, checkpointing=True))
    plain = small_card.VARIANTS[1]
    alone = small_card.measure(plain, CPU)
    others = torch.zeros(50 * 2**20)  # 200 MiB
    beside = small_card.measure(plain, CPU)
    for name in ("loaded", "peak while loading", "peak"):
        assert beside[name] == pytest.approx(alone[name], rel=0.02)
        assert alone[name] < others.nbytes / 4
