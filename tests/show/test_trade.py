"""Gain against price: where each setting stands, and what is left out."""

import dataclasses

import pytest

from course_utils.methods.names import Method
from course_utils.recorded.runs import Record
from course_utils.show.style import alt_text
from course_utils.show.trade import SHOWN, trade_figure


def record(method, rate, right, perplexity, rank=0):
    fields = {field.name: None for field in dataclasses.fields(Record)}
    of_lora = {"rank": rank, "alpha": 2.0 * rank, "targets": "all", "init": "", "seed": 0}
    measured = {"correct": "1" * right + "0" * (100 - right), "best": [1, 0.3]}
    return Record(**fields | of_lora | measured | {
        "method": method, "learning_rate": rate, "perplexity": perplexity})  # fmt: skip


GRID = [
    record(Method.LORA, 1e-4, 80, 60.0, rank=8),  # too inaccurate to be drawn
    record(Method.LORA, 1e-3, 90, 70.0, rank=8),
    record(Method.LORA, 2e-3, 88, 190.0, rank=8),
    record(Method.LORA, 1e-2, 88, 9000.0, rank=8),  # too dear
    record(Method.FULL, 1e-4, 91, 65.0),
]


def test_each_setting_stands_at_its_perplexity_and_accuracy():
    figure = trade_figure(GRID, 50.0, "A message")
    figure.canvas.draw()
    (axes,) = figure.axes
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert list(lines["rank 8"].get_xdata()) == [70.0, 190.0]
    assert list(lines["rank 8"].get_ydata()) == pytest.approx([0.9, 0.88])
    assert list(lines["full fine-tuning"].get_xdata()) == [65.0]
    assert set(lines["untrained"].get_xdata()) == {50.0}
    assert axes.get_xscale() == "log" and figure.get_suptitle() == "A message"


def test_what_is_far_below_the_best_is_counted_and_not_drawn():
    assert SHOWN < 0.11
    text = alt_text(trade_figure(GRID, 50.0, ""))
    assert (
        "rank 8 at 0.001: accuracy 0.900, perplexity 70" in text
        and "perplexity: 2 settings" in text
    )
