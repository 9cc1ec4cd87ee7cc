"""Gap against steps: points, bars, models that are missing, and a title of the numbers."""

import pytest

from course_utils.errors import CourseError
from course_utils.show.gap_steps import gap_steps_figure, steps_sentence
from course_utils.show.style import alt_text
from tests.recorded.made_up_studies import (
    FULL,
    LORA,
    MODELS,
    MOMENTS,
    SOFT,
    ladder,
    soft_gap,
    without,
)


@pytest.fixture(scope="module")
def rungs():
    return ladder()


def test_a_panel_a_task_and_a_line_a_model(rungs):
    figure = gap_steps_figure(rungs)
    figure.canvas.draw()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["pair", "movies"]
    assert all(axes.get_xscale() == "log" for axes in figure.axes)
    level, *lines = figure.axes[0].get_lines()
    assert list(level.get_ydata()) == [0, 0] and len(lines) == len(MODELS)
    assert list(lines[0].get_xdata()) == [*MOMENTS, 1000]
    assert lines[0].get_ydata()[-1] == pytest.approx(soft_gap("pair", 0), abs=0.06)
    assert len(figure.axes[0].collections) == len(MODELS) * (len(MOMENTS) + 1)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names[0] == "SmolLM2 135M" and len(names) == len(MODELS)


def test_title_and_words_have_the_numbers(rungs):
    figure = gap_steps_figure(rungs)
    title = "Gap of prompt tuning to full fine-tuning, in points: 21 to 27 after 50 steps, 1 to 7"
    assert steps_sentence(rungs) == f"{title} at its end"
    assert figure.get_suptitle().replace("\n", " ") == steps_sentence(rungs)
    assert "pair: SmolLM2 135M 27.1 to 7.1, Qwen2.5-Coder 1.5B 20.7 to 0.7" in alt_text(figure)
    assert "LoRA to full fine-tuning, in points: 21 after 50 steps, 1 at" in steps_sentence(
        rungs, LORA
    )


def test_what_is_missing_is_left_out(rungs):
    some = without(without(rungs, model="gemma-3-270m", method=SOFT), task="pair", method=FULL)
    figure = gap_steps_figure(some)
    assert [axes.get_title(loc="left") for axes in figure.axes if axes.axison] == ["movies"]
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(names) == 3 and "gemma-3 268M" not in names
    assert "gemma" not in alt_text(figure) and "pair" not in alt_text(figure)
    with pytest.raises(CourseError, match="No model has both prompt tuning"):
        gap_steps_figure(without(rungs, method=SOFT))


def test_two_seeds_have_no_bars():
    figure = gap_steps_figure(ladder(tasks=("pair",), seeds=(0, 1)))
    assert not figure.axes[0].collections
