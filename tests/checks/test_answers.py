"""Each check against right answers and against wrong ones, named by their mistake.

``<lesson>/<exercise>.py`` has ``RIGHT``, a list of answers, and ``WRONG``, pairs of an
answer and of the words that name its mistake. It may have ``NEXT``, a function that does with an
answer what the lesson does with it afterwards, and fails where that fails.
"""

import ast
import collections
import importlib
import inspect
import runpy
import statistics
import time
from pathlib import Path

import pytest
import torch

from course_utils.checks.core import exercise
from course_utils.checks.core.outcome import FAILED, PASSED, RAISED
from course_utils.settings import PACKAGE
from tests.checks.count_answers import FOLDER

for folder in sorted((PACKAGE / "checks").glob("lesson*")):
    importlib.import_module(f"course_utils.checks.{folder.name}")  # enters its exercises
ANSWERS = sorted(Path(__file__).parent.glob("lesson*/*.py"))
PLACES = {path.stem: path.parent.name for path in ANSWERS}  # the lesson of each exercise
EXERCISES = {name: made for table in exercise.EXERCISES.values() for name, made in table.items()}
TABLES = {path.stem: runpy.run_path(str(path)) for path in ANSWERS}


def named(answer):
    return getattr(answer, "__name__", repr(answer))


WRONG = [
    pytest.param(name, answer, words, id=f"{name}-{named(answer)}")
    for name, table in TABLES.items()
    for answer, words in table["WRONG"]
]
RIGHT = [
    pytest.param(name, answer, id=f"{name}-{named(answer)}")
    for name, table in TABLES.items()
    for answer in table["RIGHT"]
]


def test_every_exercise_has_a_file_of_answers_of_its_name_and_no_file_is_left_over():
    assert {name: made.lesson for name, made in EXERCISES.items()} == PLACES
    assert len(EXERCISES) == sum(map(len, exercise.EXERCISES.values()))  # no name is taken twice


def test_every_exercise_has_a_gentle_hint_and_a_plain_one():
    for name, made in EXERCISES.items():
        assert len(set(made.hints)) == len(made.hints) >= 2, name


def file_of(name):
    """The module that an exercise stands in."""
    return importlib.import_module(EXERCISES[name]._check.__module__)


@pytest.mark.parametrize("name", EXERCISES)
def test_a_sentence_stands_once_in_its_file(name):
    nodes = ast.walk(ast.parse(inspect.getsource(file_of(name))))
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    sentences = [text for text in texts if isinstance(text, str) and len(text) > 40]
    assert len(sentences) > 3
    assert [text for text, n in collections.Counter(sentences).items() if n > 1] == []


@pytest.mark.parametrize("name", EXERCISES)
def test_the_exercise_knows_every_table_of_its_file(name):
    sentences = set()
    for constant, table in vars(file_of(name)).items():
        if constant.endswith("MISTAKES"):
            parts = [part for part in table.values() if isinstance(part, dict)]
            sentences.update(*(parts or [table]))
    assert sentences == set(EXERCISES[name].mistakes)


def test_every_exercise_has_enough_answers():
    for name, table in TABLES.items():
        names = {named(answer) for answer, _ in table["WRONG"]}
        assert len(names) == len(table["WRONG"]) >= 8, name
        assert len(table["RIGHT"]) >= 2, name


def test_every_exercise_has_enough_answers_of_people_who_had_not_seen_its_check():
    for name, lesson in PLACES.items():
        keys = [
            k for file in FOLDER.glob(f"*/{lesson}/{name}.py") for k in runpy.run_path(str(file))
        ]
        assert sum(key.startswith("wrong_") for key in keys) >= 8, name
        assert sum(key.startswith("right_") for key in keys) >= 4, name


@pytest.mark.parametrize("name, answer, words", WRONG)
def test_wrong_answer_is_rejected_and_its_mistake_named(name, answer, words):
    for seed in range(2):
        outcome = EXERCISES[name].examine(answer, seed)
        assert outcome.state in (FAILED, RAISED), outcome.text
        assert words in dict(outcome.lines)["Likely mistake"], outcome.text


@pytest.mark.parametrize("name, answer", RIGHT)
def test_right_answer_passes(name, answer):
    for seed in range(5):
        outcome = EXERCISES[name].examine(answer, seed)
        assert outcome.state == PASSED, f"seed {seed}: {outcome.text}"


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if "NEXT" in table])
def test_the_lesson_goes_on_with_every_answer_that_passes(name):
    learners = {}
    for file in FOLDER.glob(f"*/*/{name}.py"):
        learners |= runpy.run_path(str(file))
    theirs = [answer for key, answer in learners.items() if key.startswith("right_")]
    assert theirs
    for answer in [*TABLES[name]["RIGHT"], *theirs]:
        TABLES[name]["NEXT"](answer)


@pytest.mark.parametrize("name", EXERCISES)
def test_check_answers_in_less_than_a_second_mostly_and_in_three_always(name):
    right, wrong = TABLES[name]["RIGHT"], [answer for answer, _ in TABLES[name]["WRONG"]]
    seconds = []
    for answer in [*right[:1] * 5, *wrong[:5]]:
        start = time.perf_counter()
        EXERCISES[name].examine(answer)
        seconds.append(time.perf_counter() - start)
    assert statistics.median(seconds) < 1
    assert max(seconds) < 3


@pytest.mark.parametrize("name", EXERCISES)
def test_check_leaves_the_random_state_as_it_was(name):
    before = torch.get_rng_state()
    EXERCISES[name].examine(TABLES[name]["RIGHT"][0])
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", sorted(set(EXERCISES) - {"my_template", "bytes_per_parameter"}))
def test_inputs_are_drawn_afresh(name):
    seen = []

    def spy(*arguments):
        plain = (list, int, float, str, torch.Tensor)
        seen[-1] += [repr(a) for a in arguments if isinstance(a, plain)]
        seen[-1] += [repr(list(a.parameters())) for a in arguments if hasattr(a, "parameters")]
        return TABLES[name]["RIGHT"][0](*arguments)

    for _ in range(6):  # few sizes to choose from: two draws alone are the same by chance at times
        seen.append([])
        EXERCISES[name].examine(spy)
    assert any(inputs != seen[0] for inputs in seen)


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize(
    "odd", [3, "word", [], {}, object(), (), torch.zeros(0), float("nan"), [[[]]], len, {1: "a"}]
)
def test_odd_values_never_make_a_check_raise(name, odd):
    assert EXERCISES[name].examine(odd).state != PASSED
    assert EXERCISES[name].examine(lambda *_, **__: odd).state == FAILED
