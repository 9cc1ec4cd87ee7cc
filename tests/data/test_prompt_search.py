"""The search for a prompt: draws from parts, and halving on landscapes with a known best."""

import itertools

import pytest

from course_utils.data.prompt_search import recombinations, successive_halving
from course_utils.errors import CourseError

PARTS = {
    "instruction": ["", "Is it good?", "Good or bad?"],
    "body": ["Review: {text}", "{text}"],
    "cue": ["Sentiment:", "It was"],
}


def test_every_combination_can_be_drawn_and_none_twice():
    drawn = recombinations(PARTS, seed=0, k=12)
    every = {"\n".join(p for p in parts if p) for parts in itertools.product(*PARTS.values())}
    assert set(drawn) == every and len(drawn) == 12
    assert "Review: {text}\nSentiment:" in drawn
    assert "Good or bad?\n{text}\nIt was" in drawn


def test_the_seed_decides_the_draw():
    assert recombinations(PARTS, 1, 5) == recombinations(PARTS, 1, 5)
    assert len({tuple(recombinations(PARTS, seed, 5)) for seed in range(5)}) == 5


def test_equal_templates_count_once():
    with pytest.raises(CourseError, match="2 different templates, fewer than k = 3"):
        recombinations({"a": ["x", "x", ""], "b": ["{text}"]}, 0, 3)


@pytest.mark.parametrize(
    ("parts", "seed", "k", "words"),
    [
        ({"body": []}, 0, 1, "parts.'body'."),
        ({"body": "{text}"}, 0, 1, "parts.'body'."),
        (PARTS, 0, 0, "k = 0"),
        (PARTS, 0.5, 1, "seed = 0.5"),
        (PARTS, 0, 13, "12 different templates"),
    ],
)
def test_parts_that_give_no_draw_are_refused(parts, seed, k, words):
    with pytest.raises(CourseError, match=words):
        recombinations(parts, seed, k)


def test_the_best_of_a_known_landscape_wins_and_the_budget_is_counted():
    calls = []

    def score(candidate, n):
        calls.append(n)
        return candidate / 10

    best, log = successive_halving([3, 9, 1, 7, 5, 0, 2, 8], score)
    assert best == 9
    assert [[c for c, _ in rung.scores] for rung in log.rungs] == [
        [9, 8, 7, 5, 3, 2, 1, 0], [9, 8, 7, 5], [9, 8],
    ]  # fmt: skip
    assert log.rungs[2].scores == ((9, 0.9), (8, 0.8)) and log.rungs[2].items == 200
    assert log.prompts_tried == 8
    assert log.items_scored == sum(calls) == 8 * 50 + 4 * 100 + 2 * 200


def test_what_looks_best_on_few_items_can_lose_on_more():
    """The score moves with n: "early" leads on 10 items, "late" on 40, "never" is cut too soon."""
    table = {
        "early": {10: 0.9, 20: 0.6, 40: 0.5},
        "late": {10: 0.7, 20: 0.7, 40: 0.8},
        "bad": {10: 0.2},
        "never": {10: 0.1, 20: 0.9, 40: 0.9},
    }
    best, log = successive_halving(table, lambda name, n: table[name][n], (10, 20, 40))
    assert best == "late"
    assert [len(rung.scores) for rung in log.rungs] == [4, 2, 1]
    assert log.items_scored == 40 + 40 + 40


@pytest.mark.parametrize(("count", "sizes"), [(1, [1, 1, 1]), (2, [2, 1, 1]), (5, [5, 3, 2])])
def test_of_an_odd_number_the_middle_one_stays(count, sizes):
    _, log = successive_halving(range(count), lambda candidate, n: -candidate)
    assert [len(rung.scores) for rung in log.rungs] == sizes


def test_of_equal_ones_the_earlier_stays_and_a_repeated_one_counts_once():
    best, log = successive_halving(["b", "a", "b", "c"], lambda candidate, n: 0.5, (1,))
    assert best == "b" and log.prompts_tried == 3 and log.items_scored == 3


@pytest.mark.parametrize("rungs", [(), (0, 5), (50, 50), (100, 50), (1.5, 2)])
def test_rungs_that_do_not_rise_are_refused(rungs):
    with pytest.raises(CourseError, match="rungs = "):
        successive_halving("ab", lambda candidate, n: 0.5, rungs)


def test_no_candidate_and_no_number_are_refused():
    with pytest.raises(CourseError, match="no candidate"):
        successive_halving([], lambda candidate, n: 0.5)
    with pytest.raises(CourseError, match="score = nan"):
        successive_halving("ab", lambda candidate, n: float("nan"))
