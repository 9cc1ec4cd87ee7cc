"""Lessons run in one go, the scoreboard afterwards, and results made the shipped ones."""

import json
import re
import types
from pathlib import Path

import nbformat
import pytest

from course_utils import settings
from course_utils.data import tasks
from course_utils.errors import CourseError
from course_utils.lab import labbook, run_lessons
from course_utils.model.identity import model_name

pytestmark = pytest.mark.slow  # together many seconds

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "recorded").mkdir()
    monkeypatch.setattr(settings, "PACKAGE", tmp_path / "course_utils")
    monkeypatch.setattr(labbook, "RECORDED", tmp_path / "recorded" / "labbook.jsonl")
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "results"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for the kernels
    monkeypatch.delenv("COURSE_MODEL", raising=False)
    monkeypatch.setattr(tasks, "load", lambda name: types.SimpleNamespace(majority=0.53))


def write_lesson(name, *sources):
    """A solved lesson; a source that begins with # is prose."""
    make = (nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell)
    cells = [make[source.startswith("#")](source) for source in sources]
    path = settings.lessons_folder() / "solutions" / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def outputs(name):
    path = settings.results_folder() / "run" / f"{name}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


def result(
    method="prompt", correct="1110", task="movies", model=run_lessons.COURSE_MODEL, **changes
):
    values = {"items": "i", "seed": 0, "device": "cpu", "trainable_parameters": 0}
    values |= {"peak_memory": 0, "seconds": 1.0, "disk": 10}
    return labbook.Result(
        method=method, task=task, model=model, correct=correct, **values | changes
    )


def record(*arguments, **changes):
    labbook.record(result(*arguments, **changes))


def record_in_run(monkeypatch, *arguments, **changes):
    """As a lesson does that `run` executes."""
    with monkeypatch.context() as patch:
        patch.setenv("COURSE_RESULTS", str(run_lessons.run_folder()))
        record(*arguments, **changes)


@pytest.fixture
def drawn(monkeypatch):
    """The methods in each figure that is drawn, without a drawing."""
    figures = []

    class Figure:
        def savefig(self, path, **named):
            path.write_text("figure")

    def figure(results, baseline):
        figures.append([(r.method, r.task, r.model, r.source) for r in results])
        return Figure()

    monkeypatch.setattr(run_lessons.scoreboard, "figure", figure)
    return figures


@pytest.fixture
def no_scoreboard(monkeypatch):
    monkeypatch.setattr(run_lessons, "show_scoreboard", lambda run: print("scoreboard"))


def test_lessons_run_in_order_and_their_source_stays(no_scoreboard, monkeypatch, capfd):
    monkeypatch.setattr(run_lessons, "bound_threads", lambda: {"OMP_X": "bound", "OMP_Y": "bound"})
    monkeypatch.setenv("OMP_Y", "mine")
    order = "import pathlib; p = pathlib.Path('log'); p.open('a').write('{}')\nprint(p.read_text())"
    second = write_lesson("02_second", order.format("b"))
    variables = "import os; print(os.environ['OMP_X'], os.environ['OMP_Y'])"
    write_lesson("01_first", order.format("a"), "## Train", "1", variables)
    before = second.read_bytes()
    run_lessons.run_lessons()
    assert outputs("01_first") == "a\nbound mine\n" and outputs("02_second") == "ab\n"
    assert (settings.lessons_folder() / "solutions" / "log").exists()
    assert second.read_bytes() == before
    out, err = capfd.readouterr()
    assert [re.sub(r"\d+ s\b", "N s", line) for line in out.splitlines()] == [
        "01_first: cell 1 of 3 (N s so far)",
        "01_first: cell 2 of 3, Train (N s so far)",
        "01_first: finished, N s",
        "02_second: cell 1 of 1 (N s so far)",
        "02_second: finished, N s",
        "scoreboard",
    ]
    assert err == ""  # no warning of a library's


