"""What the map shows: points, paths, words, and the box that is enlarged."""

import io

import numpy
import pytest
import torch

from course_utils.show.style import alt_text
from course_utils.show.vectors import word_map


def points(n, seed=0, size=1.0):
    return size * torch.randn(n, 2, generator=torch.Generator().manual_seed(seed))


PANELS = {
    "trained": torch.stack([points(4, seed) for seed in range(3)]),
    "random walk": torch.stack([points(4, seed) for seed in (0, 5, 6)]),
}
WORDS = {" bad": points(1, 7)[0], " good": points(1, 8)[0]}


def scattered(axes):
    return {c.get_label(): numpy.asarray(c.get_offsets()) for c in axes.collections}


def test_each_column_has_its_tokens_among_the_words():
    sample = points(9, 5, 4.0)
    figure = word_map(PANELS, WORDS, sample, "message")
    above, below = figure.axes[:2], figure.axes[2:]
    assert [axes.get_title("left") for axes in above] == list(PANELS)
    for whole, near, paths in zip(above, below, PANELS.values()):
        assert numpy.allclose(whole.collections[0].get_offsets(), sample)
        assert numpy.allclose(whole.collections[1].get_offsets(), paths[-1])
        shown = scattered(near)
        assert numpy.allclose(shown["soft tokens, start"], paths[0])
        assert numpy.allclose(shown["soft tokens, end"], paths[-1])
        assert numpy.allclose(shown["named words"], torch.stack(list(WORDS.values())))
        assert len(near.lines) == 4
        assert numpy.allclose(near.lines[2].get_xydata(), paths[:, 2])
        assert {text.get_text() for text in near.texts} == {"' bad'", "' good'"}
    assert figure.get_suptitle() == "message"
    assert "4 soft tokens" in alt_text(figure) and "' bad', ' good'" in alt_text(figure)
    moved = (PANELS["trained"][-1] - PANELS["trained"][0]).norm(dim=1).mean()
    assert f"trained: {moved:.2f}" in alt_text(figure)


def test_the_box_holds_all_tokens_and_is_what_is_enlarged():
    figure = word_map(PANELS, WORDS, points(9, 5, 4.0), "message")
    whole, near = figure.axes[0], figure.axes[2]
    [box] = whole.patches
    low, high = numpy.array(box.get_xy()), numpy.array(box.get_xy()) + [
        box.get_width(), box.get_height()]  # fmt: skip
    assert numpy.allclose([low[0], high[0]], near.get_xlim())
    assert numpy.allclose([low[1], high[1]], near.get_ylim())
    for paths in PANELS.values():
        flat = paths.flatten(0, 1).numpy()
        assert (flat > low).all() and (flat < high).all()


@pytest.mark.parametrize(
    "word", ["$$", " $\\", "$x_{$", "cost $5 or $6", "$", "\\frac", "{", "_", "\n", "\U0001f600"]
)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_a_word_is_drawn_as_it_is_and_not_as_a_formula(word):
    figure = word_map({"a": torch.stack([points(2)] * 3)}, {word: points(1)[0]}, points(9), "t")
    figure.savefig(io.BytesIO(), format="png")
    assert {text.get_text() for text in figure.axes[1].texts} == {repr(word)}
    assert not any(text.get_parse_math() for text in figure.axes[1].texts)


def test_no_words_at_all_can_be_drawn():
    figure = word_map({"a": torch.stack([points(3, 0), points(3, 1)])}, {}, points(9), "message")
    figure.canvas.draw()
    assert "Named words: none" in alt_text(figure)
