"""The table of differences holds the numbers of the comparisons."""

from course_utils.measure.evaluation import compare
from course_utils.measure.seeds import compare_means
from course_utils.show.differences import differences, seed_differences


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


def test_nothing_to_compare_with_is_a_table_without_rows():
    assert repr(differences({}, "LoRA, paired")) == "LoRA, paired\n(no rows)"
    assert "0 comparisons" in repr(seed_differences({}, "LoRA"))


def test_comparisons_of_means_are_counted_in_the_caption():
    lead = compare_means(["1111100000"], ["1100000000"])
    shown = seed_differences({"on movies": lead, "on tweets": lead}, "Prompt tuning less LoRA")
    assert shown.caption == "Prompt tuning less LoRA; 2 comparisons"
    assert shown.frame[""].tolist() == ["on movies", "on tweets"]
    assert shown.frame["points"].tolist() == ["+30.0"] * 2
    assert shown.frame["95 % interval"][0] == f"[{100 * lead.low:+.1f}, {100 * lead.high:+.1f}]"
    assert shown.frame["p"][0] == f"{lead.p:.2g}"