def test_what_lessons_measure_is_kept_apart_from_the_learners(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_RESULTS", "mine")  # relative, and the kernel works elsewhere
    record("the learner's")
    before = (tmp_path / "mine" / "labbook.jsonl").read_bytes()
    write_lesson(
        "01_first",
        "from course_utils.checks import lesson01 as c; c.my_template('{text} Mood:')\n"
        f"from course_utils.lab import labbook; labbook.record(labbook.{result('measured')!r})",
    )
    run_lessons.run_lessons()
    mine = tmp_path / "mine"
    assert (mine / "labbook.jsonl").read_bytes() == before and not list(mine.glob("progress*"))
    assert [r.method for r in labbook.read(mine / "run" / "labbook.jsonl")] == ["measured"]
    assert (mine / "run" / "progress.json").exists()
    assert (mine / "run" / "scoreboard.json").exists() and not list(mine.glob("scoreboard*"))
    text = capsys.readouterr().out
    assert "measured" in text and "the learner's" not in text


def test_a_cell_that_fails_is_named_and_its_output_kept(tmp_path):
    source = write_lesson("01_first", "print('before')", "# 1. Title", "1 / 0", "print('after')")
    target = tmp_path / "01_first.ipynb"
    with pytest.raises(CourseError, match=r"cell 2 of 3, 1. Title failed \(ZeroDivi") as caught:
        run_lessons._run(source, target)
    assert str(target) in str(caught.value) and "01_first" in str(caught.value)
    cells = nbformat.read(target, as_version=4).cells
    assert cells[0].outputs[0].text == "before\n" and cells[3].outputs == []
    assert cells[2].outputs[0].ename == "ZeroDivisionError"


def test_a_kernel_that_dies_is_explained(tmp_path):
    source = write_lesson("01_first", "import os; os._exit(1)")
    with pytest.raises(CourseError, match="01_first: cell 1 of 1 ended its kernel.*memory"):
        run_lessons._run(source, tmp_path / "01_first.ipynb")


def test_a_cell_that_takes_too_long_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(run_lessons, "TIMEOUT", 1)
    source = write_lesson("01_first", "import time; time.sleep(60)")
    with pytest.raises(CourseError, match="cell 1 of 1 took more than .*COURSE_QUICK"):
        run_lessons._run(source, tmp_path / "01_first.ipynb")


def test_the_next_run_goes_on_at_the_lesson_that_is_not_finished(no_scoreboard, capsys):
    count = "p = open('log{0}', 'a'); p.write('.'); p.close()"
    write_lesson("01_first", count.format(1))
    write_lesson("02_second", count.format(2), "1 / 0")
    with pytest.raises(CourseError, match="02_second"):
        run_lessons.run_lessons()
    write_lesson("02_second", count.format(2))
    write_lesson("03_third", count.format(3))
    capsys.readouterr()
    run_lessons.run_lessons()
    assert "going on there" in capsys.readouterr().out.splitlines()[0]
    done = [settings.lessons_folder() / "solutions" / f"log{n}" for n in (1, 2, 3)]
    assert [path.read_text() for path in done] == [".", "..", "."]
    run_lessons.run_lessons()
    first, second = capsys.readouterr().out.splitlines()[-2:]
    assert "run --again` runs them anew" in first and second == "scoreboard"
    run_lessons.run_lessons(again=True)
    assert [path.read_text() for path in done] == ["..", "...", ".."]


def test_a_second_run_in_the_same_folder_stops_at_once(no_scoreboard):
    write_lesson("01_first", "1")
    with run_lessons._alone_in(run_lessons.run_folder()):
        with pytest.raises(CourseError, match="Another run is at work"):
            run_lessons.run_lessons()
    run_lessons.run_lessons()


def test_results_that_cannot_be_written_are_explained(tmp_path, monkeypatch):
    write_lesson("01_first", "1")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "file"))
    with pytest.raises(CourseError, match="measure cannot be written in .*COURSE_RESULTS"):
        run_lessons.run_lessons()


def test_without_solved_lessons_or_with_a_damaged_one_it_says_so(tmp_path):
    with pytest.raises(CourseError, match="no solved lessons"):
        run_lessons.run_lessons()
    for content in ("", "{", '{"cells": 3, "nbformat": 4, "nbformat_minor": 5}'):
        path = settings.lessons_folder() / "solutions" / "01_first.ipynb"
        path.write_text(content)
        with pytest.raises(CourseError, match="01_first.ipynb cannot be read as a notebook"):
            run_lessons.run_lessons()


