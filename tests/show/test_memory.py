"""The figures and the explorer of memory: bars add up, cards stand right, input is followed."""

import pytest
import torch

from course_utils.machine.device import GIB
from course_utils.memory.calculator import estimate
from course_utils.memory.cards import CARDS
from course_utils.memory.shapes import SHAPES
from course_utils.memory.training import METHODS, Training
from course_utils.methods.names import Method
from course_utils.show.looks import look
from course_utils.show.memory import (
    ALL,
    GROUPS,
    answers,
    memory_explorer,
    memory_figure,
    memory_table,
)
from course_utils.show.style import alt_text

LLAMA = SHAPES["Llama-2-7B"]


def needs(*settings):
    return {name: answer.need for name, answer in answers(*settings).items()}


def bars(**settings):
    settings = {"batch": 4, "length": 512, "checkpointing": True} | settings
    return [(m, estimate(LLAMA, Training(m, **settings))) for m in METHODS]


def test_a_bar_is_as_long_as_the_peak():
    rows = bars()
    figure = memory_figure(rows, "a title")
    axes = figure.axes[0]
    for y, (name, predicted) in enumerate(rows):
        patches = [p for p in axes.patches if abs(p.get_y() + 0.3 - y) < 0.01]
        assert len(patches) == len(GROUPS)
        assert sum(p.get_width() for p in patches) == pytest.approx(predicted.peak / GIB)
        assert axes.get_yticklabels()[y].get_text() == name
    assert figure.get_suptitle() == "a title" and "GiB" in axes.get_xlabel()
    assert [f"{predicted.peak / GIB:.1f}" for _, predicted in rows] == [
        text.get_text() for text in axes.texts
    ]
    assert f"QLoRA {rows[2][1].peak / GIB:.1f} GiB, most of it weights" in alt_text(figure)


def test_every_part_belongs_to_one_group():
    named = [name for names, *_ in GROUPS.values() for name in names]
    assert len(set(named)) == len(named)
    for method in METHODS:
        for gpus in (1, 2):
            for parts in estimate(LLAMA, Training(method, 1, 64, gpus=gpus)).moments.values():
                assert set(parts) <= set(named)


def test_groups_and_methods_differ_by_more_than_colour():
    assert len({hatch for _, _, hatch in GROUPS.values()}) == len(GROUPS)
    assert len({look(method).marker for method in METHODS}) == len(METHODS)


@pytest.mark.parametrize("size", ["SmolLM2-135M", "Llama-2-7B", "Llama-3.1-70B"])
def test_cards_stand_at_their_memory_and_their_names_apart(size):
    found = needs(size, ALL, 4, 512, torch.bfloat16, True)
    figure = memory_figure(list(found.items()), size)
    axes = figure.axes[0]
    lines = {line.get_xdata()[0] for line in axes.get_lines()}
    assert lines <= set(CARDS.values()) and lines
    figure.canvas.draw()
    (top,) = axes.child_axes
    places = sorted(top.get_xticks())
    assert all(b - a > 0.05 * axes.get_xlim()[1] for a, b in zip(places, places[1:]))
    assert max(e.peak for e in found.values()) / GIB < axes.get_xlim()[1]


def described(*settings, **more):
    return memory_table(answers(*settings, **more), "a caption")


def test_a_row_says_peak_moment_and_card():
    frame = described("Llama-2-7B", ALL, 4, 512, torch.bfloat16, True).frame
    assert list(frame["method"]) == [str(method) for method in METHODS]
    assert frame["fits on"][0] == "none of these GPUs"
    assert frame["at the moment"][0] == "optimiser step"
    assert frame["fits on"][2] == "T4 and larger"


@pytest.fixture
def explorer(capsys):
    """The controls by name, and a function that gives what was printed since it was last asked."""
    box = memory_explorer()
    controls = {child.description: child for child in box.children if hasattr(child, "description")}
    return controls, lambda: capsys.readouterr().out.strip()


def rows_of(found):
    """The table's lines without its caption."""
    return repr(found).split("\n", 1)[1]


def test_the_explorer_opens_with_all_methods(explorer):
    controls, shown = explorer
    expected = rows_of(described("Llama-2-7B", ALL, 4, 512, torch.bfloat16, True))
    assert shown().endswith(expected)
    assert controls["model"].options == tuple(SHAPES)


def test_the_explorer_follows_each_control(explorer):
    controls, shown = explorer
    seen = {shown()}
    changes = {"step in the backward pass": True, "method": "LoRA", "batch": 16, "tokens": 1024,
               "precision": "float32", "checkpointing": False, "model": "Llama-3.1-70B",
               "card": "L4", "GPUs": 8, "ZeRO stage": 2}  # fmt: skip
    for name, value in changes.items():
        controls[name].value = value
        seen.add(shown())
    assert len(seen) == 1 + len(changes)
    last = rows_of(described("Llama-3.1-70B", Method.LORA, 16, 1024, torch.float32, False, "L4",
                             step_in_backward=True, gpus=8, stage=2))  # fmt: skip
    assert any(text.endswith(last) for text in seen)


@pytest.mark.slow
def test_every_model_and_method_can_be_drawn():
    for model in SHAPES:
        found = needs(model, ALL, 1, 64, torch.float16, False)
        memory_figure(list(found.items()), model).canvas.draw()
