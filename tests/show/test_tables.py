"""Tables: formats, alignment, HTML that repeats, and lines that fit a terminal."""

import math
import re

import numpy
import pandas
import pytest

from course_utils.show.tables import table

ROWS = [
    {"method": "LoRA", "accuracy": 0.9, "n": 1010, "gain": 0.25, "size": "3.20 GB"},
    {"method": "<b> & $x$", "accuracy": None, "n": 5, "gain": -0.5, "size": "0.9 \u00b1 0.1"},
]


def test_cells_have_the_digits_of_their_column():
    frame = table(ROWS, "c", {"gain": "+.1%"}).frame
    assert list(frame.iloc[0]) == ["LoRA", "0.900", "1,010", "+25.0%", "3.20 GB"]
    assert list(frame.iloc[1])[1:4] == ["-", "5", "-50.0%"]
    assert list(table(ROWS, "c", {"gain": 0}).frame["gain"]) == ["0", "-0"]


def test_what_is_missing_is_a_dash_and_a_truth_a_word():
    rows = [{"a": math.nan, "b": True, "c": numpy.float32(0.5)}, {"a": None, "c": numpy.int64(2)}]
    frame = table(rows, "c").frame
    assert list(frame["a"]) == ["-", "-"] and list(frame["b"]) == ["True", "-"]
    assert list(frame["c"]) == ["0.500", "2"]


def test_digits_of_no_column_are_refused():
    with pytest.raises(ValueError, match="not \\['seconds'\\]"):
        table(ROWS, "c", {"seconds": 0})


def test_numbers_stand_right_and_words_left():
    found = table(ROWS, "c")
    assert found.right == ("accuracy", "n", "gain", "size")
    words = [{"a": "0.97 ' negative'", "b": "4 shots, draw 1", "c": "[0.800, 0.900]"}]
    assert table(words, "c").right == ("c",)


def test_the_text_has_caption_head_and_rows():
    caption, head, first, second = repr(table(ROWS, "Accuracy by method")).splitlines()
    assert caption == "Accuracy by method"
    assert head.split() == list(ROWS[0])
    assert first.startswith("LoRA ") and second.startswith("<b> & $x$ ")
    ends = [re.search(word, line).end() for word, line in (("accuracy", head), ("0.900", first))]
    assert ends[0] == ends[1]


def test_lines_fit_a_terminal_however_many_columns_there_are():
    rows = [{f"column {i}": f"{'x' * 30} {i}" for i in range(9)} | {"long": "y " * 100}] * 3
    lines = repr(table(rows, "word " * 40)).splitlines()
    assert max(map(len, lines)) <= 90
    assert all(any(f"column {i}" in line for line in lines) for i in range(9))


def test_the_html_is_a_table_with_a_caption_and_no_empty_head():
    text = table(ROWS, "Accuracy & <more>")._repr_html_()
    assert "<caption>Accuracy &amp; &lt;more&gt;</caption>" in text
    assert re.findall(r"<th[^>]*>(.*?)</th>", text) == list(ROWS[0])
    assert "&lt;b&gt; &amp; $x$" in text and text.count("<tr>") == 3


def test_the_html_repeats_and_two_tables_do_not_share_their_id():
    one, again, other = (table(ROWS, c)._repr_html_() for c in ("one", "one", "other"))
    assert one == again
    ids = [re.search(r'id="(T_\w+)"', text)[1] for text in (one, other)]
    assert ids[0] != ids[1]


def test_a_frame_is_a_table_too_and_stays():
    frame = pandas.DataFrame(ROWS, index=[5, 7])
    assert list(table(frame, "c").frame["n"]) == ["1,010", "5"]
    assert frame["n"].tolist() == [1010, 5]


def test_no_rows_are_said():
    assert repr(table([], "nothing yet")) == "nothing yet\n(no rows)"
    html = table(pandas.DataFrame(columns=["a"]), "nothing yet")._repr_html_()
    assert "<caption>nothing yet (no rows)</caption>" in html


def test_digits_of_a_column_need_no_rows():
    assert repr(table([], "nothing yet", {"points": 1})) == "nothing yet\n(no rows)"
    with pytest.raises(ValueError, match="not \\['points'\\]"):
        table(pandas.DataFrame(columns=["a"]), "nothing yet", {"points": 1})
