"""Accuracy by operations: points, frontier, a title that counts, and missing cells."""

import pytest

from course_utils.errors import CourseError
from course_utils.recorded.compute import frontier, readings
from course_utils.show.accuracy_flops import (
    accuracy_flops_figure,
    frontier_sentence,
    frontier_table,
)
from course_utils.show.looks import look
from course_utils.show.style import alt_text
from tests.recorded.made_up_studies import FULL, LORA, MODELS, SOFT, ladder, without


@pytest.fixture(scope="module")
def rungs():
    return ladder()


def test_a_line_a_training_and_the_frontier(rungs):
    figure = accuracy_flops_figure(rungs)
    figure.canvas.draw()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["pair", "movies"]
    axes, own = figure.axes[0], readings(rungs, "pair")
    lines = [line for line in axes.get_lines() if line.get_marker() != "None"]
    assert len(lines) == 3 * len(MODELS)
    assert [line.get_color() for line in lines[:3]] == [look(m).colour for m in (SOFT, LORA, FULL)]
    assert lines[0].get_markersize() < lines[3].get_markersize()  # a larger model
    last = axes.get_lines()[-1]
    assert list(last.get_ydata()) == [each.accuracy for each in frontier(own)]
    left, right = axes.get_xlim()
    assert all(left < x < right for line in lines for x in line.get_xdata())
    # a prompt, which costs nothing, stands at the left
    assert list(last.get_xdata()) == [each.flops or left for each in frontier(own)]
    assert any(text.get_text() == "best prompt" for text in axes.texts)


def test_no_panel_cuts_off_what_another_needs(rungs):
    late = [r for r in rungs if r.task == "movies" or r.model == list(MODELS)[-1]]
    panels = accuracy_flops_figure(late[::-1]).axes
    assert len({axes.get_xlim() for axes in panels}) == 1
    left, right = panels[0].get_xlim()
    x = [r.flops for task in ("pair", "movies") for r in readings(late, task) if r.steps]
    assert left < min(x) and max(x) < right


def test_title_and_words_are_counted(rungs):
    found = [readings(rungs, "movies")]
    on = [each.method for each in frontier(found[0]) if each.steps]
    parts = sorted({m: on.count(m) for m in on}.items(), key=lambda item: -item[1])
    assert frontier_sentence(found).endswith(", ".join(f"{m} {n}" for m, n in parts))
    assert frontier_sentence([]).endswith("none")
    words = alt_text(accuracy_flops_figure(rungs, ["movies"]))
    assert words.startswith("movies: best 0.900, full fine-tuning of SmolLM2 135M with 10^17.9 FL")


def test_the_table_has_the_frontier(rungs):
    frame, on = frontier_table(rungs, "pair").frame, frontier(readings(rungs, "pair"))
    assert frame["accuracy"].tolist() == [f"{each.accuracy:.3f}" for each in on]
    assert frame["method"][0] == "few-shot prompt" and frame["steps"][0] == "0"
    assert len(frontier_table(rungs, "none").frame) == 0


def test_what_is_missing_is_left_out(rungs):
    some = [r for r in without(rungs, method=LORA) if r.model in list(MODELS)[:2]]
    figure = accuracy_flops_figure(some)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == [SOFT, FULL, "frontier", "SmolLM2 135M", "gemma-3 268M"]
    bare = [r for r in rungs if r.method in (SOFT, LORA, FULL)]
    assert not any(axes.texts for axes in accuracy_flops_figure(bare).axes)
    with pytest.raises(CourseError, match="no training of these tasks"):
        accuracy_flops_figure(rungs, ["strength"])
