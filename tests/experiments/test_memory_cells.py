"""The two sets: apart from each other, wide enough, and drawn alike each time."""

from course_utils.experiments.memory_cells import (
    DEVELOPMENT,
    HELD_OUT,
    IN_BACKWARD,
    MEMORY,
    held_out,
)
from course_utils.memory.calculator import estimate
from course_utils.memory.cards import fits
from course_utils.memory.shapes import SHAPES
from course_utils.memory.training import METHODS

CELLS = held_out()


def test_the_held_out_set_is_drawn_alike_and_apart_from_the_development_set():
    assert held_out() == CELLS and len(CELLS) >= 40
    assert not {cell.model for cell in CELLS} & {cell.model for cell in DEVELOPMENT}
    assert len({repr(cell) for cell in CELLS}) == len(CELLS)


def test_it_has_all_families_methods_dtypes_and_rows():
    assert {cell.model for cell in CELLS} == set(HELD_OUT)
    assert len({SHAPES[name].family for name in HELD_OUT}) >= 4  # Mistral is of Llama's kind
    assert {cell.training.method for cell in CELLS} == set(METHODS)
    assert len({cell.training.dtype for cell in CELLS}) == 2
    assert {512, 8192} <= {cell.training.length for cell in CELLS}
    assert {cell.training.checkpointing for cell in CELLS} == {True, False}


def test_every_cell_should_fit():
    for cell in (*CELLS, *IN_BACKWARD):
        assert fits(cell.shape, cell.training, MEMORY), cell


def test_steps_in_the_backward_pass_are_tried_at_every_moment_that_they_change():
    assert all(cell.training.step_in_backward for cell in IN_BACKWARD)
    moments = {estimate(cell.shape, cell.training).moment for cell in IN_BACKWARD}
    assert {"head step", "last layer backward", "embedding backward"} <= moments
