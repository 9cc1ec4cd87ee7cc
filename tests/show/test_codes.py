"""Levels among the weights, and how often each code is used."""

import pytest
import torch

from course_utils.quantisation import codebooks
from course_utils.quantisation.error import code_usage, relative_rmse, round_trip
from course_utils.show.codes import levels_figure, usage_figure, usage_table
from course_utils.show.style import alt_text

WEIGHT = torch.randn(64, 128, generator=torch.Generator().manual_seed(0)) * 0.05
BOOKS = {"uniform": codebooks.int4(), "NF4": codebooks.nf4()}


def test_the_levels_stand_among_the_weights():
    figure = levels_figure(WEIGHT, codebooks.int4(), "a title")
    (axes,) = figure.axes
    assert len(axes.collections[0].get_segments()) == 15
    assert "3 of the 15 levels" in alt_text(figure)


def test_a_bar_a_code_of_its_share():
    figure = usage_figure(WEIGHT, BOOKS, "a title")
    for axes, levels in zip(figure.axes, BOOKS.values()):
        heights = [bar.get_height() for bar in axes.patches]
        assert heights == pytest.approx((100 * code_usage(WEIGHT, levels)).tolist())
        assert sum(heights) == pytest.approx(100)
        assert axes.lines[0].get_ydata()[0] == pytest.approx(100 / len(levels))
    assert [axes.get_title("left") for axes in figure.axes] == ["uniform", "NF4"]


def test_the_table_has_rarest_commonest_error_and_zero():
    rows = usage_table(WEIGHT, BOOKS, "c").frame.to_dict("records")
    usage = code_usage(WEIGHT, codebooks.nf4())
    assert rows[1]["rarest code"] == f"{usage.min():.1%}"
    assert rows[1]["commonest code"] == f"{usage.max():.1%}"
    error = relative_rmse(round_trip(WEIGHT, codebooks.nf4()), WEIGHT)
    assert rows[1]["relative RMSE"] == f"{error:.3f}"
    assert float(rows[1]["level nearest to 0"]) == 0
