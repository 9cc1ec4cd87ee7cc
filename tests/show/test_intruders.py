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


def test_each_setting_is_a_mark_at_its_count(report):
    figure = count_figure(report, "the title")
    figure.canvas.draw()
    for axes, measure in zip(figure.axes, (report.accuracy, report.perplexity)):
        marks = {line.get_label(): line for line in axes.get_lines() if line.get_marker() != "None"}
        assert list(marks) == ["full, 2e-5", "full, 1e-4", "LoRA r8, 5e-4", "LoRA r8, 2e-3"]
        mark = marks["LoRA r8, 2e-3"]
        assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (60.0, measure(LORA).mean)
        assert axes.get_xlim()[1] > 60
        looks = {(line.get_color(), line.get_marker()) for line in marks.values()}
        assert len(looks) == 4
    text = alt_text(figure)
    assert "LoRA r8, 2e-3: 60 intruders, 0.921, 62.1" in text and "Untrained: accuracy 0.8" in text


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
