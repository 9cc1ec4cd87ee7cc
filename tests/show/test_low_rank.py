"""The figure and the slider of an update that is cut to a lower rank."""

import pytest

from course_utils.recorded.update import recorded_update
from course_utils.show import low_rank
from course_utils.show.low_rank import cut_figure, cut_table, describe_cut
from course_utils.show.style import alt_text

TITLES = ("spectrum", "accuracy")


@pytest.fixture(scope="module")
def report():
    return recorded_update()


@pytest.fixture
def spectrum(report):
    return next(iter(report["spectra"].values()))


def test_both_spectra_and_every_rank_are_drawn(report, spectrum):
    figure = cut_figure(report, spectrum, TITLES)
    figure.canvas.draw()
    left, right = figure.axes
    drawn = {line.get_label(): list(line.get_ydata()) for line in left.get_lines()}
    assert drawn == {"update": spectrum["update"], "random, same norm": spectrum["random"]}
    points = [line for line in right.get_lines() if line.get_marker() == "o"]
    expected = [c.count("1") / len(c) for c in report["correct_by_rank"].values()]
    assert [line.get_ydata()[0] for line in points] == pytest.approx(expected)
    assert (left.get_title("left"), right.get_title("left")) == TITLES
    assert "rank 1 0.825" in alt_text(figure) and "no update 0.803" in alt_text(figure)


def test_the_levels_before_and_after_are_named_beside_their_lines(report, spectrum):
    right = cut_figure(report, spectrum, TITLES).axes[1]
    levels = {text.get_text(): text.xy[1] for text in right.texts}
    share = lambda key: report["correct"][key].count("1") / len(report["correct"][key])  # noqa: E731
    assert levels == {"no update": share("before"), "whole update": share("linear layers")}
    dashed = [x.get_ydata()[0] for x in right.get_lines() if x.get_linestyle() == "--"]
    assert sorted(dashed) == sorted(levels.values())


def test_a_cut_is_marked_in_both_panels(report, spectrum):
    for axes in cut_figure(report, spectrum, TITLES, rank=4).axes:
        assert [patch.get_x() + patch.get_width() for patch in axes.patches] == [4]
    assert not cut_figure(report, spectrum, TITLES).axes[0].patches


def test_the_text_gives_energy_accuracy_interval_and_gain():
    report = {
        "correct": {"before": "0010", "linear layers": "1111"},
        "correct_by_rank": {1: "1010"},
    }
    spectrum = {"update": [2.0, 1.0, 0.0], "random": [1.0, 1.0, 1.0]}
    text = describe_cut(report, spectrum, 1)
    assert text.startswith("rank 1: energy 80% (random 33%), accuracy 0.500, -50.0 [")
    assert text.endswith("], gain 33%") and len(text) < 90
    row = cut_table(report, spectrum).frame.iloc[0]
    assert list(row[["rank", "energy", "random", "accuracy", "gain"]]) == (
        ["1", "80%", "33%", "0.500", "33%"]
    )
    assert row["points against whole"].startswith("-50.0 [")


def test_the_table_has_a_row_a_rank_and_fits(report, spectrum):
    found = cut_table(report, spectrum)
    assert list(found.frame["rank"]) == [str(rank) for rank in report["correct_by_rank"]]
    assert max(map(len, repr(found).splitlines())) <= 90 and "n = 1010" in found.caption


def test_the_menus_move_the_cut_and_choose_the_matrix(report, capsys):
    spectra = report["spectra"]
    rank, matrix, _ = low_rank.cut_explorer(report, spectra, TITLES).children

    def shown():
        return capsys.readouterr().out.rpartition("\r")[2].strip()

    assert shown().endswith(describe_cut(report, spectra[matrix.value], 8))
    rank.value = 64
    assert shown().endswith(describe_cut(report, spectra[matrix.value], 64))
    matrix.value = next(iter(spectra))
    assert shown().endswith(describe_cut(report, next(iter(spectra.values())), 64))
