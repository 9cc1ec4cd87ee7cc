"""Bars of bytes: lengths, totals, one look a part, numbers where there is room."""

import pytest

from course_utils.show.stacked_memory import memory_bars
from course_utils.show.style import alt_text

BARS = [
    ("float32", {"weights": 0.5e9, "gradients": 0.5e9, "moments": 1e9}),
    ("LoRA", {"weights": 0.25e9, "adapters": 0.01e9, "moments": 0.02e9}),
]


def test_a_bar_is_as_long_as_its_parts_and_says_its_total():
    figure = memory_bars(BARS, "t")
    (axes,) = figure.axes
    for y, (_, parts) in enumerate(BARS):
        own = [p for p in axes.patches if p.get_width() and abs(p.get_y() + 0.3 - y) < 0.01]
        assert [p.get_width() * 1e9 for p in own] == pytest.approx(list(parts.values()))
        assert own[-1].get_x() + own[-1].get_width() == pytest.approx(sum(parts.values()) / 1e9)
    texts = [text.get_text() for text in axes.texts]
    assert "2.00 GB" in texts and "0.28 GB" in texts
    assert axes.get_xlabel() == "GB" and figure.get_suptitle() == "t"
    assert "LoRA 0.28 GB: weights 0.25, adapters 0.01, moments 0.02" in alt_text(figure)


def test_parts_have_one_look_and_differ_by_more_than_colour():
    figure = memory_bars(BARS, "t")
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["weights", "gradients", "moments", "adapters"]
    drawn = [p for p in figure.axes[0].patches if p.get_width()]
    looks = [(p.get_facecolor(), p.get_hatch()) for p in drawn]
    assert looks[0] == looks[3] and looks[2] == looks[5]  # weights, moments
    assert len({hatch for _, hatch in looks}) == 4


def test_only_parts_with_room_have_their_numbers():
    texts = [text.get_text() for text in memory_bars(BARS, "t").axes[0].texts]
    assert texts == ["0.50", "0.50", "1.00", "2.00 GB", "0.25", "0.28 GB"]
