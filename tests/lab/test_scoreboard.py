"""The scoreboard's figures, units and files."""

import json

import matplotlib.pyplot as plt
import numpy
import pytest

from course_utils.errors import CourseError
from course_utils.lab import labbook, scoreboard
from course_utils.measure.evaluation import wilson_interval


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def result(method="prompt", correct="1110", **changes):
    values = {"task": "movies", "model": "m", "items": "i", "seed": 0, "device": "cpu"}
    values |= {"trainable_parameters": 134_515_008, "peak_memory": 0, "seconds": 61.7, "disk": 10}
    return labbook.Result(method=method, correct=correct, **(values | changes))


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "-"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (23_040, "23.04 kB"),
        (269_000_000, "269.00 MB"),
        (3_500_000_000, "3.50 GB"),
        (1, "1 B"),
        (999_994, "999.99 kB"),
        (999_995, "1.00 MB"),
        (999_999, "1.00 MB"),
        (999_996_000, "1.00 GB"),
        (999_999_999_999, "1.00 TB"),
        (5_000_000_000_000_000, "5000.00 TB"),
    ],
)
def test_sizes_have_decimal_units(count, text):
    (row,) = scoreboard.table([result(disk=count, peak_memory=count)]).to_dict("records")
    assert row["disk"] == text and row["peak memory"] == text


def test_a_row_says_what_was_measured_on_how_many_items():
    (row,) = scoreboard.table([result(correct="1" * 90 + "0" * 10)]).to_dict("records")
    low, high = wilson_interval(90, 100)
    assert row["accuracy"] == "0.900" and row["n"] == "100"
    assert row["95 % interval"] == f"[{low:.3f}, {high:.3f}]"
    assert row["trainable"] == "134,515,008" and row["seconds"] == "62"


def test_the_table_tells_whose_figure_each_is():
    rows = [result(), result("full", recorded=True), result("lora", quick=True)]
    assert list(scoreboard.table(rows)["source"]) == ["yours", "recorded", "quick"]


def test_the_figure_tells_whose_result_each_is():
    rows = [result(), result("full", recorded=True), result("lora", quick=True)]
    drawn = scoreboard.figure(rows, 0.5)
    names = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert names == ["prompt (yours)", "full (recorded)", "lora (quick)"]
    assert drawn.get_suptitle() == "Accuracy on movies, test split"


def test_what_is_written_can_be_checked_by_hand(tmp_path):
    rows = [
        result(),
        result("full", "1111", seed=7, dtype="bfloat16", details={"learning_rate": 2e-5}),
    ]
    scoreboard.write(rows, 0.51, tmp_path / "new")
    written = json.loads((tmp_path / "new" / "scoreboard.json").read_text())
    assert written["majority_baseline"] == 0.51
    first, second = written["results"]
    assert (first["n"], first["correct"], first["accuracy"]) == (4, 3, 0.75)
    assert "note" not in written
    assert first["interval"] == pytest.approx(wilson_interval(3, 4))
    assert second["seed"] == 7 and second["details"] == {"learning_rate": 2e-5}
    assert second["versions"] == rows[1].versions and second["dtype"] == "bfloat16"
    assert (tmp_path / "new" / "scoreboard.png").read_bytes().startswith(b"\x89PNG")


def test_the_file_says_where_results_come_from_several_versions_of_the_course(tmp_path):
    rows = [result(versions={"course": "1.0"}), result("lora", versions={"course": "1.1"})]
    scoreboard.write(rows, 0.5, tmp_path)
    written = json.loads((tmp_path / "scoreboard.json").read_text())
    assert written["note"] == labbook.doubts(rows) != ""


def test_the_precision_is_shown_where_it_is_known():
    assert "precision" not in scoreboard.table([result()])
    shown = scoreboard.table([result(dtype="bfloat16"), result("old")])
    assert list(shown["precision"]) == ["bfloat16", "-"]


def test_without_results_there_is_an_empty_table_and_no_figure(tmp_path):
    assert len(scoreboard.table([])) == 0 and "accuracy" in scoreboard.table([])
    for call in (scoreboard.figure, lambda *a: scoreboard.write(*a, tmp_path)):
        with pytest.raises(CourseError, match="no result to draw"):
            call([], 0.5)
    assert list(tmp_path.iterdir()) == []


def test_a_result_without_items_is_refused_by_name(tmp_path):
    for call in (scoreboard.table, lambda rows: scoreboard.write(rows, 0.5, tmp_path)):
        with pytest.raises(CourseError, match="'empty' has no items"):
            call([result(), result("empty", "")])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["$$ a", "a $x_{$", "\\$ and $", "100 $ and 200 $", "_^{"])
def test_a_dollar_sign_is_a_dollar_sign(tmp_path, name):
    rows = [result(name, task=name)]
    scoreboard.write(rows, 0.5, tmp_path)
    drawn = scoreboard.figure(rows, 0.5)
    (label,) = drawn.axes[0].get_yticklabels()
    assert label.get_text() == f"{name} (yours)" and not label.get_parse_math()
    assert not any(text.get_parse_math() for text in drawn.texts)


def test_what_is_written_is_json_for_every_reader(tmp_path):
    odd = {"perplexity": float("nan"), "folder": tmp_path, "rate": numpy.float32(0.5)}
    scoreboard.write([result(details=odd, seconds=float("inf"))], 0.5, tmp_path)
    text = (tmp_path / "scoreboard.json").read_text()
    (row,) = json.loads(text, parse_constant=lambda name: pytest.fail(name))["results"]
    assert row["details"] == {"perplexity": "nan", "folder": str(tmp_path), "rate": 0.5}


def test_other_items_are_noted_in_the_file(tmp_path):
    rows = [result(), result("LoRA"), result("full", "11", items="j")]
    scoreboard.write(rows, 0.5, tmp_path)
    note = json.loads((tmp_path / "scoreboard.json").read_text())["note"]
    assert note == labbook.other_items(rows) != ""


def test_a_folder_that_cannot_be_written_is_explained(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match="The scoreboard cannot be written in .*file"):
        scoreboard.write([result()], 0.5, tmp_path / "file")
