"""The table of differences holds the numbers of the comparisons."""

from course_utils.measure.evaluation import compare
from course_utils.show.differences import differences


def test_each_row_has_the_numbers_of_its_comparison():
    found = compare("1" * 60 + "0" * 40, "1" * 40 + "0" * 60)
    shown = differences({"the plain prompt": found, "another": None}, "The best prompt")
    first, second = shown.frame.to_dict("records")
    assert (first["less"], first["points"], first["right alone"]) == (
        "the plain prompt", "+20.0", "20 : 0"
    )  # fmt: skip
    assert first["95 % interval"] == f"[{100 * found.low:+.1f}, {100 * found.high:+.1f}]"
    assert first["p"] == f"{found.p:.2g}"
    assert (second["points"], second["95 % interval"]) == ("-", "other items")
