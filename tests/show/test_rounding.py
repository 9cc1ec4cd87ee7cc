"""Figures and explorer of rounding to 4 bits."""

import ipywidgets
import pytest
import torch

from course_utils.measure.evaluation import compare
from course_utils.measure.perplexity import Change
from course_utils.show.rounding import (
    BLOCKS,
    Rounded,
    describe_rounding,
    outcome_figure,
    rounding_explorer,
    rounding_figure,
    with_outliers,
)
from course_utils.show.style import alt_text


def gaussian(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 0.05


def test_outliers_are_as_many_and_as_large_as_asked_for():
    weight = gaussian(300, 300)
    changed = with_outliers(weight, 5)
    moved = changed != weight
    assert moved.float().mean().item() == pytest.approx(0.005, abs=0.001)
    sizes = changed[moved].abs() / weight.square().mean().sqrt()
    torch.testing.assert_close(sizes, torch.full_like(sizes, 10.0))
    assert torch.equal(with_outliers(weight, 0), weight)


def test_the_explorers_figure_shows_every_level_and_marks_the_choice():
    weight = gaussian(16, 256)
    figure = rounding_figure(weight, "nf4", 64, 0)
    left, right = figure.axes
    assert left.get_title("left") == "16 levels of nf4, block 64, no outliers"
    assert "16 levels of nf4" in alt_text(figure) and "at 64: nf4 0.0" in alt_text(figure)
    assert len(left.collections[0].get_segments()) == 16
    curves = {line.get_label(): line.get_ydata() for line in right.lines}
    assert list(curves["nf4"]) == sorted(curves["nf4"])
    x, y = right.lines[-1].get_data()
    assert x[0] == 64 and y[0] == curves["nf4"][BLOCKS.index(64)]


def test_the_title_claims_growth_only_where_the_error_grows():
    flat = torch.ones(16, 256)  # every block rounds it without an error
    for weight, title in (
        (gaussian(16, 256), "The error grows with the block"),
        (flat, "Error by block size"),
    ):
        figure = rounding_figure(weight, "nf4", 64, 0)
        assert figure.get_suptitle() == f"{title} (no outliers)"


def test_the_same_choice_with_and_without_outliers_is_told_apart():
    clean, dirty = (rounding_figure(gaussian(16, 256), "nf4", 64, n) for n in (0, 5))
    assert dirty.axes[0].get_title("left").endswith("5 \u2030 outliers")
    assert dirty.get_suptitle().endswith("(5 \u2030 outliers)") != clean.get_suptitle()


def test_the_description_counts_weights_and_levels():
    text = describe_rounding(gaussian(16, 256), "int4", 64, 0)
    assert "int4, block 64, 0 outliers in 1,000: relative RMSE 0.11" in text
    assert "3 of 15 levels" in text  # -1/7, 0 and 1/7


def test_the_explorer_follows_its_controls(capsys):
    box = rounding_explorer({"first": gaussian(16, 256), "second": 2 * gaussian(16, 256)})
    layer, codebook, block, outliers, output = box.children
    assert isinstance(output, ipywidgets.Output)
    codebook.value, block.value, outliers.value, layer.value = "fp4", 256, 3, "second"
    assert "fp4, block 256, 3 outliers" in capsys.readouterr().out


@pytest.mark.parametrize(("quick", "title"), [("0", "message"), ("1", "message (quick run)")])
def test_the_outcome_of_a_quick_run_is_marked(quick, title, monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", quick)
    row = Rounded("nf4, 64", 0.1, compare("11", "10"), Change(1.4, 1.3, 1.5))
    figure = outcome_figure([row], "message")
    assert figure.get_suptitle() == title


def test_the_outcome_figure_has_an_interval_for_every_model():
    points = compare("1101" * 10, "1011" * 10)
    rows = [Rounded(name, 0.1, points, Change(1.4, 1.3, 1.5)) for name in ("nf4, 64", "int4, 512")]
    figure = outcome_figure(rows, "message")
    left, _ = figure.axes
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["nf4, 64", "int4, 512"]
    assert "nf4, 64: RMSE 0.100, perplexity x 1.40, accuracy +0.0 points" in alt_text(figure)
    assert list(left.lines[0].get_ydata()) == [1.3, 1.5]
