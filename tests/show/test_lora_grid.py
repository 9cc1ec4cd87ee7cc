"""The grid of LoRA runs: which runs a view shows, where they stand, what is said of them."""

import dataclasses

import pytest

from course_utils.experiments import plan
from course_utils.methods.names import Method
from course_utils.recorded.runs import Record
from course_utils.show import lora_grid
from course_utils.show.looks import look
from course_utils.show.lora_grid import (
    METRICS,
    VIEWS,
    grid_figure,
    grid_table,
    looks,
    points,
    trade_figure,
)
from course_utils.show.style import alt_text


def record(run):
    """Accuracy, domains and perplexity that follow from the run, so that they can be foretold."""
    fields = {field.name: None for field in dataclasses.fields(Record)}
    right = 5 + run.seed + (run.method == Method.FULL)
    measured = {
        "correct": "1" * right + "0" * (10 - right),
        "domains": dict.fromkeys(("tweets", "products", "editorials"), "1000"),
        "perplexity": 100.0 * (1 + run.rank),
    }
    return Record(**fields | dataclasses.asdict(run) | measured)


@pytest.fixture(scope="module")
def grid():
    return [record(run) for run in plan.lora_grid()]


def test_every_run_of_the_grid_is_in_some_view(grid):
    assert all(any(view.shown(r) for view in VIEWS.values()) for r in grid)


def test_ranks_stand_in_order_and_full_fine_tuning_last(grid):
    series = points(grid, "rank", "accuracy on movies")
    assert list(series) == ["rank 1", "rank 2", "rank 8", "rank 32", "full fine-tuning"]
    assert [place for place, _ in series["rank 8"]] == [1e-4, 2e-4, 5e-4, 1e-3, 2e-3]
    assert [place for place, _ in series["full fine-tuning"]] == [5e-6, 2e-5, 5e-5, 1e-4]


def test_each_point_holds_its_three_seeds(grid):
    for line in points(grid, "rank", "accuracy on movies").values():
        assert all(len(spread.values) == 3 for _, spread in line)
    _, spread = points(grid, "rank", "accuracy on movies")["full fine-tuning"][0]
    assert (spread.low, spread.high) == (0.6, 0.8) and spread.mean == pytest.approx(0.7)


def test_matrices_are_compared_at_equal_rank_alpha_and_rates(grid):
    series = points(grid, "matrices", "accuracy on movies")
    assert sorted(series) == sorted(plan.TARGETS)
    assert all([place for place, _ in line] == [5e-4, 2e-3] for line in series.values())


def test_alpha_is_varied_alone(grid):
    series = points(grid, "alpha", "accuracy on movies")
    assert [place for place, _ in series["rank 8"]] == [4.0, 16.0, 64.0] and len(series) == 1


def test_metrics_read_their_fields(grid):
    values = {name: metric(grid[0]) for name, metric in METRICS.items()}
    assert values["accuracy on movies"] == 0.5 and values["accuracy on tweets"] == 0.25
    assert values["perplexity on editorials"] == 900.0


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("metric", ["accuracy on movies", "perplexity on editorials"])
def test_the_figure_shows_the_means_with_their_spread(grid, view, metric):
    figure = grid_figure(grid, view, metric, "A message")
    figure.canvas.draw()
    (axes,) = figure.axes
    expected = points(grid, view, metric)
    drawn = {line.get_label(): list(line.get_ydata()) for line in axes.get_lines()}
    assert drawn == {name: [s.mean for _, s in line] for name, line in expected.items()}
    bars = [tuple(path.vertices[:, 1]) for c in axes.collections for path in c.get_paths()]
    assert bars == [(s.low, s.high) for line in expected.values() for _, s in line]
    assert figure.get_suptitle() == "A message" and metric in axes.get_ylabel()
    assert axes.get_xlabel() == VIEWS[view].label


@pytest.mark.parametrize("view", VIEWS)
def test_series_differ_by_more_than_colour(grid, view):
    lines = grid_figure(grid, view, "accuracy on movies", "").axes[0].get_lines()
    assert len({line.get_marker() for line in lines}) == len(lines)
    assert len({line.get_color() for line in lines}) == len(lines)


def test_full_fine_tuning_looks_as_in_every_lesson():
    assert looks(["rank 1", "full fine-tuning"])["full fine-tuning"] is look("full fine-tuning")


def test_the_alt_text_says_where_each_series_is_best(grid):
    text = alt_text(grid_figure(grid, "rank", "accuracy on movies", ""))
    assert "rank 1: best 0.600 at 1e-4" in text and "full fine-tuning: best 0.700 at 5e-6" in text
    assert "best 900 at 4" in alt_text(grid_figure(grid, "alpha", "perplexity on editorials", ""))


def test_the_table_says_what_the_figure_shows(grid):
    found = grid_table(grid, "rank", "accuracy on movies")
    assert "3 seeds" in found.caption
    assert list(found.frame) == (
        ["learning rate", "rank 1", "rank 2", "rank 8", "rank 32", "full fine-tuning"]
    )
    assert list(found.frame.iloc[0]) == ["5e-6", "-", "-", "-", "-", "0.700 \u00b1 0.100"]
    assert list(found.frame["learning rate"]) == ("5e-6 2e-5 5e-5 1e-4 2e-4 5e-4 1e-3 2e-3".split())
    assert max(map(len, repr(found).splitlines())) <= 90
    perplexities = grid_table(grid, "alpha", "perplexity on editorials")
    assert perplexities.frame["rank 8"][0] == "900 \u00b1 0"


def test_the_trade_is_drawn_setting_by_setting_in_both_parts(grid):
    figure = trade_figure(grid, "A message")
    high, low = figure.axes
    for axes in (high, low):
        lines = {line.get_label(): line for line in axes.get_lines()}
        assert list(lines["rank 1"].get_ydata()) == [200.0] * 5
        assert list(lines["full fine-tuning"].get_xdata()) == pytest.approx([0.7] * 4)
    assert high.get_yscale() == "log" and high.get_ylim()[0] == low.get_ylim()[1]
    assert low.get_ylim()[0] < 100 and high.get_ylim()[1] > 3300
    assert "rank 32 at 2e-3: accuracy 0.600, perplexity 3300" in alt_text(figure)


def test_an_unfinished_grid_can_be_drawn(grid):
    grid_figure(grid[:3], "rank", "accuracy on movies", "").canvas.draw()
    trade_figure(grid[:3], "").canvas.draw()


def test_the_explorer_follows_its_controls(grid, capsys):
    view, metric, _ = lora_grid.grid_explorer(grid).children

    def shown():
        return capsys.readouterr().out.rpartition("\r")[2].strip()

    first = shown()
    assert first.endswith(repr(grid_table(grid, "rank", "accuracy on movies")).strip())
    assert first.count("Figure: ") == 1
    view.value = "alpha"
    metric.value = "perplexity on editorials"
    assert shown().endswith(repr(grid_table(grid, "alpha", "perplexity on editorials")).strip())
