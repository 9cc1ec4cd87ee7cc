"""A lesson executed on a GPU, and what is shown of it where there is none."""

import nbformat
import pytest
import torch

from course_utils import settings
from course_utils.authoring import gpu_lesson, study_gpu_lesson
from course_utils.authoring.guards import find_problems
from course_utils.authoring.lesson import read_lesson
from course_utils.errors import CourseError
from course_utils.recorded import outputs
from course_utils.recorded.reports import read_report

FORMAT = """# A lesson

```{{code-cell}} ipython3
if {on_gpu}:
    print("41.5 ms a step")
    print("peak 2.00 GiB")
else:
    outputs.show_recorded("a step")
```

```{{code-cell}} ipython3
{last}
```
"""


@pytest.fixture
def record(tmp_path, monkeypatch):
    """Execute a lesson of two cells, as if there were a GPU; the executed notebook's path."""
    monkeypatch.setattr(gpu_lesson, "cuda_device", lambda why: torch.device("cpu"))

    def call(last="print('done')"):
        source = tmp_path / "05_small.md"
        source.write_text(FORMAT.format(on_gpu=True, last=last), encoding="utf-8")
        gpu_lesson.record_lesson(source, tmp_path / "recorded")
        return next((tmp_path / "recorded").glob("05_small_gpu*.ipynb"))

    return call


def test_without_a_gpu_nothing_is_recorded(tmp_path):
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with pytest.raises(CourseError, match="There is no CUDA device here"):
        study_gpu_lesson(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_a_cell_printed_is_shown_with_device_date_and_versions(record, monkeypatch, capsys):
    path = record()
    monkeypatch.setattr(settings, "RECORDED", path.parent)
    where = nbformat.read(path, as_version=4).metadata["recorded"]
    assert set(where) == {"device", "versions", "date"}
    outputs.show_recorded("a step")
    first, versions, empty, *printed = capsys.readouterr().out.splitlines()
    assert first == f"Not run here. Recorded on {where['device']}, {where['date']}"
    assert f"torch {where['versions']['torch']}" in versions and not empty
    assert printed == ["41.5 ms a step", "peak 2.00 GiB"]


def test_with_another_model_the_notebook_has_its_name_and_no_record_is_made(record, monkeypatch):
    monkeypatch.setenv("COURSE_MODEL", "somebody/Model-1B")
    assert [p.name for p in record().parent.iterdir()] == ["05_small_gpu_Model-1B.ipynb"]


def test_a_cell_that_fails_leaves_what_was_executed(record, tmp_path):
    with pytest.raises(CourseError, match="A cell did not run"):
        record(last="1 / 0")
    notebook = nbformat.read(tmp_path / "recorded" / "05_small_gpu.ipynb", as_version=4)
    assert notebook.cells[1].outputs[0].text.startswith("41.5 ms")


def test_an_output_that_is_not_fit_to_show_is_named(record):
    with pytest.raises(CourseError, match="wrote to stderr: careful"):
        record(last="import sys; print('careful', file=sys.stderr)")


@pytest.mark.parametrize("exists", [True, False])
def test_a_name_that_was_not_recorded_is_refused_with_the_command(record, monkeypatch, exists):
    path = record()
    monkeypatch.setattr(settings, "RECORDED", path.parent if exists else path / "missing")
    with pytest.raises(CourseError, match="experiments gpu_lesson"):
        outputs.show_recorded("another")


def gpu_cells(notebook):
    """Sources of the cells that run on a GPU only, by name."""
    return {
        outputs.CALL.search(cell.source)[1]: cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and "show_recorded(" in cell.source
    }


def test_what_the_lesson_shows_was_printed_by_the_same_cell():
    lesson = gpu_cells(read_lesson(settings.lessons_folder() / "solutions" / "05_qlora.md"))
    record = read_report(outputs.NAME, outputs.STUDY)
    assert lesson
    assert lesson == {name: record["cells"][name]["source"] for name in lesson}


def recorded_lesson(of_model=""):
    folder = settings.lessons_folder() / "solutions" / "recorded"
    return nbformat.read(folder / f"05_qlora_gpu{of_model}.ipynb", as_version=4)


def test_the_recorded_lesson_ran_whole_on_a_gpu():
    notebook, record = recorded_lesson(), read_report(outputs.NAME, outputs.STUDY)
    assert find_problems(notebook, executed=True) == []
    assert "GiB" in record["device"] and record["device"] == notebook.metadata["recorded"]["device"]
    found = outputs.outputs_of(notebook)  # it may have a cell that the lesson lost since
    assert record["cells"] == {name: found[name] for name in record["cells"]}
    for cell in record["cells"].values():
        assert "GiB" in cell["printed"] and "Not run here" not in cell["printed"]


def test_it_ran_whole_with_a_larger_model_too():
    notebook = recorded_lesson("_Qwen2.5-Coder-1.5B-Instruct")
    assert find_problems(notebook, executed=True) == []
    assert "GiB" in notebook.metadata["recorded"]["device"]
    printed = str([cell.outputs for cell in notebook.cells if cell.cell_type == "code"])
    assert "of 1,543,714,304 parameters" in printed and "10 of 10 passed" in printed
    assert gpu_cells(notebook) == gpu_cells(recorded_lesson())


def test_only_lessons_that_show_a_record_have_gpu_cells():
    folder = settings.lessons_folder() / "solutions"
    assert [p.stem for p in sorted(folder.glob("*.md")) if gpu_lesson.has_gpu_cells(p)] == [
        "05_qlora"
    ]
