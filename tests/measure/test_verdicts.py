"""Verdicts turn with the numbers, and a quick run claims nothing."""

import types

import pytest

from course_utils.measure import verdicts
from course_utils.measure.evaluation import compare
from course_utils.measure.perplexity import Change
from course_utils.measure.seeds import compare_means

GOOD, FAIR, BAD = "1" * 90 + "0" * 10, "1" * 70 + "0" * 30, "1" * 30 + "0" * 70
CLAIMS = (" is ahead", " is behind", "cannot be told", " rose", " fell", ": holds", "not hold")


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", "1")


@pytest.fixture(autouse=True)
def full(monkeypatch):
    monkeypatch.delenv("COURSE_QUICK", raising=False)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (GOOD, BAD, "LoRA is ahead of the prompt"),
        (BAD, GOOD, "LoRA is behind the prompt"),
        (FAIR, FAIR, "LoRA cannot be told from the prompt"),
        ("1" * 71 + "0" * 29, FAIR, "LoRA cannot be told from the prompt"),
    ],
)
def test_the_order_turns_with_the_answers(first, second, expected):
    for difference in (compare(first, second), compare_means([first], [second])):
        assert verdicts.order("LoRA", "the prompt", difference) == expected
        assert verdicts.title("LoRA", "the prompt", difference) == expected
        assert verdicts.versus("LoRA", "the prompt", difference).startswith(f"{expected}: ")


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(0.001, 0.2, "ahead"), (0.0, 0.2, "told"), (-0.2, 0.0, "told"), (-0.2, -0.001, "behind")],
)
def test_an_interval_that_touches_0_covers_it(low, high, word):
    difference = types.SimpleNamespace(difference=(low + high) / 2, low=low, high=high)
    assert word in verdicts.order("A", "B", difference)


def test_a_name_is_not_mistaken_for_the_other():
    difference = compare(GOOD, BAD)
    assert verdicts.versus("B", "A", difference).startswith("B is ahead of A: +60.0 points [+")


def test_only_answers_to_the_same_items_are_paired():
    def result(correct, items):
        return types.SimpleNamespace(correct=correct, items=items)

    assert verdicts.paired(result(GOOD, "a"), result(BAD, "a")) == compare(GOOD, BAD)
    assert verdicts.paired(result(GOOD, "a"), result(BAD, "b")) is None
    for sentence in (verdicts.order("A", "B", None), verdicts.versus("A", "B", None)):
        assert sentence == "A against B: no common items to compare"
    assert verdicts.title("A", "B", None) == "A against B"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(1.2, 1.1, 1.3), "perplexity rose: the interval excludes 1"),
        (Change(0.8, 0.7, 0.9), "perplexity fell: the interval excludes 1"),
        (Change(1.1, 0.9, 1.3), "perplexity: no change can be shown, as the interval covers 1"),
        (Change(1.0, 1.0, 1.0), "perplexity: no change can be shown, as the interval covers 1"),
    ],
)
def test_a_trend_turns_with_the_interval(change, expected):
    assert verdicts.trend("perplexity", change) == expected


@pytest.mark.parametrize("claimed", [verdicts.measured, verdicts.exact])
def test_a_claim_holds_or_not_and_gives_its_numbers(claimed):
    assert claimed("it fell", True) == "it fell: holds"
    assert claimed("it fell", False, "5 to 6") == "it fell: does not hold (5 to 6)"


@pytest.mark.parametrize("condition", [True, False])
@pytest.mark.parametrize("difference", [compare(GOOD, BAD), compare(BAD, GOOD)])
@pytest.mark.parametrize("change", [Change(2.0, 1.9, 2.1), Change(0.5, 0.4, 0.6)])
def test_a_quick_run_claims_nothing_whatever_the_numbers(quick, condition, difference, change):
    sentences = [
        verdicts.order("A", "B", difference),
        verdicts.versus("A", "B", difference),
        verdicts.trend("perplexity", change),
        verdicts.measured("it is so", condition, "n = 60"),
    ]
    for sentence in sentences:
        assert verdicts.NOT_TESTED in sentence
        assert not any(claim in sentence for claim in CLAIMS)
    assert "points [" in sentences[1] and "n = 60" in sentences[3]
    assert verdicts.title("A", "B", difference) == "A against B (quick run)"
    assert verdicts.title("A", "B", None) == "A against B (quick run)"


def test_a_quick_run_tests_what_its_length_does_not_change(quick):
    assert verdicts.exact("equal", True) == "equal: holds"
    assert verdicts.exact("equal", False) == "equal: does not hold"
    recorded = compare(GOOD, BAD)
    assert verdicts.order("A", "B", recorded, recorded=True) == "A is ahead of B"
    assert verdicts.versus("A", "B", recorded, recorded=True).startswith("A is ahead of B: +60.0")


def test_a_message_needs_its_condition():
    assert verdicts.message("It grows", True, "Error by block") == "It grows"
    assert verdicts.message("It grows", False, "Error by block") == "Error by block"


def test_results_of_a_quick_run_are_not_labelled_as_full_ones(monkeypatch):
    assert verdicts.source() == "yours"
    monkeypatch.setenv("COURSE_QUICK", "1")
    assert verdicts.source() == "quick"
