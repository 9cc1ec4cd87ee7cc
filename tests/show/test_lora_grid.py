"""The grid of LoRA runs: which runs a view shows, where they stand, what is said of them."""

import dataclasses

import matplotlib.pyplot as plt
import pytest

from course_utils.experiments import plan
from course_utils.methods.names import Method
from course_utils.recorded.runs import Record
from course_utils.show import figures, lora_grid
from course_utils.show.lora_grid import (
    METRICS,
    VIEWS,
    describe_grid,
    grid_figure,
    points,
    trade_figure,
)


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


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


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
    assert axes.get_title() == "A message" and metric in axes.get_ylabel()
    assert axes.get_xlabel() == VIEWS[view].label


def test_series_differ_by_more_than_colour(grid):
    lines = grid_figure(grid, "rank", "accuracy on movies", "").axes[0].get_lines()
    assert len({line.get_marker() for line in lines}) == len(lines)


def test_the_text_says_what_the_figure_shows(grid):
    *lines, note = describe_grid(grid, "rank", "accuracy on movies").splitlines()
    assert "3 seeds" in note
    assert lines[0].split() == "learning rate rank 1 rank 2 rank 8 rank 32 full fine-tuning".split()
    assert lines[1].split() == ["5e-6", "0.700", "\u00b1", "0.100"]
    assert lines[1].endswith("0.700 \u00b1 0.100")  # in the last column, full fine-tuning's
    assert [line.split()[0] for line in lines[1:]] == (
        "5e-6 2e-5 5e-5 1e-4 2e-4 5e-4 1e-3 2e-3".split()
    )
    assert max(map(len, lines)) <= 90
    assert "900 \u00b1 0" in describe_grid(grid, "alpha", "perplexity on editorials")


def test_the_trade_is_drawn_setting_by_setting(grid):
    (axes,) = trade_figure(grid, "A message").axes
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert list(lines["rank 1"].get_ydata()) == [200.0] * 5
    assert list(lines["full fine-tuning"].get_xdata()) == pytest.approx([0.7] * 4)
    assert axes.get_yscale() == "log"


def test_an_unfinished_grid_can_be_drawn(grid):
    grid_figure(grid[:3], "rank", "accuracy on movies", "").canvas.draw()
    trade_figure(grid[:3], "").canvas.draw()


def test_the_explorer_follows_its_controls(grid, capsys, monkeypatch):
    open_figures = []  # at each display: those that pyplot could draw at the same time
    monkeypatch.setattr(figures, "display", lambda _: open_figures.append(plt.get_fignums()))
    box = lora_grid.grid_explorer(grid)
    view, metric = box.children[0].children

    def shown():
        return capsys.readouterr().out.rpartition("\r")[2].strip()

    assert shown() == describe_grid(grid, "rank", "accuracy on movies")
    view.value = "alpha"
    metric.value = "perplexity on editorials"
    assert shown().endswith(describe_grid(grid, "alpha", "perplexity on editorials"))
    assert open_figures == [[], [], []]
