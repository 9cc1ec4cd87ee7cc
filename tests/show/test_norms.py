"""The heat map of norms."""

import pytest
import torch

from course_utils.analysis.update_norms import arranged
from course_utils.show.norms import norms_figure
from course_utils.show.style import alt_text


@pytest.fixture
def norms():
    pairs = {
        f"m.{i}.{kind}": (1.0 + i + 10 * at, 100.0)
        for i in range(30)
        for at, kind in enumerate(("q_proj", "up_proj"))
        if (i, kind) != (3, "q_proj")
    }
    return arranged(pairs)


def test_every_matrix_is_a_cell_in_its_place(norms):
    figure = norms_figure(norms, "the title")
    figure.canvas.draw()
    axes = figure.axes[0]
    cells = torch.tensor(axes.images[0].get_array().filled(float("nan")))
    assert cells.shape == (2, 30)
    assert cells[1, 4].item() == pytest.approx(0.15) and cells[0, 3].isnan()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["q_proj", "up_proj"]
    assert [label.get_text() for label in axes.get_xticklabels()][:3] == ["0", "2", "4"]
    assert axes.images[0].get_clim() == pytest.approx((0.0, 0.40))


def test_the_words_name_the_largest(norms):
    text = alt_text(norms_figure(norms, "the title"))
    assert "up_proj 0.255" in text and "0.4 in up_proj of layer 29" in text
    absolute = alt_text(norms_figure(norms, "the title", relative=False))
    assert "Frobenius norm" in absolute and "40 in up_proj of layer 29" in absolute
