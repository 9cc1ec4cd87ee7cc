"""Figures and tables of intruder dimensions."""

import json

import pytest

from course_utils import settings
from course_utils.recorded.intruders import INTRUDERS, TUNED, recorded_intruders
from course_utils.show.intruders import count_figure, count_table, shrink_figure, shrink_table
from course_utils.show.style import alt_text
from tests.recorded import made_up
from tests.recorded.made_up import LORA


@pytest.fixture
def report(monkeypatch, tmp_path):
    (tmp_path / "intruders.json").write_text(json.dumps(made_up.inside_report()))
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    return recorded_intruders()


def test_each_setting_is_a_row_with_its_marks(report):
    figure = count_figure(report, "the title")
    figure.canvas.draw()
    rows = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert rows == ["full, 2e-5", "full, 1e-4", "LoRA r8, 5e-4", "LoRA r8, 2e-3"]
    measures = (report.counts, report.accuracy, report.perplexity)
    for axes, measure in zip(figure.axes, measures, strict=True):
        marks = [line for line in axes.get_lines() if line.get_fillstyle() == "full"]
        at = [
            (line.get_xdata()[0], line.get_ydata()[0])
            for line in marks
            if len(line.get_xdata()) == 1
        ]
        assert at == [(measure(setting).mean, row) for row, setting in enumerate(report.trained)]
        assert (
            axes.get_xlim()[0] < min(x for x, _ in at) <= max(x for x, _ in at) < axes.get_xlim()[1]
        )
    hollow = [line for line in figure.axes[0].get_lines() if line.get_fillstyle() == "none"]
    assert [line.get_xdata()[0] for line in hollow] == [
        report.control(setting).mean for setting in report.trained
    ]
    text = alt_text(figure)
    assert "LoRA r8, 2e-3: 60 intruders (random" in text and "0.921, 62.1" in text
    assert "Untrained: accuracy 0.8" in text


def test_shrinking_is_drawn_with_both_controls(report):
    figure = shrink_figure(report, LORA, "the title")
    figure.canvas.draw()
    right = figure.axes[1]
    lines = {line.get_label(): line for line in right.get_lines() if line.get_marker() != "None"}
    assert list(lines) == ["intruders", "as many others", "the whole update"]
    expected = [report.perplexity(LORA, INTRUDERS, f).mean for f in report.factors(LORA)]
    assert list(lines["intruders"].get_ydata()) == pytest.approx(expected)
    starts = {line.get_ydata()[0] for line in lines.values()}
    assert starts == {report.perplexity(LORA).mean}
    assert "intruders times 0: accuracy 0.915, perplexity 42.1" in alt_text(figure)


def test_the_tables_say_what_the_figures_show(report):
    counts = count_table(report)
    assert list(counts.frame["below 0.5"]) == ["0", "0", "24", "60", "-"]
    assert list(counts.frame["perplexity"])[-2:] == ["62.1", "40.0"]
    shrunk = shrink_table(report, LORA)
    assert list(shrunk.frame["shrunk"])[:2] == ["nothing", "intruders"] and len(shrunk.frame) == 13
    assert shrunk.frame["points"].iloc[4].startswith("-0.6 [")
    assert len(shrink_table(report, TUNED).frame) == 1
    assert max(len(line) for table in (counts, shrunk) for line in repr(table).splitlines()) <= 90
