"""The drawings: the numbers in them are right, nothing is cut, and words say what they show."""

import pytest
from matplotlib.axis import Tick
from matplotlib.text import Text

from course_utils.errors import CourseError
from course_utils.show.schematics import LANES, label_words_schematic, memory_schematic
from course_utils.show.style import alt_text

WORDS = (" negative", " positive")
FOUND = {" positive": 0.3, " The": 0.25, " negative": 0.1}
TEXT = "Review: a good film\nSentiment:"


def inside(figure):
    """Are all words inside the figure, those of hidden ticks left out?"""
    figure.canvas.draw()
    hidden = {t for axes in figure.axes for t in axes.findobj(Tick)}
    hidden = {text for tick in hidden for text in tick.findobj(Text)}
    boxes = [t.get_window_extent() for t in figure.findobj(Text) if t not in hidden]
    boxes = [box for box in boxes if box.width]
    return all(b.x0 >= 0 and b.x1 <= figure.bbox.x1 and b.y0 >= 0 for b in boxes)


def test_two_words_are_picked_and_sum_to_one():
    figure = label_words_schematic(TEXT, WORDS, FOUND)
    _, following, picked = figure.axes
    assert [p.get_width() for p in following.patches] == [0.3, 0.25, 0.1]
    assert [p.get_width() for p in picked.patches] == pytest.approx([0.75, 0.25])
    assert [t.get_text() for t in picked.get_yticklabels()] == ["' positive'", "' negative'"]
    assert following.patches[0].get_facecolor() == picked.patches[0].get_facecolor()
    assert following.patches[1].get_facecolor() != picked.patches[1].get_facecolor()
    assert "0.35" in following.get_xlabel() and "0.40" in picked.get_xlabel()
    assert "' positive' 0.75, ' negative' 0.25" in alt_text(figure)


def test_the_prompt_stands_in_pieces():
    prompt = label_words_schematic(TEXT, WORDS, FOUND).axes[0]
    pieces = [text.get_text() for text in prompt.texts if text.get_text()]
    assert pieces[:6] == ["Review:", "a", "good", "film", "\\n", "Sentiment:"]


@pytest.mark.parametrize("text", ["$x", "word " * 200, "one\n\ntwo", "a" * 30])
def test_any_prompt_is_drawn_inside_the_figure(text):
    assert inside(label_words_schematic(text, WORDS, FOUND))


@pytest.mark.parametrize("found", [{" negative": 0.1}, {" negative": 0.0, " positive": 0.0}])
def test_label_words_without_probabilities_are_refused(found):
    with pytest.raises(CourseError, match="no probabilities to compare"):
        label_words_schematic(TEXT, WORDS, found)


def test_what_is_in_memory_when():
    figure = memory_schematic()
    (axes,) = figure.axes
    assert [t.get_text() for t in axes.get_xticklabels()] == [
        "forward", "backward", "optimiser's step",
    ]  # fmt: skip
    assert len(axes.collections) == sum(len(parts) for *_, parts in LANES)
    spans = {name.split("\n")[0]: (parts[0][0], parts[-1][1]) for name, _, parts in LANES}
    assert spans["weights"] == (0, 3) and spans["activations"] == (0, 2)
    assert spans["gradients"] == (1, 3) and spans["masters"] == (0, 3)
    assert "activations: kept, layer by layer (forward)" in alt_text(figure)
    assert inside(figure)
