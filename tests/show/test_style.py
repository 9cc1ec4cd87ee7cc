"""The style of the course: settings, size, titles, alt text, and how a figure is displayed."""

import base64
import struct

import matplotlib
import matplotlib.pyplot as plt
import pytest

from course_utils.show import style
from course_utils.show.style import (
    Picture,
    alt_text,
    described,
    headline,
    legend_above,
    show,
    styled,
    subplots,
)


@styled
def drawn(title="a title", text="three points: 1, 2 and 3"):
    figure, axes = subplots(2)
    axes.plot([1, 2, 3], label="points")
    axes.set(xlabel="x", ylabel="y")
    headline(figure, title)
    return described(figure, text)


def pixels(image):
    return struct.unpack(">II", image[16:24])


def test_a_figure_is_as_wide_as_the_column_and_its_letters_are_legible():
    figure = drawn()
    assert pixels(style.png(figure)) == (760, 200)
    sizes = [text.get_fontsize() for text in figure.findobj(matplotlib.text.Text)]
    assert min(sizes) >= 8


def test_the_readers_settings_are_used_for_nothing_and_stay():
    with plt.style.context("dark_background"), matplotlib.rc_context({"font.size": 30}):
        before = dict(matplotlib.rcParams)
        dark = style.png(drawn())
        assert dict(matplotlib.rcParams) == before
    assert dark == style.png(drawn())


def test_the_ground_is_opaque_and_not_the_pages():
    figure = drawn()
    for ground in (figure.get_facecolor(), figure.axes[0].get_facecolor()):
        assert matplotlib.colors.to_hex(ground) == style.GROUND.lower() and ground[3] == 1


def test_pyplot_does_not_know_of_the_figure():
    before = plt.get_fignums()
    drawn()
    assert plt.get_fignums() == before


def test_a_long_title_stands_in_lines_and_a_dollar_is_a_dollar():
    figure = drawn(" ".join(["word"] * 30) + " $x_$")
    lines = figure.get_suptitle().split("\n")
    assert len(lines) == 3 and max(map(len, lines)) <= 75
    style.png(figure)


def test_the_alt_text_is_kept_in_one_line_and_cut_at_a_word():
    assert alt_text(drawn(text="one\n  two")) == "one two"
    long = alt_text(drawn(text="number " * 100))
    assert len(long) <= 400 and long.endswith("number ...")


@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_figure_without_alt_text_is_refused(text):
    with pytest.raises(ValueError, match="no alt text"):
        show(drawn(text=text))
    figure, _ = subplots(2)
    with pytest.raises(ValueError, match="no alt text"):
        alt_text(figure)


def test_a_picture_is_a_png_with_alt_text_and_words_for_a_terminal():
    data, metadata = Picture(drawn(text="values " * 30))._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == ("values " * 30).strip()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    lines = data["text/plain"].splitlines()
    assert lines[0].startswith("Figure: values") and max(map(len, lines)) <= 90


def test_a_shown_figure_is_displayed_once_and_closed(monkeypatch):
    shown = []
    monkeypatch.setattr(style, "display", shown.append)
    figure = described(plt.figure(), "made by pyplot")
    number = figure.number
    show(figure)
    picture, words = shown
    assert picture.figure is figure and words.text == "made by pyplot"
    assert number not in plt.get_fignums()


def test_the_words_can_be_unfolded_under_the_figure():
    data = style.InWords("accuracy < 0.9 & > 0.5")._repr_mimebundle_()
    assert data["text/html"].startswith("<details><summary>The figure in words</summary>")
    assert "accuracy &lt; 0.9 &amp; &gt; 0.5" in data["text/html"]


def test_outside_a_notebook_the_words_are_printed(capsys):
    show(drawn())
    assert capsys.readouterr().out.strip() == "Figure: three points: 1, 2 and 3"


@styled
def legended():
    figure, axes = subplots(2)
    axes.plot([1, 1], label="at the top of the axes")
    legend_above(axes)
    return described(figure, "a line")


def test_a_legend_stands_outside_the_axes():
    figure = legended()
    figure.canvas.draw()
    (axes,) = figure.axes
    assert axes.get_legend().get_window_extent().y0 >= axes.get_window_extent().y1
    assert axes.get_legend().get_window_extent().y1 <= figure.bbox.height
