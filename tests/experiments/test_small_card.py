"""The study of the small card, run on a CPU: a tracker stands for the GPU's allocator."""

import concurrent.futures
import contextlib
import dataclasses
import json
import os

import bitsandbytes  # noqa: F401 (its first import logs, and pytest's log would hold a model)
import pytest
import torch

from course_utils.errors import CourseError
from course_utils.experiments import small_card, small_card_step
from course_utils.experiments import small_card_libraries as libraries
from course_utils.machine.device import GIB
from course_utils.memory.shapes import Shape
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
            "device_count": lambda: 1,
            "memory_reserved": lambda device: self.live.now,
            "mem_get_info": lambda device: (self.total_memory - self.live.now, self.total_memory),
            "device": lambda device: contextlib.nullcontext(),
        }
        for name, fake in fakes.items():
            monkeypatch.setattr(torch.cuda, name, fake)


class NoRecorder:
    """Computes anew what ``cuda_graphs.Recorder`` would replay on a GPU."""

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
        monkeypatch.setattr(small_card, "cuda_device", lambda why: CPU)
        monkeypatch.setattr(small_card, "workspaces", lambda device: 0)
        monkeypatch.setattr(small_card, "SHAPES", {"tiny": SHAPE})
        monkeypatch.setattr(small_card, "NAME", "tiny")
        monkeypatch.setitem(mixed_precision.CHUNK, "cpu", mixed_precision.CHUNK["cuda"])
        yield card


class ThisThread:
    """Runs jobs where ``LiveBytes`` sees them, which a thread pool would not."""

    def __init__(self, workers):
        self.workers = workers

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass

    def submit(self, function, job):
        done = concurrent.futures.Future()
        done.set_result(function(job))
        return done


@pytest.fixture
def calls(card, monkeypatch):
    """What would be called in fresh processes, called here, and what they were told."""
    made = []

    def call_here(function, *arguments, environment=None, first=()):
        made.append((function.__name__, environment or {}, list(first)))
        return json.loads(json.dumps(function(*arguments)))

    small = dataclasses.replace(small_card.TRAINING, batch=2, length=128)
    variants = [dataclasses.replace(v, chunk=v.chunk and 64) for v in small_card.VARIANTS]
    monkeypatch.setattr(small_card, "TRAINING", small)
    monkeypatch.setattr(small_card, "VARIANTS", variants)
    monkeypatch.setattr(small_card, "call_fresh", call_here)
    monkeypatch.setattr(small_card_step, "Recorder", NoRecorder)
    monkeypatch.setattr(small_card_step, "_paged_step", adamw)
    monkeypatch.setattr(torch, "compile", lambda function: function)
    monkeypatch.setattr(concurrent.futures, "ThreadPoolExecutor", ThisThread)
    monkeypatch.setattr(libraries, "write_quantised", lambda name, folder: None)
    monkeypatch.setattr(libraries, "measure_side", no_library)
    return made


def adamw(trained):
    return torch.optim.AdamW(trained, lr=1e-4).step


def no_library(side, folder, cap, settings):
    assert os.path.isdir(folder) and settings == {"batch": 2, "length": 128, "rank": 16}
    raise CourseError(f"{side} is not installed", "install it")


def test_memory_that_no_tensor_of_the_notebook_holds_is_given_back_first(monkeypatch):
    order = []
    monkeypatch.setattr(small_card, "free_memory", lambda: order.append("given back"))
    monkeypatch.setattr(small_card, "call_fresh", lambda *_, **__: order.append("measured"))
    small_card.measure(small_card.VARIANTS[-1])
    assert order == ["given back", "measured"]


@pytest.mark.slow
def test_the_small_card_predicts_then_measures(calls, tmp_path, monkeypatch):
    report = small_card.study_small_card(tmp_path)
    assert json.loads((tmp_path / "small_card.json").read_text()) == report
    assert list(report["variants"]) == [variant.name for variant in small_card.VARIANTS]
    plain, bfloat16, chunked, graph, *further = report["variants"].values()
    assert plain["predicted"] is None and graph["losses"] == chunked["losses"]
    for row in (bfloat16, chunked, graph):
        assert row["predicted"] == pytest.approx(row["peak"], rel=0.05)
        assert row["losses"][-1] < row["losses"][0] and row["tokens_per_second"] > 0
        assert row["host"] == 0
    assert chunked["peak"] < bfloat16["peak"]
    for row in further:
        assert row["losses"] == pytest.approx(graph["losses"], abs=0.02)
    hidden = 2 * 2 * 128 * SHAPE.hidden
    assert [row["host"] / hidden for row in further] == [0, 0, 0, 2, 2]


@pytest.mark.slow
def test_each_is_measured_in_a_process_of_its_own_and_one_that_fails_costs_no_other(
    calls, tmp_path, monkeypatch
):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    report = small_card.study_small_card(tmp_path)
    notes = {name: row["note"] for name, row in report["libraries"].items()}
    assert notes[libraries.SIDES["unsloth"]].startswith("unsloth is not installed")
    measured = [environment for name, environment, _ in calls if name == "measure_here"]
    assert len(measured) == len(small_card.VARIANTS)
    assert {environment["CUDA_VISIBLE_DEVICES"] for environment in measured} <= {"3", "5"}
    assert ["PYTORCH_CUDA_ALLOC_CONF" in environment for environment in measured].count(True) == 1
    sides = {tuple(first): environment for name, environment, first in calls if first}
    assert list(sides) == [("unsloth",)] and sides["unsloth",]["HF_HUB_OFFLINE"] == "1"
