"""What the figures of recorded runs show: every seed, the means, and the right runs."""

import dataclasses

import numpy

from course_utils.experiments import plan
from course_utils.recorded.runs import recorded
from course_utils.show.looks import look
from course_utils.show.prompt_grid import grid_figure, seed_figure
from course_utils.show.style import alt_text

INITS = ("labels", "random")


def record(length, rate, init, seed, accuracy):
    run = plan.prompt("prompt_grid", rate, seed, length=length, init=init)
    right = "1" * round(100 * accuracy) + "0" * round(100 - 100 * accuracy)
    return dataclasses.replace(recorded("methods")[0], **dataclasses.asdict(run), correct=right)


GRID = [
    record(length, rate, init, seed, base + 0.1 * place + 0.01 * seed)
    for place, init in enumerate(INITS)
    for length, rate, base in ((20, 1e-2, 0.4), (20, 3e-2, 0.5), (5, 3e-2, 0.3))
    for seed in range(3)
]


def test_each_panel_has_its_runs_and_their_means():
    figure = grid_figure(GRID, "message")
    left, right = figure.axes
    for axes, means in ((left, [0.41, 0.51]), (right, [0.31, 0.51])):
        assert [len(c.get_offsets()) for c in axes.collections] == [6, 6]
        lines = {line.get_label(): line.get_ydata() for line in axes.lines}
        assert numpy.allclose(lines["start from labels"], means)
        assert numpy.allclose(lines["start from random"], numpy.add(means, 0.1))
        assert axes.get_xscale() == "log"
    assert left.get_xticks().tolist() == [1e-2, 3e-2] and right.get_xticks().tolist() == [5, 20]
    assert figure.get_suptitle() == "message" and "test items" in left.get_ylabel()
    text = alt_text(figure)
    assert "labels 0.410 at 0.01, 0.510 at 0.03" in text and "0.310 at 5, 0.510 at 20" in text


def test_another_length_and_rate_can_be_shown():
    left, right = grid_figure(GRID, "", length=5, rate=1e-2).axes
    assert left.get_xticks().tolist() == [3e-2] and right.get_xticks().tolist() == [20]


def test_halving_the_errors_takes_the_same_room_everywhere():
    """So one setting that fails does not flatten the others."""
    grid = [record(20, 1e-2, "labels", 0, a) for a in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)]
    axes = grid_figure(grid, "").axes[0]
    heights = [axes.transData.transform((1e-2, y))[1] for y in (0.6, 0.8, 0.9, 0.95)]
    steps = numpy.diff(heights)
    assert numpy.allclose(steps, steps[0])
    low, high = axes.get_ylim()
    assert low < 0.5 and high > 0.95
    assert {0.5, 0.8, 0.9, 0.95} <= set(axes.get_yticks().tolist())


def test_runs_without_an_error_can_be_drawn():
    grid_figure([record(20, 1e-2, "labels", 0, a) for a in (1.0, 0.9)], "").canvas.draw()


def test_a_mark_stands_near_its_setting():
    left, _ = grid_figure(GRID, "").axes
    for marks in left.collections:
        x = numpy.asarray(marks.get_offsets())[:, 0]
        assert numpy.abs(numpy.log(x / numpy.repeat([1e-2, 3e-2], 3))).max() < 0.3


def test_each_place_shows_every_seed_and_the_mean():
    accuracies = {
        "full fine-tuning": {"movies": [0.9, 0.91], "tweets": [0.8, 0.82]},
        "another": {"movies": [0.88, 0.9], "tweets": [0.85, 0.87]},
    }
    figure = seed_figure(accuracies, "accuracy", "message")
    [axes] = figure.axes
    marks = [sorted(numpy.asarray(c.get_offsets())[:, 1]) for c in axes.collections]
    assert numpy.allclose(marks, [[0.9, 0.91], [0.8, 0.82], [0.88, 0.9], [0.85, 0.87]])
    means = [line.get_ydata()[0] for line in axes.lines]
    assert numpy.allclose(means, [0.905, 0.81, 0.89, 0.86])
    assert [label.get_text() for label in axes.get_xticklabels()] == ["movies", "tweets"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(accuracies)
    assert axes.get_ylabel().startswith("accuracy") and figure.get_suptitle() == "message"
    xs = [numpy.asarray(c.get_offsets())[:, 0] for c in axes.collections]
    assert all(len(set(each)) == len(each) for each in xs)  # seeds stand beside each other
    assert axes.lines[0].get_color() == look("full fine-tuning").colour != axes.lines[2].get_color()
    assert "full fine-tuning: movies 0.905, tweets 0.810" in alt_text(figure)
