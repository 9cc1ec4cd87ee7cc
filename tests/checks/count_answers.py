"""Put the learners' answers to the checks, and count what became of them.

``python -m tests.checks.count_answers`` reads ``learners/AUTHOR/LESSON/EXERCISE.py``. These were
written from the lessons' text alone, by people who had not seen the checks, except for those of
``checks_author``, who wrote the checks of nine exercises. Each holds

* ``right_...``: answers that a check must not refuse;
* ``wrong_...``: answers that a check must not accept, the mistake in their docstring;
* ``SAYS``: for each wrong answer whose mistake the check names, words of the sentence that does.

It ends with 1 if an answer is judged wrongly, if words are missing, or if fewer than ``SHARE`` of
the wrong answers have their mistake named. Names of exercises, or parts of paths, choose a few.
"""

import importlib
import runpy
import statistics
import sys
import time
from pathlib import Path

from course_utils.checks.core.exercise import EXERCISES, Exercise
from course_utils.checks.core.limits import first_lines
from course_utils.checks.core.outcome import NOT_ATTEMPTED, PASSED, Outcome
from course_utils.settings import PACKAGE

FOLDER = Path(__file__).parent / "learners"
SEEDS = (1, 2)
seconds: list[float] = []  # of each check
SHARE = 0.9  # of the wrong answers: their own mistake is named


def main(chosen: list[str]) -> int:
    """Print a line an exercise, all that is wrong, and the sums; 0 if all is well."""
    files = [file for file in sorted(FOLDER.glob("*/lesson*/*.py")) if is_chosen(file, chosen)]
    sums, faults = [0] * 5, []
    print(f"{'author, lesson, exercise':46} right refused wrong accepted named")
    for file in files:
        counts, found = judge(file)
        faults += found
        sums = [a + b for a, b in zip(sums, counts)]
        print(line("/".join(file.relative_to(FOLDER).with_suffix("").parts), counts))
    print(line("all", sums))
    middle, longest = statistics.median(seconds), max(seconds)
    print(f"a check took {1000 * middle:.0f} ms (median), {longest:.1f} s at most")
    print(*faults, sep="\n")
    _, refused, wrong, accepted, named = sums
    enough = named >= SHARE * wrong
    if not enough:
        print(f"The mistake of {named} of {wrong} is named; {SHARE:.0%} should be.")
    return int(bool(faults) or not enough)


def is_chosen(file: Path, chosen: list[str]) -> bool:
    """Is the file one of those that the command line asks for?"""
    return not chosen or any(part in (file.stem, *file.parts[-3:-1]) for part in chosen)


def line(name: str, counts: list[int]) -> str:
    """A row of the table."""
    return f"{name:46} {counts[0]:5} {counts[1]:7} {counts[2]:5} {counts[3]:8} {counts[4]:5}"


def judge(file: Path) -> tuple[list[int], list[str]]:
    """Right answers, those refused, wrong answers, those accepted, those named; and the faults."""
    answers = runpy.run_path(str(file))
    right = {name: answers[name] for name in answers if name.startswith("right_")}
    wrong = {name: answers[name] for name in answers if name.startswith("wrong_")}
    made, says, faults = exercise(file), answers.get("SAYS", {}), []
    refused = accepted = named = 0
    for name, answer in right.items():
        if bad := [o for o in outcomes(made, answer) if o.state != PASSED]:
            refused += 1
            faults.append(f"REFUSED {file.parent.name} {name}\n{bad[0].text}")
    for name, answer in wrong.items():
        got = outcomes(made, answer)
        if any(o.state in (PASSED, NOT_ATTEMPTED) for o in got):
            accepted += 1
            faults.append(f"ACCEPTED {file.parent.name} {made.name} {name}")
        elif name in says and not all(says[name] in cause(o) for o in got):
            text = next(o.text for o in got if says[name] not in cause(o))
            faults.append(f"NOT SAID {name}: {says[name]!r}\n{text}")
        else:
            named += name in says
    faults += [f"NO ANSWER {file.stem} {name}" for name in says if name not in wrong]
    return [len(right), refused, len(wrong), accepted, named], faults


def exercise(file: Path) -> Exercise:
    """The exercise that a file of answers is for."""
    return EXERCISES[file.parent.name][file.stem]


def outcomes(made: Exercise, answer: object) -> list[Outcome]:
    """What the check says, on inputs of each seed."""
    found = []
    for seed in SEEDS:
        start = time.perf_counter()
        with first_lines(0):
            found.append(made.examine(answer, seed))
        seconds.append(time.perf_counter() - start)
    return found


def cause(outcome: Outcome) -> str:
    """The sentence that names the mistake."""
    return dict(outcome.lines).get("Likely mistake", "")


for folder in sorted((PACKAGE / "checks").glob("lesson*")):
    importlib.import_module(f"course_utils.checks.{folder.name}")  # enters its exercises

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
