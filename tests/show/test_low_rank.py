"""The figure and the slider of an update that is cut to a lower rank."""

import matplotlib.pyplot as plt
import pytest

from course_utils.recorded.update import recorded_update
from course_utils.show import figures, low_rank
from course_utils.show.low_rank import cut_figure, describe_cut

TITLES = ("spectrum", "accuracy")


@pytest.fixture(scope="module")
def report():
    return recorded_update()


@pytest.fixture
def spectrum(report):
    return next(iter(report["spectra"].values()))


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_both_spectra_and_every_rank_are_drawn(report, spectrum):
    figure = cut_figure(report, spectrum, TITLES)
    figure.canvas.draw()
    left, right = figure.axes
    drawn = {line.get_label(): list(line.get_ydata()) for line in left.get_lines()}
    assert drawn == {"update": spectrum["update"], "random, same norm": spectrum["random"]}
    points = [line for line in right.get_lines() if line.get_marker() == "o"]
    expected = [c.count("1") / len(c) for c in report["correct_by_rank"].values()]
    assert [line.get_ydata()[0] for line in points] == pytest.approx(expected)
    assert (left.get_title(), right.get_title()) == TITLES


def test_the_levels_before_and_after_are_named(report, spectrum):
    right = cut_figure(report, spectrum, TITLES).axes[1]
    levels = {line.get_label(): line.get_ydata()[0] for line in right.get_lines()}
    share = lambda key: report["correct"][key].count("1") / len(report["correct"][key])  # noqa: E731
    assert levels["no update"] == share("before")
    assert levels["whole update"] == share("linear layers")


def test_a_cut_is_marked_in_both_panels(report, spectrum):
    for axes in cut_figure(report, spectrum, TITLES, rank=4).axes:
        assert [patch.get_x() + patch.get_width() for patch in axes.patches] == [4]
    assert not cut_figure(report, spectrum, TITLES).axes[0].patches


def test_the_text_gives_energy_accuracy_interval_and_gain():
    report = {
        "correct": {"before": "0010", "linear layers": "1111"},
        "correct_by_rank": {1: "1010"},
    }
    text = describe_cut(report, {"update": [2.0, 1.0, 0.0], "random": [1.0, 1.0, 1.0]}, 1)
    assert text.startswith("rank  1: energy 80% (random 33%), accuracy 0.500, -50.0 points [")
    assert text.endswith("], gain 33%") and len(text) < 100


def test_the_slider_moves_the_cut_and_the_menu_the_matrix(report, capsys, monkeypatch):
    open_figures = []  # at each display: those that pyplot could draw at the same time
    monkeypatch.setattr(figures, "display", lambda _: open_figures.append(plt.get_fignums()))
    spectra = report["spectra"]
    rank, matrix = low_rank.cut_explorer(report, spectra, TITLES).children[0].children

    def shown():
        return capsys.readouterr().out.rpartition("\r")[2].strip()

    assert shown() == describe_cut(report, spectra[matrix.value], 8).strip()
    rank.value = 64
    assert shown() == describe_cut(report, spectra[matrix.value], 64).strip()
    matrix.value = next(iter(spectra))
    assert shown() == describe_cut(report, next(iter(spectra.values())), 64).strip()
    assert open_figures == [[], [], []]
