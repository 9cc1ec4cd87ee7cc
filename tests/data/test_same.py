"""Pairs of sentences from made-up sources: neither place nor source tells the label."""

import itertools
from collections import Counter

import pytest

from course_utils.data.pairs import reviews_of
from course_utils.data.same import same_columns


def rows(*counts):
    return [(f"{source} {i}", source) for source, n in enumerate(counts) for i in range(n)]


def drawn(columns):
    """Source of the first, source of the second, label of each pair."""
    both = [[int(text.split()[0]) for text in reviews_of(pair)] for pair in columns["text"]]
    return [(a, b, label) for (a, b), label in zip(both, columns["label"])]


@pytest.mark.parametrize(
    ("counts", "quarters"),
    [
        ((100, 40, 48, 53), [22, 10, 12, 13]),  # the largest is cut to 10 + 12
        ((41, 40, 43), [10, 10, 10]),
        ((100, 3, 50), [12, 0, 12]),
        ((40, 99), [10, 10]),
        ((99,), [0]),
    ],
)
def test_each_source_stands_as_often_in_each_place_of_each_label(counts, quarters):
    pairs = drawn(same_columns(rows(*counts)))
    firsts, seconds = (Counter((pair[place], pair[2]) for pair in pairs) for place in (0, 1))
    assert firsts == seconds and all(firsts[s, 0] == firsts[s, 1] for s, _ in firsts)
    assert [firsts[source, 0] for source in range(len(counts))] == quarters


def test_the_label_says_whether_the_sources_are_the_same_and_both_are_equally_common():
    pairs = drawn(same_columns(rows(100, 40, 48, 53)))
    assert all(label == int(a == b) for a, b, label in pairs)
    assert Counter(label for *_, label in pairs) == {0: len(pairs) // 2, 1: len(pairs) // 2}


def test_no_sentence_is_in_two_pairs():
    used = [t for pair in same_columns(rows(100, 40, 48, 53))["text"] for t in reviews_of(pair)]
    assert len(used) == len(set(used)) == 4 * (22 + 10 + 12 + 13)


def test_every_two_sources_meet_about_as_often_as_by_chance():
    """Of four equal sources each meets the three others: n / 3 each, and not one of them alone."""
    pairs = drawn(same_columns(rows(*[480] * 4)))
    met = Counter((a, b) for a, b, label in pairs if label == 0)
    assert set(met) == set(itertools.permutations(range(4), 2))
    assert min(met.values()) > 25 and max(met.values()) < 55  # 40, and a deviation of about 5


def test_a_seed_always_draws_the_same_pairs_and_another_one_others():
    some = rows(40, 40, 40)
    assert same_columns(some) == same_columns(iter(some)) != same_columns(some, seed=1)
    assert some == rows(40, 40, 40)


def test_of_too_few_sentences_come_no_pairs():
    assert same_columns([]) == same_columns(rows(3, 3)) == {"text": [], "label": []}
