"""Learning curves: points, bars, what the title claims, and the table of crossings."""

import pytest

from course_utils.errors import CourseError
from course_utils.recorded.labels import TFIDF, WORDS
from course_utils.show.learning_curves import (
    crossing_sentence,
    crossing_table,
    learning_curves_figure,
)
from course_utils.show.looks import look
from course_utils.show.style import alt_text
from tests.recorded.made_up_studies import CURVES, FULL, LORA, SOFT, label_study, without


@pytest.fixture(scope="module")
def rungs():
    return label_study()


def test_a_curve_a_method_with_its_points_and_bars(rungs):
    figure = learning_curves_figure(rungs)
    figure.canvas.draw()
    (axes,) = figure.axes
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert list(lines)[:5] == list(CURVES)
    assert list(lines[LORA].get_ydata()) == pytest.approx(list(CURVES[LORA].values()))
    assert lines[LORA].get_color() == look(LORA).colour
    assert len(axes.collections) == 5 * 3
    assert list(axes.get_xticks()) == [8, 80, 800] and axes.get_xscale() == "log"
    assert axes.get_xlabel() == (
        "labels to learn from (and 200 that choose rate and weights of what is trained)"
    )
    assert [text.get_text() for text in axes.texts] == ["a prompt, without labels"]
    assert "LoRA 0.660 at 8 to 0.900 at 800" in alt_text(figure)


def test_the_title_claims_what_is_beyond_doubt(rungs):
    title = crossing_sentence(rungs)
    assert title.startswith("Labels from which on the best prompt is beaten beyond doubt: prompt")
    figure = learning_curves_figure(rungs)
    assert figure.get_suptitle().replace("\n", " ") == title
    few = [r for r in rungs if r.labels <= 8]
    assert crossing_sentence(few).endswith(
        "prompt tuning not by 8, LoRA not by 8, full fine-tuning 8 or fewer"
    )
    assert crossing_sentence(without(rungs, method=WORDS)) == "Accuracy by number of labels"


def test_the_table_says_from_where_on(rungs):
    found = crossing_table(rungs, [(LORA, WORDS), (FULL, WORDS), (TFIDF, SOFT)])
    assert found.frame["from labels"].tolist() == ["25", "8 or fewer", "not by 800"]
    assert found.frame["beyond doubt"][2] == "not by 800"
    assert found.caption == "Where learning curves cross, of up to 5 draws of the labels"
    assert len(crossing_table(rungs).frame) == 10


def test_what_is_missing_is_left_out(rungs):
    some = without(without(rungs, method=TFIDF), method=WORDS, labels=0)
    figure = learning_curves_figure(some)
    assert [line.get_label() for line in figure.axes[0].get_lines()] == [WORDS, SOFT, LORA, FULL]
    assert len(crossing_table(some).frame) == 6
    assert not learning_curves_figure(label_study(draws=(0,))).axes[0].collections
    with pytest.raises(CourseError, match="no method with labels"):
        learning_curves_figure([])