def test_an_empty_lab_book_says_what_to_do():
    with pytest.raises(CourseError, match="work through lesson 1"):
        run_lessons.show_scoreboard()


def test_the_scoreboard_shows_one_task_and_one_model(capsys):
    record("full", "1111")
    record("on tweets", task="tweets")
    record("of another model", model="other")
    run_lessons.show_scoreboard()
    text = capsys.readouterr().out
    assert "full" in text and "1.000" in text and "majority baseline: 0.530" in text
    assert "on tweets" not in text and "of another model" not in text
    folder = settings.results_folder()
    written = json.loads((folder / "scoreboard.json").read_text())
    assert [row["method"] for row in written["results"]] == ["full"]
    assert (folder / "scoreboard.png").exists()


def test_the_scoreboard_of_another_model_is_that_of_its_weights(monkeypatch, tmp_path, capsys):
    (tmp_path / "model").mkdir()
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path / "model"))
    for weights in ("old", "new"):
        (tmp_path / "model" / "model.safetensors").write_text(weights)
        record(f"of {weights} weights", model=model_name())
    run_lessons.show_scoreboard()
    text = capsys.readouterr().out
    assert "of new weights" in text and "of old weights" not in text


def test_shipping_takes_the_newest_of_each_and_draws_one_task_and_model(drawn):
    record("full", "0000")
    record("full", "1111")
    record("full", "1100", task="tweets")
    record("full", "1000", model="other")
    run_lessons.ship_results()
    shipped = labbook.read(labbook.RECORDED)
    assert [r.accuracy for r in shipped] == [1.0, 0.5, 0.25]
    assert all(r.recorded for r in shipped)
    assert drawn == [[("full", "movies", run_lessons.COURSE_MODEL, "recorded")]]
    assert labbook.RECORDED.with_name("scoreboard.png").exists()


def test_the_scoreboard_is_the_learners_and_says_where_that_of_a_run_is(monkeypatch, capsys):
    record("mine")
    run_lessons.show_scoreboard()
    assert "--run" not in capsys.readouterr().out
    record_in_run(monkeypatch, "measured")
    run_lessons.show_scoreboard()
    text = capsys.readouterr().out
    assert "mine" in text and "scoreboard --run" in text and "measured  " not in text
    run_lessons.show_scoreboard(run=True)
    text = capsys.readouterr().out
    assert "measured" in text and "mine" not in text and "--run" not in text


def test_shipping_takes_what_a_run_measured_and_never_mixes(drawn, monkeypatch, capsys):
    record("mine")
    record_in_run(monkeypatch, "on tweets", task="tweets")
    run_lessons.ship_results()
    assert [r.method for r in labbook.read(labbook.RECORDED)] == ["mine"]
    record_in_run(monkeypatch, "measured")
    run_lessons.ship_results()
    assert [r.method for r in labbook.read(labbook.RECORDED)] == ["on tweets", "measured"]
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith(str(settings.results_folder() / "labbook.jsonl"))
    assert second.endswith(str(run_lessons.run_folder() / "labbook.jsonl"))


def test_an_installed_package_is_not_written_to(drawn, monkeypatch, tmp_path):
    record("full", "1111")
    monkeypatch.setattr(settings, "PACKAGE", tmp_path / "site-packages" / "course_utils")
    with pytest.raises(CourseError, match="clone the course's repository"):
        run_lessons.ship_results()
    assert not labbook.RECORDED.exists() and drawn == []


def test_the_scoreboard_says_where_versions_of_the_course_meet(capsys):
    record("full", versions={"course": "1.0"})
    run_lessons.show_scoreboard()
    assert "different versions" not in capsys.readouterr().out
    record("LoRA", versions={"course": "1.1"})
    run_lessons.show_scoreboard()
    assert "different versions of the course (1.0, 1.1)" in capsys.readouterr().out


@pytest.mark.parametrize("mine", [[], [{"task": "tweets"}], [{"quick": True}]])
def test_nothing_fit_to_ship_leaves_the_recorded_results(drawn, mine):
    labbook.RECORDED.write_text("recorded before\n")
    for changes in mine:
        record(**changes)
    with pytest.raises(CourseError, match="in full"):
        run_lessons.ship_results()
    assert labbook.RECORDED.read_text() == "recorded before\n" and drawn == []
