"""What the figure of lengths and cosines shows: paths, words and drawn vectors, panel by panel."""

import numpy
import torch

from course_utils.show.length_cosine import length_figure
from course_utils.show.style import alt_text


def pairs(*shape, seed=0):
    return torch.rand(*shape, 2, generator=torch.Generator().manual_seed(seed))


PANELS = {"true labels": pairs(3, 4), "shuffled labels": pairs(3, 4, seed=1)}
WORDS, DRAWN = pairs(7, seed=2), pairs(5, seed=3)


def test_each_panel_has_its_paths_and_the_same_words_behind():
    figure = length_figure(PANELS, WORDS, DRAWN, "message")
    for axes, (name, paths) in zip(figure.axes, PANELS.items()):
        shown = {c.get_label(): numpy.asarray(c.get_offsets()) for c in axes.collections}
        assert numpy.allclose(shown["soft tokens, start"], paths[0])
        assert numpy.allclose(shown["soft tokens, end"], paths[-1])
        assert numpy.allclose(shown["words, with the nearest other word"], WORDS)
        assert numpy.allclose(shown["vectors drawn as words are distributed"], DRAWN)
        assert numpy.allclose(axes.lines[1].get_xydata(), paths[:, 1])
        assert axes.get_title("left") == name
    left, right = figure.axes
    assert left.get_xlim() == right.get_xlim() and left.get_ylim() == right.get_ylim()
    assert figure.get_suptitle() == "message"
    length, cosine = PANELS["shuffled labels"][-1].mean(0).tolist()
    assert f"to ({length:.2f}, {cosine:.2f})" in alt_text(figure)
