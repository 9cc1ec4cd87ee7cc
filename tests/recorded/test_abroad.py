"""Accuracies at home and abroad, and who leads where: of known answers."""

import dataclasses

import pytest

from course_utils.experiments import plan
from course_utils.measure.seeds import compare_means
from course_utils.recorded.abroad import by_place, leads
from course_utils.recorded.runs import Record

FIELDS = {field.name: None for field in dataclasses.fields(Record)}


def record(seed, home, tweets, products):
    run = plan.lora("methods", 1e-3, seed)
    given = {"correct": home, "domains": {"tweets": tweets, "products": products}}
    return Record(**FIELDS | dataclasses.asdict(run) | given)


ONE = [record(0, "1110", "10", "11"), record(1, "1111", "11", "10")]
OTHER = [record(0, "1000", "11", "00"), record(1, "1100", "10", "01")]


def test_each_seed_has_an_accuracy_in_each_place():
    assert by_place({"one": ONE, "other": OTHER}) == {
        "one": {"movies": [0.75, 1.0], "tweets": [0.5, 1.0], "products": [1.0, 0.5]},
        "other": {"movies": [0.25, 0.5], "tweets": [1.0, 0.5], "products": [0.0, 0.5]},
    }


def test_a_lead_is_that_of_the_method_over_each_rival_in_each_place_and_in_all_others():
    found = leads({"one": ONE, "other": OTHER}, "one")
    places = ["movies", "tweets", "products", "tweets + products"]
    assert list(found) == [("other", place) for place in places]
    assert found["other", "movies"].difference == pytest.approx(0.5)
    assert found["other", "tweets"].difference == 0
    together = compare_means(["1011", "1110"], ["1100", "1001"])
    assert found["other", "tweets + products"] == together
