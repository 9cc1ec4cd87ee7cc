"""What the heat map shows: squares by task and seed, and means over different seeds."""

import numpy
import pytest
import torch

from course_utils.analysis.movements import movement_cosines
from course_utils.errors import CourseError
from course_utils.show.movements import movement_figure
from course_utils.show.style import alt_text

TASKS, SEEDS = ["movies", "movies", "tweets", "tweets"], [0, 1, 0, 1]
COSINES = movement_cosines(torch.randn(4, 9, generator=torch.Generator().manual_seed(0)))
PANELS = {"as they are": COSINES, "less their seed's mean": -COSINES}


def test_the_squares_are_the_cosines_without_the_diagonal():
    figure = movement_figure(PANELS, TASKS, SEEDS, "message")
    for axes, (name, expected) in zip(figure.axes, PANELS.items()):
        shown = axes.images[0].get_array()
        off = ~numpy.eye(4, dtype=bool)
        assert numpy.allclose(shown[off], expected.numpy()[off])
        assert numpy.isnan(shown.filled(numpy.nan)[~off]).all()
        assert axes.get_title("left") == name
        assert [label.get_text() for label in axes.get_xticklabels()] == ["movies", "tweets"]
    assert len({axes.images[0].get_clim() for axes in figure.axes[:2]}) == 1
    assert figure.get_suptitle() == "message"


def test_the_numbers_are_means_over_different_seeds():
    axes = movement_figure(PANELS, TASKS, SEEDS, "message").axes[0]
    between = (COSINES[0, 3] + COSINES[1, 2]).item() / 2
    expected = [COSINES[0, 1].item(), between, between, COSINES[2, 3].item()]
    assert [text.get_text() for text in axes.texts] == [f"{value:.2f}" for value in expected]
    assert [text.xy for text in axes.texts] == [(0.5, 0.5), (2.5, 0.5), (0.5, 2.5), (2.5, 2.5)]
    own = (COSINES[0, 1] + COSINES[2, 3]).item() / 2
    text = alt_text(movement_figure(PANELS, TASKS, SEEDS, "message"))
    assert f"as they are: {own:.2f} within a task, {between:.2f} between tasks" in text


def test_prompts_of_a_task_stand_together():
    with pytest.raises(CourseError, match="stand together"):
        movement_figure(PANELS, ["movies", "tweets", "movies", "tweets"], SEEDS, "message")
    with pytest.raises(CourseError, match="There are 3 prompts"):
        movement_figure(PANELS, TASKS[:3], SEEDS[:3], "message")
