"""The sentences about the methods: the numbers decide each verdict, and turn it."""

import random

import pytest

from course_utils.methods.names import Method
from course_utils.recorded import taught
from course_utils.recorded.ladder import FEW_SHOT, ZERO_SHOT
from tests.recorded.made_up_ladder import rung

FULL, LORA = Method.FULL.value, Method.LORA.value
TUNED, QLORA = Method.PROMPT_TUNING.value, Method.QLORA.value
ITEMS = 4000
COSTS = {FULL: {"numbers": 100, taught.DISK: 100}, LORA: {"numbers": 2, taught.DISK: 4}}
HELD = {LORA: (0.3, 2.3), QLORA: (0.1, 2.1)}


def answers(right):
    """The same items are hard for all; a few of them differ by chance."""
    chance = random.Random(right)
    ranks = [i / ITEMS + chance.uniform(-0.01, 0.01) for i in range(ITEMS)]
    return "".join("1" if rank < right else "0" for rank in ranks)


def ladder(full=0.9, tuned=(0.8, 0.83, 0.86, 0.89), lora=0.899, words=0.6):
    """Four sizes, each ten times the one before, three seeds."""
    rungs = []
    for size, own in enumerate(tuned):
        about = {"model": f"m{size}", "parameters": 10 ** (8 + size)}
        rights = {FULL: full, LORA: lora, TUNED: own}
        rungs += [
            rung(method=method, seed=seed, correct=answers(right + seed / 1e4), **about)
            for method, right in rights.items()
            for seed in (0, 1, 2)
        ]
        rungs += [
            rung(method=method, correct=answers(words), validations=[], **about)
            for method in (ZERO_SHOT, FEW_SHOT)
        ]
    return rungs


def told(rungs, costs=COSTS, held=HELD, switch=5.0, load=900.0):
    return {s.claim: s for s in taught.sentences(rungs, costs, held, switch, load)}


STRONGEST = "Full fine-tuning is strongest on small models"
GROW, TRAILS = "prompt tuning approaches it as models grow", "prompt engineering trails both"
ALIKE, CHEAP = "LoRA ... comparable quality", "LoRA ... at a fraction of the cost"
DISK, MEMORY = "Adapters take little disk and switch quickly", "QLoRA ... saves more memory"


def test_where_all_is_as_it_is_taught():
    found = told(ladder(lora=0.88))
    assert [found[claim].verdict for claim in (STRONGEST, GROW, TRAILS, ALIKE)] == [
        taught.HOLDS
    ] * 4, found
    assert {found[claim].verdict for claim in (CHEAP, DISK, MEMORY)} == {taught.HOLDS}
    assert found[STRONGEST].numbers.startswith("4 for, 0 against, 0 open")
    assert found[TRAILS].comparisons == 16


def test_where_all_is_the_other_way_round():
    found = told(ladder(full=0.5, tuned=(0.51, 0.55, 0.59, 0.63)[::-1], lora=0.7, words=0.8))
    found |= told(ladder(full=0.5, tuned=(0.5, 0.46, 0.42, 0.38), lora=0.7, words=0.8))
    assert found[TRAILS].verdict == taught.REFUTED and found[GROW].verdict == taught.REFUTED
    assert found[ALIKE].verdict == taught.REFUTED
    assert found[STRONGEST].verdict == taught.REFUTED


def test_what_cannot_be_told_is_not_shown():
    few = [*ladder(tuned=(0.9, 0.9, 0.9, 0.9))]
    assert told(few)[GROW].verdict == taught.NOT_SHOWN
    none = told([])
    assert none[STRONGEST].verdict == none[GROW].verdict == taught.NOT_SHOWN
    assert none[STRONGEST].numbers == "0 for, 0 against, 0 open"


@pytest.mark.parametrize(
    ("right", "wrong", "n", "word"),
    [
        (3, 0, 3, taught.HOLDS),
        (2, 0, 3, taught.IN_PART),
        (2, 1, 3, taught.MIXED),
        (0, 1, 3, taught.REFUTED),
        (0, 0, 3, taught.NOT_SHOWN),
    ],
)
def test_the_verdict_counts_what_stands(right, wrong, n, word):
    assert taught.verdict(right, wrong, n) == word


def test_the_costs_decide_for_themselves():
    dear = {FULL: {"numbers": 100, taught.DISK: 100}, LORA: {"numbers": 2, taught.DISK: 60}}
    assert taught.fraction(dear).verdict == taught.IN_PART
    assert taught.fraction(dear).numbers == "numbers 2.0%, bytes 60.0%"
    all_dear = {FULL: COSTS[FULL], LORA: COSTS[FULL]}
    assert taught.fraction(all_dear).verdict == taught.REFUTED
    assert taught.little(dear, 5.0, 900.0).verdict == taught.IN_PART
    assert taught.little(COSTS, 95.0, 900.0).verdict == taught.IN_PART
    assert taught.little(dear, 95.0, 900.0).verdict == taught.REFUTED
    assert taught.less_memory({LORA: (0.3, 2.0), QLORA: (0.1, 2.1)}).verdict == taught.IN_PART
    assert taught.less_memory({LORA: (0.1, 2.0), QLORA: (0.3, 2.1)}).verdict == taught.REFUTED
