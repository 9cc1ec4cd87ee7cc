"""Each exercise has a check of its name and answers that test it; nothing is left over."""

import importlib
import re

import pytest

from course_utils.authoring.build import find_sources
from course_utils.checks.core.exercise import EXERCISES
from course_utils.settings import PACKAGE

ROOT = PACKAGE.parent


@pytest.mark.parametrize("source", find_sources(ROOT, []), ids=lambda source: source.stem)
def test_exercises_checks_and_answers_are_the_same_set(source):
    lesson = f"lesson{source.name[:2]}"
    check = importlib.import_module(f"course_utils.checks.{lesson}")
    asked = re.findall(r"^check\.(\w+)\(\1\)$", source.read_text(encoding="utf-8"), re.MULTILINE)
    answers = [path.stem for path in (ROOT / "tests" / "checks" / lesson).glob("*.py")]
    assert sorted(EXERCISES[lesson]) == sorted(asked) == sorted(answers)
    assert all(getattr(check, name) is EXERCISES[lesson][name] for name in asked)
