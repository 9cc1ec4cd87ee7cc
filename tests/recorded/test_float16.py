"""The table of float16 against bfloat16, from answers that are known."""

from course_utils.methods.names import Method
from course_utils.recorded.float16 import float16_table, recorded_float16


def row(correct):
    return {"correct": correct, "skipped": 2}


def test_the_table_has_each_precision_and_their_paired_difference():
    runs = {"full fine-tuning bfloat16": row("1100"), "full fine-tuning float16": row("1101")}
    report = {"steps": 60, "rates": {"full fine-tuning": 1e-5}, "runs": runs}
    first, second, third = float16_table(report).splitlines()
    assert first.startswith("full fine-tuning bfloat16 accuracy 0.500")
    assert "accuracy 0.750" in second and "2 of 60 steps skipped" in second
    assert "bfloat16 against float16: -25.0 points" in third


def test_the_recorded_study_has_both_methods_on_the_same_items():
    report = recorded_float16()
    assert set(report["rates"]) == {Method.FULL, Method.LORA}
    assert {len(run["correct"]) for run in report["runs"].values()} == {500}
    assert max(map(len, float16_table(report).splitlines())) <= 97
