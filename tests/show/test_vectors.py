"""What the maps show: points, paths, words, tasks and seeds."""

import io

import numpy
import pytest
import torch

from course_utils.show.style import alt_text
from course_utils.show.vectors import task_map, word_map


def points(n, seed=0):
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed))


def scattered(axes):
    return {c.get_label(): numpy.asarray(c.get_offsets()) for c in axes.collections}


def test_the_word_map_shows_where_each_token_was():
    paths, sample = torch.stack([points(4, seed) for seed in range(3)]), points(9, 5)
    near = {" bad": points(1, 6)[0], " poor": points(1, 7)[0]}
    figure = word_map(paths, near, {" negative": points(1, 8)[0]}, sample, "message")
    [axes] = figure.axes
    shown = scattered(axes)
    assert numpy.allclose(shown["soft tokens, start"], paths[0])
    assert numpy.allclose(shown["soft tokens, end"], paths[-1])
    assert numpy.allclose(shown["words at random"], sample)
    assert numpy.allclose(shown["nearest words at the end"], torch.stack(list(near.values())))
    assert len(axes.lines) == 4
    assert numpy.allclose(axes.lines[2].get_xydata(), paths[:, 2])
    assert {text.get_text() for text in axes.texts} == {"' bad'", "' poor'", "' negative'"}
    assert figure.get_suptitle() == "message" and axes.get_xlabel() and axes.get_ylabel()
    assert "' bad', ' poor'" in alt_text(figure) and "4 soft tokens" in alt_text(figure)


@pytest.mark.parametrize(
    "word", ["$$", " $\\", "$x_{$", "cost $5 or $6", "$", "\\frac", "{", "_", "\n", "\U0001f600"]
)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_a_word_is_drawn_as_it_is_and_not_as_a_formula(word):
    sample = points(9)
    figure = word_map(
        torch.stack([points(2)] * 3), {word: sample[0]}, {word: sample[1]}, sample, "t"
    )
    figure.savefig(io.BytesIO(), format="png")
    assert {text.get_text() for text in figure.axes[0].texts} == {repr(word)}
    assert not any(text.get_parse_math() for text in figure.axes[0].texts)


def test_the_task_map_has_a_panel_an_init_and_a_look_a_task():
    tasks, seeds = ["movies", "movies", "tweets", "source"], [0, 1, 0, 0]
    panels = {"random": points(4), "labels": points(4, 1)}
    figure = task_map(panels, tasks, seeds, "message")
    assert figure.get_suptitle() == "message" and len(figure.axes) == 2
    for axes, (name, expected) in zip(figure.axes, panels.items()):
        assert name in axes.get_title("left")
        shown = scattered(axes)
        assert numpy.allclose(shown["movies"], expected[:2])
        assert numpy.allclose(shown["source"], expected[3:])
        assert [text.get_text() for text in axes.texts] == ["0", "1", "0", "0"]
        colours = {tuple(c.get_facecolor()[0]) for c in axes.collections}
        shapes = {c.get_paths()[0].vertices.tobytes() for c in axes.collections}
        assert len(colours) == len(shapes) == 3
    assert "tasks movies, tweets, source" in alt_text(figure)


def test_no_words_at_all_can_be_drawn():
    paths = torch.stack([points(3, seed) for seed in range(2)])
    figure = word_map(paths, {}, {" negative": points(1, 8)[0]}, points(9), "message")
    figure.canvas.draw()
