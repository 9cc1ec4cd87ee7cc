"""The grid of LoRA runs: which runs a view shows, where they stand, what is said of them."""

import dataclasses

import pytest

from course_utils.experiments import plan
from course_utils.methods.names import Method
from course_utils.recorded.runs import Record
from course_utils.show import lora_grid
from course_utils.show.looks import look
from course_utils.show.lora_grid import (
    FACTORS,
    METRICS,
    PISSA,
    VIEWS,
    best_rates,
    best_table,
    factor,
    grid_figure,
    grid_table,
    looks,
    points,
    tried_rates,
)
from course_utils.show.style import alt_text


def record(run):
    """Accuracy, loss and perplexity that follow from the run, so that they can be foretold."""
    fields = {field.name: None for field in dataclasses.fields(Record)}
    right = 5 + run.seed + (run.method == Method.FULL)
    measured = {
        "correct": "1" * right + "0" * (10 - right),
        "domains": {},
        "best": [245, 1 + abs(run.learning_rate - 5e-4)],  # lowest at 5e-4
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
    assert list(series) == ["rank 1", "rank 8", "rank 32", "full fine-tuning"]
    assert [place for place, _ in series["rank 8"]] == list(plan.LORA_RATES)
    assert [place for place, _ in series["full fine-tuning"]] == list(plan.FULL_RATES)


def test_each_point_holds_its_seeds(grid):
    for line in points(grid, "rank", "accuracy on movies").values():
        assert all(len(spread.values) in (2, 3) for _, spread in line)
    _, spread = points(grid, "rank", "accuracy on movies")["full fine-tuning"][0]
    assert (spread.low, spread.high) == (0.6, 0.8) and spread.mean == pytest.approx(0.7)


def test_matrices_are_compared_at_equal_rank_alpha_and_rates(grid):
    series = points(grid, "matrices", "accuracy on movies")
    assert sorted(series) == sorted(plan.TARGETS)
    assert all([place for place, _ in line] == [5e-4, 2e-3] for line in series.values())


def test_alpha_has_a_series_for_each_rank_and_factor_and_a_marker_for_each_factor(grid):
    series = points(grid, "alpha", "accuracy on movies")
    assert list(series)[:3] == ["rank 1, factor 2", "rank 1, factor 16", "rank 8, factor 0.5"]
    assert {factor(r) for r in grid if VIEWS["alpha"].shown(r)} == set(FACTORS)
    assert "rank 32, factor 0.5" in series and len(series) == 8
    places = [place for place, _ in points(grid, "alpha x rate", "validation loss")[
        "rank 32, factor 0.5"]]  # fmt: skip
    assert places == pytest.approx([1e-4, 5e-4, 1e-3, 2.5e-3])


def test_the_start_is_compared_at_one_rank(grid):
    series = points(grid, "start", "validation loss")
    assert sorted(series) == ["rank 8", PISSA]
    assert len(series["rank 8"]) == len(plan.LORA_RATES)


def test_metrics_read_their_fields(grid):
    values = {name: metric(grid[0]) for name, metric in METRICS.items()}
    assert values["accuracy on movies"] == 0.5 and values["perplexity on editorials"] == 900.0
    assert values["validation loss"] == pytest.approx(1.0004)


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
    assert axes.get_xlabel() == VIEWS[view].label and axes.get_xscale() == "log"
    assert axes.get_yscale() == ("log" if metric.startswith("perplexity") else "linear")


@pytest.mark.parametrize("view", VIEWS)
def test_series_differ_by_more_than_colour(grid, view):
    lines = grid_figure(grid, view, "accuracy on movies", "").axes[0].get_lines()
    assert len({(line.get_marker(), line.get_color()) for line in lines}) == len(lines)
    if "alpha" not in view:
        assert len({line.get_marker() for line in lines}) == len(lines)


def test_full_fine_tuning_looks_as_in_every_lesson():
    assert looks(["rank 1", "full fine-tuning"])["full fine-tuning"] is look("full fine-tuning")


def test_the_alt_text_says_where_each_series_is_best(grid):
    text = alt_text(grid_figure(grid, "rank", "accuracy on movies", ""))
    assert "rank 1: best 0.600 at 1e-4" in text and "full fine-tuning: best 0.700 at 5e-6" in text
    text = alt_text(grid_figure(grid, "start", "perplexity on editorials", ""))
    assert "rank 8: best 900 at 1e-4" in text


def test_the_table_says_what_the_figure_shows(grid):
    found = grid_table(grid, "rank", "accuracy on movies")
    assert list(found.frame) == ["learning rate", "rank 1", "rank 8", "rank 32", "full fine-tuning"]
    assert list(found.frame.iloc[0]) == ["5e-6", "-", "-", "-", "0.700 \u00b1 0.100"]
    places = "5e-6 2e-5 5e-5 1e-4 2e-4 5e-4 1e-3 2e-3 5e-3 1e-2".split()
    assert list(found.frame["learning rate"]) == places
    assert max(map(len, repr(found).splitlines())) <= 90
    perplexities = grid_table(grid, "start", "perplexity on editorials")
    assert perplexities.frame["rank 8"][0] == "-" and perplexities.frame[PISSA][0] == "900 \u00b1 0"


def test_the_best_rate_has_the_lowest_mean_validation_loss(grid):
    best = best_rates(grid, "rank")
    assert {name: group[0].learning_rate for name, group in best.items()} == dict.fromkeys(
        ("rank 1", "rank 8", "rank 32", "full fine-tuning"), 5e-4
    )
    assert len(best["rank 8"]) == 3 and len({r.seed for r in best["rank 8"]}) == 3
    assert tried_rates(grid, "rank", "full fine-tuning") == list(plan.FULL_RATES)


def test_the_table_of_best_rates_names_what_was_tried(grid):
    found = best_table(grid, "rank")
    row = found.frame.iloc[1]
    assert (row["series"], row["best rate"], row["tried"]) == ("rank 8", "5e-4", "7, 1e-4 to 1e-2")
    assert row["accuracy"] == "0.600"
    assert "2 to 3 seeds" in found.caption and "10 other validation items" in found.caption
    assert any(line.endswith("1.000      900.0") for line in repr(found).splitlines())


def test_an_unfinished_grid_can_be_drawn(grid):
    grid_figure(grid[:3], "rank", "accuracy on movies", "").canvas.draw()


def test_the_explorer_follows_its_controls(grid, capsys):
    view, metric, _ = lora_grid.grid_explorer(grid).children

    def shown():
        return capsys.readouterr().out.rpartition("\r")[2].strip()

    first = shown()
    assert first.endswith(repr(grid_table(grid, "rank", "accuracy on movies")).strip())
    assert first.count("Figure: ") == 1
    view.value = "start"
    metric.value = "perplexity on editorials"
    assert shown().endswith(repr(grid_table(grid, "start", "perplexity on editorials")).strip())


def test_the_explorer_offers_no_view_without_records(grid):
    def offered(records):
        return list(lora_grid.grid_explorer(records).children[0].options)

    assert offered(grid) == list(VIEWS)
    shown = [r for r in grid if VIEWS["rank"].shown(r)]
    assert offered(shown) == ["rank"]
    assert offered([*shown, *(r for r in grid if r.init)]) == ["rank", "start"]


def test_settings_that_failed_do_not_flatten_the_others(grid):
    failed = [r for r in grid if (r.rank, r.learning_rate) == (8, 1e-2) and r.alpha == 16]
    shown = [r for r in grid if r.rank != 32]  # of which there are fewer seeds
    fallen = [dataclasses.replace(r, correct="1" + "0" * 9) if r in failed else r for r in shown]
    (axes,) = grid_figure(fallen, "rank", "accuracy on movies", "").axes
    assert axes.get_ylim()[0] == pytest.approx(0.7 - lora_grid.ROOM)
    assert [text.get_text() for text in axes.texts] == ["not drawn: rank 8 at 1e-2: 0.100"]
    assert not grid_figure(shown, "rank", "accuracy on movies", "").axes[0].texts
