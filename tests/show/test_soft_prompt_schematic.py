"""The drawing of prompt tuning: the right vectors, the end of the text, nothing cut."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.show.soft_prompt_schematic import NUMBERS, soft_prompt_schematic
from course_utils.show.style import alt_text
from tests.show.test_schematics import inside

TEXT = ["Review", ":", " a", " joy", " to", " watch", ".", "\n", "Sent", "iment", ":"]
ROWS = torch.arange(11.0)[:, None].expand(-1, 12)
SOFT = -20 - torch.arange(4.0)[:, None].expand(-1, 12)


def test_three_soft_tokens_and_seven_words_are_drawn_with_their_numbers():
    figure = soft_prompt_schematic(SOFT, TEXT, ROWS, " positive")
    (axes,) = figure.axes
    drawn = [image.get_array()[0, 0] for image in axes.images]
    assert drawn == [20, 21, 22, *range(4, 11)]
    assert {image.get_array().shape for image in axes.images} == {(NUMBERS, 1)}
    assert inside(figure)
    words = {text.get_text() for text in axes.texts}
    assert {"to", "watch", "\\n", "iment", "' positive'", "soft 2"} <= words and "joy" not in words
    assert "4 soft tokens" in alt_text(figure) and "' positive'" in alt_text(figure)


@pytest.mark.parametrize("soft, words", [(SOFT, TEXT[1:]), (SOFT[:0], TEXT), (SOFT, [])])
def test_what_cannot_be_drawn_is_refused(soft, words):
    with pytest.raises(CourseError, match="cannot be drawn"):
        soft_prompt_schematic(soft, words, ROWS, " positive")
