"""The figures and the explorer of memory: bars add up, cards stand right, input is followed."""

import matplotlib.pyplot as plt
import pytest
import torch

from course_utils.machine.device import GIB
from course_utils.memory.calculator import CARDS, METHODS, Training, estimate, fitting_cards
from course_utils.memory.shapes import SHAPES
from course_utils.methods.names import Method
from course_utils.recorded.memory_grid import Row
from course_utils.show.memory import (
    ALL,
    GROUPS,
    LOOKS,
    describe_memory,
    estimates,
    grid_figure,
    memory_explorer,
    memory_figure,
)

LLAMA = SHAPES["Llama-2-7B"]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def bars(**settings):
    settings = {"batch": 4, "length": 512, "checkpointing": True} | settings
    return [(m, estimate(LLAMA, Training(m, **settings))) for m in METHODS]


def test_a_bar_is_as_long_as_the_peak():
    rows = bars()
    axes = memory_figure(rows, "a title").axes[0]
    for y, (name, predicted) in enumerate(rows):
        patches = [p for p in axes.patches if abs(p.get_y() + 0.3 - y) < 0.01]
        assert len(patches) == len(GROUPS)
        assert sum(p.get_width() for p in patches) == pytest.approx(predicted.peak / GIB)
        assert axes.get_yticklabels()[y].get_text() == name
    assert axes.get_title() == "a title" and "GiB" in axes.get_xlabel()
    assert [f"{predicted.peak / GIB:.1f}" for _, predicted in rows] == [
        text.get_text() for text in axes.texts
    ]


def test_every_part_belongs_to_one_group():
    named = [name for names, *_ in GROUPS.values() for name in names]
    assert len(set(named)) == len(named)
    for method in METHODS:
        for parts in estimate(LLAMA, Training(method, 1, 64)).moments.values():
            assert set(parts) <= set(named)


def test_groups_and_methods_differ_by_more_than_colour():
    assert len({hatch for _, _, hatch in GROUPS.values()}) == len(GROUPS)
    assert len({marker for _, marker in LOOKS.values()}) == len(METHODS) == len(LOOKS)


@pytest.mark.parametrize("size", ["SmolLM2-135M", "Llama-2-7B", "Llama-3.1-70B"])
def test_cards_stand_at_their_memory_and_their_names_apart(size):
    found = estimates(size, ALL, 4, 512, torch.bfloat16, True)
    figure = memory_figure(list(found.items()), size)
    axes = figure.axes[0]
    lines = {line.get_xdata()[0] for line in axes.get_lines()}
    assert lines <= set(CARDS.values()) and lines
    figure.canvas.draw()
    (top,) = axes.child_axes
    places = sorted(top.get_xticks())
    assert all(b - a > 0.05 * axes.get_xlim()[1] for a, b in zip(places, places[1:]))
    assert max(e.peak for e in found.values()) / GIB < axes.get_xlim()[1]


def test_a_card_needs_room_for_cuda_too():
    assert fitting_cards(int(14.3 * GIB)) == ["L4", "A100 40", "A100/H100 80"]
    assert fitting_cards(int(14.1 * GIB))[0] == "T4" and fitting_cards(100 * GIB) == []


def test_the_grid_shows_what_was_run_and_its_error():
    rows = [
        Row("s", Method.FULL, 1, 8, False, int(1.02 * GIB), "loss", GIB),
        Row("s", Method.QLORA, 1, 8, False, int(3.88 * GIB), "loss", 4 * GIB),
        Row("s", Method.LORA, 1, 8, False, GIB, "loss", None, None, "does not fit"),
    ]
    (axes,) = grid_figure(rows, "near").axes
    points = {line.get_label(): line.get_xydata().tolist() for line in axes.get_lines()}
    assert points["full fine-tuning"] == [[1.0, pytest.approx(0.02, abs=1e-6)]]
    assert points["QLoRA"] == [[4.0, pytest.approx(-0.03, abs=1e-6)]]
    assert points["LoRA"] == [] and axes.get_xscale() == "log" and axes.get_title() == "near"


def test_an_error_beyond_the_band_is_still_shown():
    rows = [Row("s", Method.FULL, 1, 8, False, int(1.2 * GIB), "loss", GIB)]
    (axes,) = grid_figure(rows, "far").axes
    assert axes.get_ylim()[1] > 0.2


def test_a_line_says_peak_moment_and_card():
    lines = describe_memory(estimates("Llama-2-7B", ALL, 4, 512, torch.bfloat16, True)).splitlines()
    assert [line.split("  ")[0].strip() for line in lines] == list(METHODS)
    assert "fits on none" in lines[0] and "'optimiser step'" in lines[0]
    assert "fits on T4 and larger" in lines[2]


@pytest.fixture
def explorer(capsys, monkeypatch):
    """The controls by name, and a function that gives what was printed since it was last asked."""
    monkeypatch.setattr(plt, "show", lambda: None)
    box = memory_explorer()
    controls = {child.description: child for child in box.children if hasattr(child, "description")}
    return controls, lambda: capsys.readouterr().out.strip()


def test_the_explorer_opens_with_all_methods(explorer):
    controls, shown = explorer
    expected = describe_memory(estimates("Llama-2-7B", ALL, 4, 512, torch.bfloat16, True))
    assert shown().endswith(expected)
    assert controls["model"].options == tuple(SHAPES)


def test_the_explorer_follows_each_control(explorer):
    controls, shown = explorer
    seen = {shown()}
    changes = {"method": "LoRA", "batch": 16, "tokens": 1024, "precision": "float32",
               "checkpointing": False, "model": "Llama-3.1-70B"}  # fmt: skip
    for name, value in changes.items():
        controls[name].value = value
        seen.add(shown())
    assert len(seen) == 1 + len(changes)
    last = describe_memory(estimates("Llama-3.1-70B", Method.LORA, 16, 1024, torch.float32, False))
    assert any(text.endswith(last) for text in seen)


def test_every_model_and_method_can_be_drawn():
    for model in SHAPES:
        found = estimates(model, ALL, 1, 64, torch.float16, False)
        memory_figure(list(found.items()), model).canvas.draw()
        plt.close("all")
