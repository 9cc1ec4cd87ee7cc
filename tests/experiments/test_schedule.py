"""The order of runs: finals wait for their searches, and what the lessons rest on comes first."""

import pytest

from course_utils.errors import CourseError
from course_utils.experiments import finals, plan, schedule
from course_utils.experiments.schedule import Schedule, estimate, gpu_seconds, importance
from course_utils.methods.names import Method
from tests.experiments.made_up_records import record

pytestmark = pytest.mark.slow  # together many seconds

ALL = (*plan.STUDIES, *finals.FINALS)


def total(made):
    """Runs of all studies, once everything is planned."""
    return sum(len(finals.planned(study, made._records)) for study in ALL)


def drain(made):
    """All runs that can be begun now, in their order."""
    return list(iter(made.next_run, None))


@pytest.mark.slow
def test_finals_come_when_their_searches_are_settled_and_before_the_rest():
    made = Schedule(ALL, {})
    needed = []
    while (run := made.next_run()) is not None and importance(run)[0] == 0:
        needed.append(run)
    assert importance(run)[0] == 1  # the first that no final waits for
    assert {r.study for r in needed} == {"lora_grid", "prompt_grid", "steps", "pair"}
    for done in needed:
        assert "methods" not in {r.study for r in made.waiting()}
        made.settle(done, record(done))
    following = [made.next_run() for _ in range(35 + 15)]
    assert {r.study for r in following} == {"methods", "controls", "pair"}
    rest = drain(made)
    assert [importance(r)[0] for r in rest] == sorted(importance(r)[0] for r in rest)
    begun = [*needed, run, *following, *rest]
    assert len(set(begun)) == len(begun) == total(made)


def test_a_failed_run_is_not_waited_for():
    made = Schedule(("steps", "lora_grid", "prompt_grid", "controls"), {})
    lost = None
    for run in drain(made):
        lost = lost or (run if run.learning_rate == 1e-2 and run.rank == 8 else None)
        made.settle(run, None if run is lost else record(run))
    assert lost is not None and {r.study for r in drain(made)} == {"controls"}


def test_what_is_there_is_not_run_again():
    runs = plan.steps()
    made = Schedule(("steps",), {"steps": [record(run) for run in runs[1:]]})
    assert drain(made) == runs[:1] and drain(made) == []


def test_finals_without_their_searches_are_refused():
    with pytest.raises(CourseError, match="experiments lora_grid methods"):
        Schedule(("methods",), {})
    grids = {study: [record(r) for r in plan.STUDIES[study]()] for study in finals.SEARCHED}
    assert len(drain(Schedule(("methods",), grids))) == 30
    with pytest.raises(CourseError, match="'steps', which is not complete"):
        Schedule(("methods",), grids | {"steps": grids["steps"][1:]})


def test_of_equal_importance_the_longest_run_comes_first():
    runs = [plan.prompt("clusters", 1e-2, 0, steps=steps) for steps in (10, 300, 20)]
    assert [r.steps for r in sorted(runs, key=importance)] == [300, 20, 10]


def test_a_longer_prompt_and_a_larger_part_cost_more():
    runs = [plan.prompt("s", 1e-2, 0, length=length, steps=735) for length in (1, 20, 100)]
    costs = [gpu_seconds(run) for run in runs]
    assert costs == sorted(costs) and costs[2] > 1.4 * costs[0]
    assert schedule.STEP_SECONDS[Method.FULL] > schedule.STEP_SECONDS[Method.PROMPT_TUNING]
    assert estimate(plan.steps()).startswith("12 runs, about ")
