"""The lab book loses nothing and shows the right line."""

import errno
import json
import multiprocessing
from types import SimpleNamespace

import pytest
import torch

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.lab import labbook
from course_utils.measure.evaluation import Evaluation


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "results"))
    monkeypatch.setattr(labbook, "RECORDED", tmp_path / "recorded.jsonl")
    monkeypatch.setattr(labbook, "_said", set())


def book():
    return settings.results_folder() / labbook.FILE


def result(correct="1110", method="prompt", **changes):
    values = {"task": "movies", "model": "m", "items": "i", "seed": 0, "device": "cpu"}
    values |= {"trainable_parameters": 0, "peak_memory": 0, "seconds": 1.0, "disk": 10}
    return labbook.Result(method=method, correct=correct, **(values | changes))


def write_recorded(*results):
    lines = [json.dumps(vars(r)) for r in results]
    labbook.RECORDED.write_text("\n".join(lines) + "\n")


def test_the_newest_line_is_shown_and_the_older_kept():
    labbook.record(result("1000"))
    labbook.record(result("1100"))
    assert [r.accuracy for r in labbook.current()] == [0.5]
    assert len(labbook.read(settings.results_folder() / "labbook.jsonl")) == 2


def test_a_lesson_keeps_a_result_in_one_line(capsys, monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", "1")
    scores, labels = torch.tensor([[0.4, 0.6], [0.9, 0.1]]), torch.tensor([1, 1])
    model = SimpleNamespace(device=torch.device("cpu"), dtype=torch.bfloat16)
    labbook.keep("mine", Evaluation(scores, labels, "i"), model, seconds=2.0, rank=8)
    kept = labbook.find("mine", "movies", "SmolLM2-135M-Instruct")
    assert (kept.correct, kept.items, kept.details, kept.seconds) == ("10", "i", {"rank": 8}, 2.0)
    assert (kept.device, kept.dtype, kept.quick) == ("cpu", "bfloat16", True)
    assert capsys.readouterr().out.startswith("in the lab book: mine on movies, 0.500")


def test_quick_results_never_replace_full_ones():
    labbook.record(result("1111"))
    labbook.record(result("0000", quick=True))
    assert labbook.find("prompt", "movies", "m").source == "yours"


def test_recorded_results_fill_gaps_only():
    write_recorded(result("0000", recorded=True), result(method="other", recorded=True))
    labbook.record(result("1111"))
    assert {r.method: r.source for r in labbook.current()} == {
        "prompt": "yours",
        "other": "recorded",
    }


def test_a_torn_line_costs_only_itself(capsys):
    labbook.record(result("1111"))
    with open(book(), "a") as file:
        file.write('{"method": "pro')
    labbook.record(result("1000"))
    assert [r.accuracy for r in labbook.read(book())] == [1.0, 0.25]
    assert "line 2 (not one whole line of JSON)" in capsys.readouterr().out


def test_results_of_before_a_field_was_kept_are_read():
    labbook.record(result())
    row = json.loads(book().read_text())
    del row["versions"]["course"], row["dtype"]
    book().write_text(json.dumps(row) + "\n")
    (old,) = labbook.current()
    assert old.versions == row["versions"] and old.accuracy == 0.75 and old.dtype == ""


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0c", "\r"])
def test_only_a_newline_ends_a_line(separator):
    labbook.record(result(details={"template": f"{{text}}{separator}Sentiment:"}))
    labbook.record(result(method="after"))
    assert [r.method for r in labbook.read(book())] == ["prompt", "after"]


def test_damaged_lines_are_left_out_and_named_once_a_session(capsys):
    labbook.record(result("1111"))
    good = book().read_text()
    bad = ["null", good.replace('"1111"', "null"), good.replace("1.0", "NaN"), "{", "\xff"]
    lines = [line.strip() for line in [good, *bad, "", good]]
    book().write_text("\n".join(lines) + "\n", encoding="latin-1")
    assert [r.accuracy for r in labbook.read(book())] == [1.0, 1.0]
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and str(book()) in said
    assert "line 2 (not a result), line 3 (correct = None), line 4 (seconds = nan) and 2" in said
    labbook.read(book())
    labbook.current()
    assert capsys.readouterr().out == ""


def test_fields_of_a_newer_version_are_left_out_and_this_is_said_once(capsys):
    labbook.record(result("1111"))
    row = json.loads(book().read_text()) | {"energy": 3}
    book().write_text(json.dumps(row) + "\n" + json.dumps(row) + "\n")
    assert [r.accuracy for r in labbook.read(book())] == [1.0, 1.0]
    labbook.read(book())
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "newer version" in said and "energy" in said
    assert '"energy"' in book().read_text()


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"correct": None}, "correct"), ({"correct": ""}, "correct"),
     ({"seconds": float("nan")}, "seconds"), ({"details": {"x": object()}}, "details['x']"),
     ({"method": "\ud800"}, "method")],
)  # fmt: skip
def test_what_is_no_result_is_not_written_and_a_sentence_says_why(capsys, changes, name):
    labbook.record(result("1111"))
    before = book().read_bytes()
    labbook.record(result(**changes))
    assert book().read_bytes() == before
    said = capsys.readouterr().out
    assert said.startswith(f"Not written into the lab book: {name} = ") and "What to do" in said


