"""The small card's figure: where marks and bars stand, and who is who."""

import pytest
from matplotlib.colors import same_color

from course_utils.machine.device import GIB
from course_utils.show.looks import BLUE, ORANGE
from course_utils.show.small_card import small_card_figure
from course_utils.show.style import alt_text


def row(peak, reserved, card, speed):
    sizes = {"peak": peak, "reserved": reserved, "card": card}
    return {n: s and int(s * GIB) for n, s in sizes.items()} | {"tokens_per_second": speed}


REPORT = {
    "cap": 8 * GIB,
    "variants": {"plain": row(5, 6, None, 3000), "+ $x$": row(4.5, 4.75, 5, 9000.4), "+ y": {}},
    "libraries": {"theirs": row(4.6, 4.7, 6, 7000), "missing": {"note": "not installed"}},
}


@pytest.fixture
def axes():
    return small_card_figure(REPORT, "t").axes


def test_marks_stand_at_the_bytes_in_rows_from_the_top(axes):
    memory = axes[0]
    marks = [line for line in memory.get_lines() if len(line.get_xdata()) == 1]
    found = [(line.get_ydata()[0], round(line.get_xdata()[0], 2)) for line in marks]
    assert found == [
        (0, 5), (0, 6), (1, 4.5), (1, 4.75), (1, 5), (2, 4.6), (2, 4.7), (2, 6)
    ]  # fmt: skip
    assert len({line.get_marker() for line in marks}) == 3
    assert [t.get_text() for t in memory.get_yticklabels()] == ["plain", "+ $x$", "theirs"]
    bottom, top = memory.get_ylim()
    assert bottom > 2 and top < 0
    (cap,) = [line for line in memory.get_lines() if line.get_linestyle() == "--"]
    assert cap.get_xdata()[0] == 8


def test_speeds_are_bars_with_their_numbers_and_others_have_a_colour_of_their_own(axes):
    speed = axes[1]
    assert [bar.get_width() for bar in speed.patches] == [3000, 9000.4, 7000]
    assert [text.get_text() for text in speed.texts] == ["3,000", "9,000", "7,000"]
    colours = [bar.get_facecolor() for bar in speed.patches]
    assert all(same_color(c, e) for c, e in zip(colours, (BLUE, BLUE, ORANGE)))


def test_the_words_have_both_ends_and_the_others():
    words = alt_text(small_card_figure(REPORT, "t"))
    assert "plain: allocated 5.00, reserved 6.00 GiB, 3,000 tokens a second" in words
    assert "theirs: allocated 4.60, reserved 4.70 GiB" in words and "missing" not in words
    assert words.endswith("1 rows in between add one change each.")
