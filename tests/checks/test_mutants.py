"""Each reference answer with one small change: a check refuses it, or it is known to be right."""

import ast
import difflib
import runpy
from pathlib import Path

import pytest

from course_utils.authoring.build import find_sources
from course_utils.authoring.lesson import is_exercise, read_lesson
from course_utils.checks.core.limits import first_lines
from course_utils.checks.core.outcome import PASSED
from course_utils.settings import PACKAGE
from tests.checks.count_answers import EXERCISES, SEEDS
from tests.checks.mutants import mutants

# {exercise: {the changed lines: why they are right as well}}
EQUIVALENT = {
    path.stem: runpy.run_path(str(path))["EQUIVALENT"]
    for path in (Path(__file__).parent / "equivalent").glob("*.py")
}


def lesson_parts(source):
    """The answers of a lesson by exercise, and all its imports."""
    cells = [cell for cell in read_lesson(source).cells if cell.cell_type == "code"]
    answers = {c.metadata["nbgrader"]["grade_id"]: c.source for c in cells if is_exercise(c)}
    plain = [c.source for c in cells if not c.source.startswith(("%", "!"))]
    nodes = [node for text in plain for node in ast.parse(text).body]
    imports = [ast.unparse(n) for n in nodes if isinstance(n, (ast.Import, ast.ImportFrom))]
    return answers, "\n".join(imports)


LESSONS = {f"lesson{s.name[:2]}": lesson_parts(s) for s in find_sources(PACKAGE.parent, [])}
NAMES = [(lesson, name) for lesson, (answers, _) in LESSONS.items() for name in answers]


def namespace(lesson):
    """What an answer of the lesson can see: its imports, and the other answers."""
    answers, imports = LESSONS[lesson]
    names = {}
    for source in (imports, *answers.values()):
        exec(source, names)
    return names


def changed_lines(old, new):
    """The lines that are new; of a line that is gone, the line."""
    diff = list(difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm=""))[3:]
    added = [line[1:].strip() for line in diff if line[0] == "+"]
    return " / ".join(added) or "without " + " / ".join(line[1:].strip() for line in diff)


def passes(made, answer):
    """Does the check let it pass, on inputs of every seed? The first refusal settles it."""
    with first_lines(0):
        return all(made.examine(answer, seed).state == PASSED for seed in SEEDS)


def survivors(lesson, name):
    """How many mutants an exercise has, and those that its check lets pass."""
    answer = LESSONS[lesson][0][name]
    names, sources, passed = namespace(lesson), mutants(answer), []
    for source in sources:
        scope = dict(names)
        try:
            exec(source, scope)
        except Exception:
            continue  # it ends where it is defined
        if passes(EXERCISES[lesson][name], scope[name]):
            passed.append(changed_lines(ast.unparse(ast.parse(answer)), source))
    return len(sources), passed


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson, name", NAMES)
def test_a_small_change_of_a_right_answer_is_refused_unless_it_is_right_too(lesson, name):
    number, passed = survivors(lesson, name)
    known = EQUIVALENT.get(name, {})
    assert number >= 20
    assert [text for text in passed if text not in known] == []
    assert [text for text in known if text not in passed] == []
