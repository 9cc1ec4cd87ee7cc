"""What the figures show: axes, curves, intervals, and the message in the title."""

import math

import pytest

from course_utils.show.figures import accuracy_figure, loss_figure
from course_utils.show.looks import look
from course_utils.show.style import alt_text, marked

ROWS = [("full", 0.9, (0.87, 0.93)), ("prompt", 0.8, (0.76, 0.84)), ("few", 0.6, (0.55, 0.65))]


def curves(axes):
    return {line.get_label(): list(zip(*line.get_data())) for line in axes.get_lines()}


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_losses_stand_at_their_steps():
    figure = loss_figure([3.0, 2.0, 1.0], [(0, 3.5), (2, 1.5)], steps=10)
    (axes,) = figure.axes
    drawn = curves(axes)
    assert drawn["training, one batch"] == [(1, 3.0), (2, 2.0), (3, 1.0)]
    assert drawn["validation"] == [(0, 3.5), (2, 1.5)]
    assert legend(axes) == ["training, one batch", "validation"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "loss (nats)")
    assert figure.get_suptitle() == "Loss at the answer" and axes.get_yscale() == "log"


def test_a_line_marks_the_loss_of_even_odds():
    (axes,) = loss_figure([3.0, 0.2], [], steps=2).axes
    (line,) = [line for line in axes.get_lines() if line.get_linestyle() == "--"]
    assert line.get_ydata()[0] == pytest.approx(-math.log(0.5))
    assert any("ln 2" in text.get_text() for text in axes.texts)


def test_the_loss_axes_span_the_whole_run_and_cut_no_mark():
    low, high = loss_figure([3.0, 2.0], [(0, 3.0), (50, 1.0)], steps=50).axes[0].get_xlim()
    assert -5 < low < 0 and 50 < high < 55


@pytest.mark.parametrize("losses", [[], [2.0], [0.0, 1.0]])
def test_a_run_without_validations_can_be_drawn(losses):
    figure = loss_figure(losses, [], steps=10)
    figure.canvas.draw()
    assert legend(figure.axes[0]) == ["training, one batch"]
    assert f"{len(losses)} of 10 steps" in alt_text(figure)


def test_noisy_batches_are_not_joined_and_validations_are():
    training, validation = (
        loss_figure([3.0, 2.0], [(0, 3.5), (2, 1.5)], steps=2).axes[0].get_lines()[:2]
    )
    assert training.get_linestyle() == "None" and validation.get_linestyle() == "-"
    assert training.get_marker() != validation.get_marker()
    assert training.get_color() != validation.get_color()


def test_the_alt_text_of_a_run_has_its_first_last_and_lowest_losses():
    text = alt_text(loss_figure([3.0, 2.0, 1.0], [(0, 3.5), (2, 1.25), (3, 1.5)], steps=3))
    assert "from 3.000 to 1.000" in text and "from 3.500 to 1.500" in text
    assert "lowest 1.250 after 2 steps" in text


def test_each_accuracy_stands_in_its_interval_beside_its_name():
    figure = accuracy_figure(ROWS, 0.5, "Training beats wording")
    figure.canvas.draw()
    (axes,) = figure.axes
    lines = [list(zip(*line.get_data())) for line in axes.get_lines()]
    for y, (_, accuracy, (low, high)) in enumerate(ROWS):
        assert [(low, y), (high, y)] in lines and [(accuracy, y)] in lines
    assert [label.get_text() for label in axes.get_yticklabels()] == ["full", "prompt", "few"]
    assert [text.get_text() for text in axes.texts[:3]] == ["0.900", "0.800", "0.600"]


def test_the_first_row_stands_on_top_and_all_rows_are_in_view():
    bottom, top = accuracy_figure(ROWS, 0.5, "").axes[0].get_ylim()
    assert bottom > len(ROWS) - 1 and top < 0


def test_a_close_up_names_a_baseline_left_of_it_and_draws_any_other():
    far, near = (accuracy_figure(ROWS, b, "", close_up=True).axes[0] for b in (0.1, 0.75))
    low = min(low for *_, (low, _) in ROWS)
    assert 0.1 < far.get_xlim()[0] < low
    assert [text.get_text() for text in far.texts][-1] == "\u2190 majority baseline 0.100"
    assert [text.get_text() for text in near.texts][-1] == "majority baseline 0.750"
    assert len(near.get_lines()) == len(far.get_lines()) + 1


def test_the_accuracy_figure_says_its_message_units_and_baseline():
    figure = accuracy_figure(ROWS, 0.51, "Training beats wording")
    (axes,) = figure.axes
    assert figure.get_suptitle() == "Training beats wording"
    assert axes.get_xlabel() == "accuracy (bar: 95 % interval)"
    assert axes.texts[-1].get_text() == "majority baseline 0.510"
    assert axes.get_lines()[-1].get_xdata()[0] == 0.51
    assert "baseline: 0.510. full 0.900 [0.870, 0.930]; prompt 0.800" in alt_text(figure)


def test_a_row_has_the_look_of_its_method():
    rows = [(f"{name} (yours)", 0.5, (0.4, 0.6)) for name in ("LoRA", "QLoRA", "prompt tuning")]
    lines = accuracy_figure(rows, 0.5, "").axes[0].get_lines()
    for (name, *_), mark in zip(rows, lines[1::2]):
        assert (mark.get_color(), mark.get_marker()) == (look(name).colour, look(name).marker)


def test_a_figure_of_many_rows_is_taller():
    few, many = (accuracy_figure(ROWS * n, 0.5, "").get_figheight() for n in (1, 5))
    assert many > few + 2


def test_figures_of_a_quick_run_say_so(monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", "1")
    assert accuracy_figure(ROWS, 0.5, "Accuracy").get_suptitle() == "Accuracy (quick run)"
    assert loss_figure([1.0], [], 4).get_suptitle() == "Loss at the answer (quick run)"
    assert marked("A against B (quick run)") == "A against B (quick run)"
    monkeypatch.setenv("COURSE_QUICK", "0")
    assert accuracy_figure(ROWS, 0.5, "Accuracy").get_suptitle() == "Accuracy"


def test_a_recorded_figure_is_never_marked_as_quick(monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", "1")
    rows = [("LoRA", 0.9, (0.88, 0.92))]
    titles = [accuracy_figure(rows, 0.5, "A title", recorded=r) for r in (True, False)]
    assert [t.get_suptitle() for t in titles] == ["A title", "A title (quick run)"]
