"""The table of sentences has what decides them."""

from course_utils.recorded.taught import HOLDS, Sentence
from course_utils.show.taught import taught_table


def test_a_row_a_sentence():
    found = [Sentence("A", "a", HOLDS, "1 for", 3), Sentence("B", "b", "mixed", "2 for", 4)]
    table = taught_table(found)
    assert table.frame["verdict"].tolist() == [HOLDS, "mixed"]
    assert table.frame.loc[1].tolist() == ["B", "mixed", "b", "2 for"]
    assert "7 p-values" in table.caption
