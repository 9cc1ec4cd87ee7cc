"""The recorded memory grid, and its table."""

import dataclasses
import itertools

import bitsandbytes  # noqa: F401 (its first import logs, and pytest's log would hold a model)

from course_utils.experiments import memory as grid
from course_utils.machine.device import GIB
from course_utils.memory.calculator import METHODS, Training, estimate
from course_utils.memory.shapes import SHAPES
from course_utils.methods.names import Method
from course_utils.recorded import memory_grid


def test_the_recorded_grid_holds_and_the_calculator_still_predicts_it():
    """Within 5 % of every measured peak; a changed calculator needs a new look at the grid."""
    for rows in memory_grid.recorded_grids().values():
        assert {(row.shape, row.method) for row in rows} == set(
            itertools.product(grid.NAMES, METHODS)
        )
        for row in rows:
            training = Training(row.method, row.batch, row.length, checkpointing=row.checkpointing)
            assert estimate(SHAPES[row.shape], training).peak == row.predicted
            if row.measured is None:
                assert "does not fit" in row.note
            else:
                assert abs(row.error) < 0.05


def test_the_table_has_a_line_a_model_and_method():
    row = memory_grid.Row("s", Method.FULL, 4, 8, False, 2 * GIB, "loss", GIB)
    other = dataclasses.replace(row, checkpointing=True, measured=None, note="does not fit")
    elsewhere = dataclasses.replace(row, batch=1)
    *_, line = lines = memory_grid.grid_table([row, other, elsewhere], 4, 8).splitlines()
    assert len(lines) == 3 and "4 x 8 tokens" in lines[0]
    assert line.split() == [
        "s",
        "full",
        "fine-tuning",
        "2.00",
        "1.00",
        "+100.0%",
        "2.00",
        "not",
        "run",
    ]
