"""Lessons run in one go, the scoreboard afterwards, and results made the shipped ones."""

import json
import types

import nbformat
import pytest

from course_utils import settings
from course_utils.data import tasks
from course_utils.errors import CourseError
from course_utils.lab import labbook, run_lessons


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "recorded").mkdir()
    monkeypatch.setattr(settings, "PACKAGE", tmp_path / "course_utils")
    monkeypatch.setattr(labbook, "RECORDED", tmp_path / "recorded" / "labbook.jsonl")
    monkeypatch.setenv("COURSE_RESULTS", str(tmp_path / "results"))
    monkeypatch.delenv("COURSE_MODEL", raising=False)
    monkeypatch.setattr(tasks, "load", lambda name: types.SimpleNamespace(majority=0.53))


def write_lesson(name, *sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    path = settings.lessons_folder() / "solutions" / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def outputs(name):
    path = settings.results_folder() / "run" / f"{name}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.outputs)


def record(
    method="prompt", correct="1110", task="movies", model=run_lessons.COURSE_MODEL, **changes
):
    values = {"items": "i", "seed": 0, "device": "cpu", "trainable_parameters": 0}
    values |= {"peak_memory": 0, "seconds": 1.0, "disk": 10}
    labbook.record(
        labbook.Result(method=method, task=task, model=model, correct=correct, **values | changes)
    )


@pytest.fixture
def drawn(monkeypatch):
    """The methods in each figure that is drawn, without a drawing."""
    figures = []

    class Figure:
        def savefig(self, path, dpi):
            path.write_text("figure")

    def figure(results, baseline):
        figures.append([(r.method, r.task, r.model, r.source) for r in results])
        return Figure()

    monkeypatch.setattr(run_lessons.scoreboard, "figure", figure)
    return figures


def test_lessons_run_in_order_and_their_source_stays(monkeypatch, capsys):
    monkeypatch.setattr(run_lessons, "show_scoreboard", lambda: print("scoreboard"))
    order = "import pathlib; p = pathlib.Path('log'); p.open('a').write('{}')\nprint(p.read_text())"
    second = write_lesson("02_second", order.format("b"))
    write_lesson("01_first", order.format("a"))
    before = second.read_bytes()
    run_lessons.run_lessons()
    assert outputs("01_first") == "a\n" and outputs("02_second") == "ab\n"
    assert (settings.lessons_folder() / "solutions" / "log").exists()
    assert second.read_bytes() == before
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "01_first ..." and lines[2] == "02_second ..." and lines[4] == "scoreboard"


def test_lessons_write_to_the_same_results_though_they_work_in_another_folder(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_RESULTS", "mine")
    monkeypatch.setattr(run_lessons, "show_scoreboard", lambda: None)
    write_lesson("01_first", "import os; print(os.environ['COURSE_RESULTS'], os.getcwd())")
    run_lessons.run_lessons()
    assert outputs("01_first") == f"{tmp_path / 'mine'} {tmp_path / 'solutions'}\n"


def test_a_cell_that_fails_is_named_and_its_output_kept(tmp_path):
    source = write_lesson("01_first", "print('before')", "1 / 0", "print('after')")
    target = tmp_path / "01_first.ipynb"
    with pytest.raises(CourseError, match=r"01_first.ipynb failed \(ZeroDivisionError") as caught:
        run_lessons._run(source, target)
    assert str(target) in str(caught.value)
    cells = nbformat.read(target, as_version=4).cells
    assert cells[0].outputs[0].text == "before\n" and cells[2].outputs == []
    assert cells[1].outputs[0].ename == "ZeroDivisionError"


def test_a_kernel_that_dies_is_explained(tmp_path):
    source = write_lesson("01_first", "import os; os._exit(1)")
    with pytest.raises(CourseError, match=r"The kernel of 01_first.ipynb died"):
        run_lessons._run(source, tmp_path / "01_first.ipynb")


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