def test_the_courses_own_results_are_all_sound(monkeypatch, capsys):
    monkeypatch.undo()
    path = labbook.settings.RECORDED / labbook.FILE
    assert len(labbook.read(path)) == path.read_bytes().count(b"\n") > 0
    assert capsys.readouterr().out == ""


def _record_many(count):
    for _ in range(count):
        labbook.record(result())


def test_many_notebooks_at_once():
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_record_many, args=(20,)) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(labbook.read(settings.results_folder() / "labbook.jsonl")) == 120


def test_a_missing_result_says_what_to_do():
    with pytest.raises(CourseError, match="run the lesson"):
        labbook.find("prompt", "movies", "m")


def test_a_comparison_that_is_missing_is_said_and_the_lesson_goes_on(capsys):
    assert labbook.look_up("LoRA", "movies", "/models/my-own (12ab)", lesson=3) is None
    said = capsys.readouterr().out
    assert " ".join(said.split()) == (
        "Nothing to compare with: the lab book has no result of LoRA on movies with this model. "
        "Run lesson 3 with it first."
    )
    labbook.record(result(method="LoRA"))
    assert labbook.look_up("LoRA", "movies", "m", lesson=3).accuracy == 0.75
    assert capsys.readouterr().out == ""


def test_an_unwritable_folder_says_what_to_do(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "file"))
    with pytest.raises(CourseError, match="lab book cannot be written.*a file stands.*COURSE_RESU"):
        labbook.record(result())
    assert labbook.current() == []


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.EACCES, "permission"), (errno.ENOSPC, "disk is full")]
)
def test_permission_and_a_full_disk_are_told_apart(monkeypatch, number, reason):
    def refuse(*arguments, **named):
        raise OSError(number, "refused")

    monkeypatch.setattr(labbook, "open", refuse, raising=False)
    with pytest.raises(CourseError, match=reason):
        labbook.record(result())


def test_a_lab_book_that_cannot_be_read_says_so():
    book().mkdir(parents=True)
    with pytest.raises(CourseError, match="cannot be read .*What to do"):
        labbook.current()


def test_another_lab_book_can_be_asked_for(tmp_path, monkeypatch):
    labbook.record(result("1111"))
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "other"))
    assert labbook.current() == []
    assert [r.accuracy for r in labbook.current(folder=tmp_path / "results")] == [1.0]


def test_shipped_results_come_back_as_recorded():
    labbook.ship([result("1111")])
    assert [r.source for r in labbook.current()] == ["recorded"]
    with pytest.raises(CourseError, match="in full"):
        labbook.ship([result(quick=True)])


def of_version(version, day=1, **changes):
    versions = {} if version is None else {"course": version}
    return result(versions=versions, when=f"2026-01-0{day}T00:00:00+00:00", **changes)


@pytest.mark.parametrize(
    ("versions", "said"),
    [(["1.0", "1.0"], None), (["1.0", "1.1"], "(1.0, 1.1)"), ([None, "1.1"], "(unknown, 1.1)")],
)
def test_results_of_several_versions_of_the_course_are_told(versions, said):
    first, second = versions
    note = labbook.mixed_versions([of_version(second, day=2), of_version(first, day=1)])
    assert said in note if said else note == ""


def test_the_courses_own_recorded_results_count_as_no_other_version():
    rows = [of_version("1.1"), of_version("1.0", recorded=True), of_version(None, recorded=True)]
    assert labbook.mixed_versions(rows) == ""


@pytest.mark.parametrize(
    ("dtypes", "said"),
    [
        (["bfloat16", "bfloat16"], None),
        (["bfloat16", "float32"], "(float32, bfloat16)"),
        (["", "float32"], None),
    ],
)
def test_results_of_several_precisions_are_told(dtypes, said):
    second, first = (of_version("1", day=2 - i, dtype=dtype) for i, dtype in enumerate(dtypes))
    note = labbook.mixed_precisions([second, first])
    assert said in note and "COURSE_DTYPE" in note if said else note == ""
    recorded = result(recorded=True, dtype="float16")
    assert labbook.mixed_precisions([second, first, recorded]) == note


def test_results_on_other_items_are_named():
    rows = [result(), result(method="LoRA"), result(method="other task", task="tweets", items="t")]
    assert labbook.other_items(rows) == ""
    rows += [result(method="full", items="j"), result("11", method="short", quick=True)]
    note = labbook.other_items(rows)
    assert note.endswith("so not comparable: full (yours), short (quick).")


def test_all_doubts_are_said_in_lines_that_a_page_holds():
    rows = [of_version("1", dtype="float32"), of_version("2", dtype="bfloat16", items="j")]
    said = labbook.doubts(rows)
    places = [said.index(word) for word in ("versions", "precisions", "other test items")]
    assert places == sorted(places) and max(map(len, said.splitlines())) <= 88
    assert labbook.doubts([]) == "" == labbook.doubts(rows[:1])
