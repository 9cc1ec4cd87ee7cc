"""The figure, the table and the menus of an update that is cut to a lower rank."""

import json

import pytest

from course_utils import settings
from course_utils.recorded.update import recorded_update
from course_utils.show import low_rank
from course_utils.show.low_rank import cut_figure, cut_table, describe_cut
from course_utils.show.style import alt_text
from tests.recorded import made_up

TITLES, RATE = ("spectrum", "what is left"), 1e-4


@pytest.fixture
def report(monkeypatch, tmp_path):
    (tmp_path / "update.json").write_text(json.dumps(made_up.update_report()))
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    return recorded_update()


@pytest.fixture
def spectra(report):
    return next(iter(report.spectra[RATE].values()))


def test_all_spectra_and_both_precisions_are_drawn(report, spectra):
    figure = cut_figure(report, RATE, spectra, TITLES)
    figure.canvas.draw()
    left, right = figure.axes
    drawn = {line.get_label(): line for line in left.get_lines()}
    assert list(drawn) == ["update", "through bfloat16", "rounding", "random"]
    assert tuple(drawn["rounding"].get_ydata()) == spectra["rounding"].values
    assert tuple(drawn["rounding"].get_xdata()) == spectra["rounding"].places
    lines = {line.get_label(): list(line.get_ydata()) for line in right.get_lines()}
    for precision in ("float32", "bfloat16"):
        gains = [report.gain(RATE, str(rank), precision).mean for rank in report.ranks]
        assert lines[f"gain, {precision}"] == pytest.approx(gains)
        shares = [report.energy(RATE, rank, precision) for rank in report.ranks]
        assert lines[f"energy, {precision}"] == pytest.approx(shares)
    assert (left.get_title("left"), right.get_title("left")) == TITLES
    assert "rank 1 67% and 50%" in alt_text(figure) and "rounding 4.8" in alt_text(figure)


def test_a_learners_own_spectra_are_drawn_without_the_others(report, spectra):
    own = {kind: spectra[kind] for kind in ("update", "random")}
    left = cut_figure(report, RATE, own, TITLES).axes[0]
    assert [line.get_label() for line in left.get_lines()] == ["update", "random"]


def test_the_legend_covers_neither_the_title_nor_the_lines(report, spectra):
    titles = ("Singular values of the middle down_proj's update (recorded)",) * 2
    figure = cut_figure(report, RATE, spectra, titles)
    figure.canvas.draw()
    for axes in figure.axes:
        legend = axes.get_legend().get_window_extent()
        title = axes.title if axes.title.get_text() else axes._left_title
        assert not legend.overlaps(title.get_window_extent())
        assert legend.y0 >= axes.get_window_extent().y1 - 1


def test_a_cut_is_marked_in_both_panels(report, spectra):
    for axes in cut_figure(report, RATE, spectra, TITLES, rank=4).axes:
        assert [patch.get_x() + patch.get_width() for patch in axes.patches] == [4]
    assert not cut_figure(report, RATE, spectra, TITLES).axes[0].patches


def test_the_table_has_a_row_a_rank_and_the_ends(report):
    found = cut_table(report, RATE)
    assert list(found.frame["rank"]) == [*(str(rank) for rank in report.ranks), "whole", "none"]
    row = found.frame.iloc[3]
    assert (row["energy"], row["gain"], row["gain, bf16"]) == ("50%", "82%", "65%")
    assert row["points"].startswith("-2.2 [") and found.frame["points"].iloc[-2] == ""
    assert max(map(len, repr(found).splitlines())) <= 90 and "n = 1000" in found.caption


def test_one_line_says_what_a_cut_leaves(report, spectra):
    text = describe_cut(report, RATE, spectra, 8)
    assert text.startswith("rank 8: energy 93% (random 5%)") and text.endswith("gain 82%")
    assert len(text) <= 90


def test_the_menus_move_the_cut_and_choose_the_matrix(report, capsys):
    spectra = report.spectra[RATE]
    rank, matrix, _ = low_rank.cut_explorer(report, RATE, spectra, TITLES).children

    def shown():
        return capsys.readouterr().out.rpartition("\r")[2].strip()

    assert shown().endswith(describe_cut(report, RATE, spectra[matrix.value], 8))
    rank.value = 64
    assert shown().endswith(describe_cut(report, RATE, spectra[matrix.value], 64))
    matrix.value = next(iter(spectra))
    assert shown().endswith(describe_cut(report, RATE, next(iter(spectra.values())), 64))
