"""CONTRIBUTING's worked example works: its files, put where it says, make one good exercise."""

import importlib.util
import re
import runpy
import sys

import pytest

from course_utils.authoring.lesson import read_lesson
from course_utils.authoring.student import student_notebook
from course_utils.checks.core.exercise import EXERCISES
from course_utils.checks.core.outcome import FAILED, PASSED
from course_utils.settings import PACKAGE
from tests.checks import count_answers
from tests.checks.mutants import mutants

ROOT = PACKAGE.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^\*\*`([^`]+)`\*\*.*?^(`{3,})(?:python)?\n(.*?)^\2$", re.DOTALL | re.MULTILINE)
FILES = {path: block for path, _, block in BLOCK.findall(TEXT)}
LESSON, CHECK, LINE, ANSWERS, COLLEAGUE = (
    "solutions/01_prompt_engineering.md",
    "course_utils/checks/lesson01/recall.py",
    "course_utils/checks/lesson01/__init__.py",
    "tests/checks/lesson01/recall.py",
    "tests/checks/learners/colleague/lesson01/recall.py",
)


@pytest.fixture
def recall(tmp_path, monkeypatch):
    """The example's exercise, from a file outside the package."""
    path = tmp_path / "recall.py"
    path.write_text(FILES[CHECK], encoding="utf-8")
    name = "course_utils.checks.lesson99.recall"  # a lesson of its own, whose name says its place
    module = importlib.util.module_from_spec(importlib.util.spec_from_file_location(name, path))
    monkeypatch.setitem(sys.modules, name, module)
    module.__spec__.loader.exec_module(module)
    yield module.recall
    del EXERCISES["lesson99"]


@pytest.fixture
def answers(tmp_path):
    path = tmp_path / "answers.py"
    path.write_text(FILES[ANSWERS], encoding="utf-8")
    return runpy.run_path(str(path))


def test_the_five_pieces_are_there_and_their_paths_agree():
    assert list(FILES) == [LESSON, CHECK, LINE, ANSWERS, COLLEAGUE]
    assert FILES[LINE] == "from course_utils.checks.lesson01.recall import recall\n"
    assert (ROOT / LESSON).exists()


def test_the_check_names_each_mistake_and_lets_right_answers_pass(recall, answers):
    assert recall.name == "recall" and len(answers["WRONG"]) >= 8 and len(answers["RIGHT"]) >= 2
    for seed in range(20):
        for answer in answers["RIGHT"]:
            assert recall.examine(answer, seed).state == PASSED
        for answer, words in answers["WRONG"]:
            outcome = recall.examine(answer, seed)
            assert outcome.state == FAILED, outcome.text
            assert words in dict(outcome.lines)["Likely mistake"], outcome.text


def test_the_lessons_cells_become_an_exercise_whose_own_answer_passes(recall, tmp_path):
    source = tmp_path / "99_made_up.md"
    source.write_text(FILES[LESSON], encoding="utf-8")
    lesson = read_lesson(source)
    names = [c.metadata["nbgrader"]["grade_id"] for c in lesson.cells if "nbgrader" in c.metadata]
    assert names == ["recall", "check_recall"]
    space: dict = {}
    exec(lesson.cells[1].source, space)
    assert recall.examine(space["recall"], 0).state == PASSED
    exec(student_notebook(lesson).cells[1].source, space)
    assert recall.examine(space["recall"], 0).state == "not attempted yet"


def test_the_colleagues_answers_are_judged_as_the_text_says(recall, tmp_path, monkeypatch):
    path = tmp_path / "lesson99" / "recall.py"
    path.parent.mkdir()
    path.write_text(FILES[COLLEAGUE], encoding="utf-8")
    counts, faults = count_answers.judge(path)
    assert (counts, faults) == ([2, 0, 2, 0, 1], [])


def test_every_mutant_of_the_examples_answer_is_refused(recall, tmp_path):
    source = tmp_path / "99_made_up.md"
    source.write_text(FILES[LESSON], encoding="utf-8")
    answer = read_lesson(source).cells[1].source
    sources = mutants(answer)
    for text in sources:
        space: dict = {}
        exec(text, space)
        assert any(o.state != PASSED for o in count_answers.outcomes(recall, space["recall"])), text
    assert len(sources) >= 20


def test_every_command_and_file_that_it_names_exists():
    for path in re.findall(r"`((?:course_utils|tests|solutions|notebooks)/[\w./-]+)`", TEXT):
        made_up = "07" in path or "recall" in path or re.search("NN|ROOM|NAME", path)
        assert made_up or (ROOT / path).exists(), path
