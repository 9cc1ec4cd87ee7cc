"""Which way prompts lean: counts by label, accuracy and AUC, and odd input."""

import numpy
import pytest
import torch

from course_utils.errors import CourseError
from course_utils.show.histogram import BINS, lean_figure
from course_utils.show.style import alt_text

P, LABELS = [0.1, 0.6, 0.7, 0.9, 0.2], [0, 0, 1, 1, 1]


def heights(patch):
    """(bins,): the counts of a drawn histogram."""
    corners = patch.get_xy()[1 : 2 * len(BINS) - 1]
    return corners[::2, 1]


def test_each_label_has_its_histogram_and_the_middle_a_line():
    figure = lean_figure({"a prompt": (P, LABELS)}, "t")
    (axes,) = figure.axes
    negative, positive = axes.patches
    for patch, label in ((negative, 0), (positive, 1)):
        own = [p for p, y in zip(P, LABELS) if y == label]
        assert numpy.array_equal(heights(patch), numpy.histogram(own, BINS)[0])
    assert negative.get_hatch() != positive.get_hatch()
    assert axes.lines[0].get_xdata()[0] == 0.5
    names = [t.get_text() for t in figure.legends[0].get_texts()]
    assert names == ["truly negative", "truly positive"]


def test_the_panel_says_accuracy_auc_and_lean():
    figure = lean_figure({"a $ prompt": (P, LABELS)}, "t")
    # of six pairs of a positive and a negative item, five are in order
    expected = "accuracy 0.600, AUC 0.833, says positive to 60% (true: 60%)"
    assert figure.axes[0].get_title("left") == f"a $ prompt ({expected})"
    assert expected in alt_text(figure)


def test_three_prompts_have_three_panels_on_one_scale_and_take_tensors():
    panels = {name: (torch.tensor(P), torch.tensor(LABELS)) for name in "abc"}
    axes = lean_figure(panels, "t").axes
    assert len(axes) == 3 and {a.get_xlim() for a in axes} == {(0, 1)}


@pytest.mark.parametrize("count", [0, 4])
def test_too_few_or_too_many_panels_are_refused(count):
    with pytest.raises(CourseError, match=f"{count} panels do not fit"):
        lean_figure({str(i): (P, LABELS) for i in range(count)}, "t")


@pytest.mark.parametrize("labels", [[1] * 5, [0] * 5, [0, 1, 2, 0, 1]])
def test_labels_of_one_kind_are_refused(labels):
    with pytest.raises(CourseError, match="'mine' do not have the two labels"):
        lean_figure({"mine": (P, labels)}, "t")


def test_a_quick_run_is_marked(monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", "1")
    assert lean_figure({"a": (P, LABELS)}, "t").get_suptitle() == "t (quick run)"
