"""The figure of the calculator's errors."""

import pytest

from course_utils.machine.device import GIB
from course_utils.memory.training import Training
from course_utils.methods.names import Method
from course_utils.recorded.memory_held_out import Row
from course_utils.show.memory_errors import errors_figure
from course_utils.show.style import alt_text


def row(method, predicted, measured):
    training = Training(method, 1, 8)
    sizes = int(predicted * GIB), int(predicted * GIB), "loss", int(measured * GIB), 10 * GIB
    return Row("Llama-2-7B", None, training, *sizes)


ROWS = [row(Method.FULL, 1.02, 1), row(Method.QLORA, 3.88, 4)]


def test_each_training_stands_at_its_peak_and_its_error():
    figure = errors_figure(ROWS, "near")
    (axes,) = figure.axes
    points = {line.get_label(): line.get_xydata().tolist() for line in axes.get_lines()}
    assert points["full fine-tuning"] == [[1.0, pytest.approx(0.02, abs=1e-6)]]
    assert points["QLoRA"] == [[4.0, pytest.approx(-0.03, abs=1e-6)]]
    assert points["LoRA"] == [] and axes.get_xscale() == "log"
    assert figure.get_suptitle() == "near"
    assert "QLoRA, 1 trainings: -3.0% to -3.0%" in alt_text(figure)
    assert "; LoRA" not in alt_text(figure)


def test_an_error_beyond_the_band_is_still_shown():
    (axes,) = errors_figure([row(Method.FULL, 1.2, 1)], "far").axes
    assert axes.get_ylim()[1] > 0.2


def test_sizes_are_plain_numbers():
    figure = errors_figure([row(Method.FULL, gib, gib) for gib in (2, 7, 60)], "ticks")
    figure.canvas.draw()
    (axes,) = figure.axes
    low, high = axes.get_xlim()
    ticks = [t.get_text() for t in axes.get_xticklabels() if low <= t.get_position()[0] <= high]
    assert ticks == ["2", "3", "5", "10", "20", "30", "50"]
    assert not axes.get_xticklabels(minor=True)
