"""What the figure of attention shows: shares that stack to one, and lengths of states."""

import numpy
import pytest
import torch

from course_utils.analysis.attention import PARTS, Looks
from course_utils.show.attention import attention_figure
from course_utils.show.style import alt_text


def looks(seed, soft=20):
    generator = torch.Generator().manual_seed(seed)
    shares = torch.rand(3, len(PARTS), generator=generator)
    if not soft:
        shares[:, 1] = 0
    shares /= shares.sum(1, keepdim=True)
    return Looks(dict(zip(PARTS, shares.T)), 100 * torch.rand(3, 3, generator=generator), soft)


LOOKS = {"no soft prompt": looks(0, 0), "trained": looks(1)}


def test_shares_stack_and_states_are_lines():
    figure = attention_figure(LOOKS, "message")
    for column, (name, found) in enumerate(LOOKS.items()):
        upper, lower = figure.axes[column], figure.axes[2 + column]
        assert upper.get_title("left") == name
        tops = [area.get_paths()[0].vertices[:, 1].max() for area in upper.collections]
        assert tops[-1] == pytest.approx(1) and len(tops) == len(PARTS)
        for line, values in zip(lower.lines, found.norms.T):
            assert numpy.allclose(line.get_ydata(), values)
            assert line.get_xdata().tolist() == [1, 2, 3]
        assert lower.get_yscale() == "log"
    assert figure.get_suptitle() == "message"
    assert {text.get_text() for text in figure.legends[0].get_texts()} > set(PARTS)
    longest = LOOKS["no soft prompt"].norms[:, 0].max()
    assert f"first position {longest:,.0f}" in alt_text(figure)
    assert "other soft tokens" not in alt_text(figure).split("trained")[0]
