"""How often full fine-tuning is ahead: known gaps, all cells taken together."""

import pytest

from course_utils.methods.names import Method
from course_utils.recorded.gap_counts import gap_counts
from tests.recorded.made_up_ladder import rung
from tests.recorded.made_up_studies import FULL, LORA, SOFT, ladder, training


@pytest.fixture(scope="module")
def rungs():
    return ladder()


def test_known_gaps_are_counted(rungs):
    found = gap_counts(rungs, SOFT)
    assert (found.cells, found.behind) == (8, 0) and 6 <= found.ahead <= 8
    assert (found.least, found.most) == pytest.approx((0.7, 7.1), abs=0.06)


def test_a_method_that_is_ahead_is_told_from_one_that_is_level():
    model = "gemma-3-270m"
    ends = {"a": 0.95, "b": 0.90, "c": 0.80}  # of LoRA
    rungs = []
    for task, end in ends.items():
        for seed in (0, 1, 2):
            rungs += [
                training(model, task, FULL, seed, 0.9),
                training(model, task, LORA, seed, end),
            ]
    found = gap_counts(rungs, LORA)
    assert (found.cells, found.ahead, found.behind) == (3, 1, 1)
    assert (found.least, found.most) == pytest.approx((-5, 10))


def test_too_few_seeds_do_not_count(rungs):
    assert gap_counts(ladder(tasks=("pair",), seeds=(0, 1)), SOFT) is None
    assert gap_counts([rung(method=Method.LORA.value)], LORA) is None
    assert gap_counts([], LORA) is None
