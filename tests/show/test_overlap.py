"""Dots of overlap, beside their controls."""

import json

import pytest

from course_utils import settings
from course_utils.recorded.intruders import TUNED, recorded_intruders
from course_utils.show.overlap import overlap_figure
from course_utils.show.style import alt_text
from tests.recorded import made_up
from tests.recorded.made_up import LORA


@pytest.fixture
def report(monkeypatch, tmp_path):
    (tmp_path / "intruders.json").write_text(json.dumps(made_up.inside_report()))
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    return recorded_intruders()


@pytest.mark.parametrize("side", ["left", "right"])
def test_each_pair_of_runs_is_a_dot_in_the_row_of_its_matrix(report, side):
    figure = overlap_figure(report, LORA, side, "the title")
    figure.canvas.draw()
    axes = figure.axes[0]
    dots = [line for line in axes.get_lines() if line.get_marker() != "None"]
    found = report.overlap(LORA, TUNED, side)
    for line, kind in zip(dots[:3], found):
        assert list(line.get_xdata()) == pytest.approx(found[kind])
    rows = [label.get_text() for label in axes.get_yticklabels()]
    assert rows == list(found) and len(dots) == 9
    chance = [line for line in axes.get_lines() if line.get_marker() == "None"]
    by_chance = report.by_chance(LORA, TUNED, side)
    assert [line.get_xdata()[0] for line in chance] == pytest.approx(list(by_chance.values()))
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["LoRA r8, 2e-3 with full", "LoRA with LoRA", "full with full",
                      "random directions"]  # fmt: skip


def test_the_words_have_the_controls(report):
    text = alt_text(overlap_figure(report, LORA, "left", "the title"))
    assert "with full 0.110; LoRA with LoRA 0.310; full with full 0.310" in text
    assert "random directions 0.023" in text
