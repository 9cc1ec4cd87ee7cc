"""The decision figure: every question and answer is drawn, within its box."""

import pytest
from matplotlib.colors import same_color
from matplotlib.patches import FancyBboxPatch

from course_utils.errors import CourseError
from course_utils.show.decision import Choice, decision_figure, decision_table
from course_utils.show.looks import look
from course_utils.show.style import alt_text

CHOICES = [
    Choice("No labels?", "zero-shot prompt", "Accuracy 0.5; costs $0."),
    Choice("None of these, nor anything else of it?", "LoRA", "Word " * 40),
]


def test_each_choice_has_a_question_and_an_answer_in_the_look_of_its_method():
    figure = decision_figure(CHOICES)
    figure.canvas.draw()
    texts = [text.get_text() for text in figure.axes[0].texts if text.get_text()]
    assert texts.count("yes") == 2 and texts.count("no") == 1
    assert "No labels?" in texts and "LoRA" in texts and "Accuracy 0.5; costs $0." in texts
    boxes = [p for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch)]
    assert len(boxes) == 4
    assert same_color(boxes[3].get_edgecolor(), look("LoRA").colour)
    assert alt_text(figure).startswith("Questions and what to use: No labels? zero-shot prompt; N")


def test_texts_stay_in_their_boxes():
    figure = decision_figure([*CHOICES, *CHOICES])
    figure.canvas.draw()
    boxes = [p.get_window_extent() for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch)]
    for text in figure.axes[0].texts:
        if text.get_text() in ("", "yes", "no"):
            continue
        own = text.get_window_extent()
        assert any(box.x0 <= own.x0 and own.x1 <= box.x1 and box.y0 <= own.y0 and own.y1 <= box.y1
                   for box in boxes), text.get_text()  # fmt: skip


def test_the_table_has_the_same_and_nothing_is_refused():
    frame = decision_table(CHOICES).frame
    assert frame["use"].tolist() == ["zero-shot prompt", "LoRA"]
    with pytest.raises(CourseError, match="no choice to draw"):
        decision_figure([])
