"""What the figures show: axes, curves, intervals, and the message in the title."""

import matplotlib.pyplot as plt
import pytest

from course_utils.show.figures import accuracy_figure, loss_figure, marked

ROWS = [("full", 0.9, (0.87, 0.93)), ("prompt", 0.8, (0.76, 0.84)), ("few", 0.6, (0.55, 0.65))]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def curves(axes):
    return {line.get_label(): list(zip(*line.get_data())) for line in axes.get_lines()}


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_losses_stand_at_their_steps():
    (axes,) = loss_figure([3.0, 2.0, 1.0], [(0, 3.5), (2, 1.5)], steps=10).axes
    assert curves(axes) == {
        "training, one batch": [(1, 3.0), (2, 2.0), (3, 1.0)],
        "validation": [(0, 3.5), (2, 1.5)],
    }
    assert legend(axes) == ["training, one batch", "validation"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "loss (nats)")
    assert axes.get_title() == "Loss at the answer"


def test_the_loss_axes_span_the_whole_run_and_start_at_zero():
    (axes,) = loss_figure([3.0, 2.0], [], steps=50).axes
    assert axes.get_xlim() == (0, 50) and axes.get_ylim()[0] == 0 < 3 < axes.get_ylim()[1]


@pytest.mark.parametrize("losses", [[], [2.0]])
def test_a_run_without_validations_can_be_drawn(losses):
    figure = loss_figure(losses, [], steps=10)
    figure.canvas.draw()
    assert legend(figure.axes[0]) == ["training, one batch"]


def test_training_and_validation_differ_by_more_than_colour():
    training, validation = (
        loss_figure([3.0, 2.0], [(0, 3.5), (2, 1.5)], steps=2).axes[0].get_lines()
    )
    assert training.get_color() != validation.get_color()
    assert training.get_marker() != validation.get_marker()
    assert training.get_linestyle() != validation.get_linestyle()


def test_each_accuracy_stands_in_its_interval_beside_its_name():
    figure = accuracy_figure(ROWS, 0.5, "Training beats wording")
    figure.canvas.draw()
    (axes,) = figure.axes
    lines = [list(zip(*line.get_data())) for line in axes.get_lines()]
    for y, (_, accuracy, (low, high)) in enumerate(ROWS):
        assert [(low, y), (high, y)] in lines and [(accuracy, y)] in lines
    assert [label.get_text() for label in axes.get_yticklabels()] == ["full", "prompt", "few"]
    assert [text.get_text() for text in axes.texts] == ["0.900", "0.800", "0.600"]


def test_the_first_row_stands_on_top_and_all_rows_are_in_view():
    bottom, top = accuracy_figure(ROWS, 0.5, "").axes[0].get_ylim()
    assert bottom > len(ROWS) - 1 and top < 0


def test_the_accuracy_figure_says_its_message_units_and_baseline():
    (axes,) = accuracy_figure(ROWS, 0.51, "Training beats wording").axes
    assert axes.get_title() == "Training beats wording"
    assert axes.get_xlabel() == "accuracy (bar: 95 % interval)"
    assert legend(axes) == ["majority baseline"]
    assert list(curves(axes)["majority baseline"][0])[0] == 0.51


def test_a_figure_of_many_rows_is_taller():
    few, many = (accuracy_figure(ROWS * n, 0.5, "").get_figheight() for n in (1, 5))
    assert many > few + 2


def test_figures_of_a_quick_run_say_so(monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", "1")
    assert accuracy_figure(ROWS, 0.5, "Accuracy").axes[0].get_title() == "Accuracy (quick run)"
    assert loss_figure([1.0], [], 4).axes[0].get_title() == "Loss at the answer (quick run)"
    assert marked("A against B (quick run)") == "A against B (quick run)"
    monkeypatch.setenv("COURSE_QUICK", "0")
    assert accuracy_figure(ROWS, 0.5, "Accuracy").axes[0].get_title() == "Accuracy"
