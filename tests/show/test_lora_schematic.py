"""The drawing of a LoRA layer: its rectangles have the sides of the matrices."""

import pytest
from matplotlib.patches import Rectangle

from course_utils.errors import CourseError
from course_utils.show.lora_schematic import lora_schematic
from course_utils.show.style import alt_text


def test_every_side_is_in_proportion():
    (axes,) = lora_schematic("down_proj", 576, 1536, 8).axes
    sides = [(p.get_width(), p.get_height()) for p in axes.patches if isinstance(p, Rectangle)]
    assert sides == [(1536, 576), (8, 576), (1536, 8), (1536, 576)]
    assert axes.get_aspect() == 1


def test_the_title_counts_what_trains_and_the_words_have_the_shapes():
    figure = lora_schematic("q_proj", 6, 4, 2)
    assert "20 numbers train beside 24, 83.3%" in figure.get_suptitle()
    assert "6 x 2" in alt_text(figure) and "2 x 4" in alt_text(figure)


def test_a_side_of_nothing_is_refused():
    with pytest.raises(CourseError, match="rank"):
        lora_schematic("q_proj", 6, 4, 0)
