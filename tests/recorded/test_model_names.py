"""Families and sizes of models of the ladder, and of others that a learner may name."""

import pytest

from course_utils.recorded.model_names import family, models_of, short_name, size, tasks_of
from tests.recorded.made_up_ladder import rung


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("SmolLM2-135M-Instruct", "SmolLM2"),
        ("gemma-3-270m", "gemma-3"),
        ("Qwen/Qwen2.5-Coder-0.5B-Instruct", "Qwen2.5-Coder"),
        ("models/Qwen2.5-3B/", "Qwen2.5"),
        ("gpt2", "gpt2"),
    ],
)
def test_a_family_is_what_stands_before_the_size(model, name):
    assert family(model) == name


def test_sizes_in_words():
    found = [size(n) for n in (134_515_008, 999_400_000, 999_600_000, 1_543_714_304)]
    assert found == ["135M", "999M", "1.0B", "1.5B"]
    assert short_name("gemma-3-270m", 268_098_176) == "gemma-3 268M"


def test_models_by_size_and_tasks_in_order():
    rungs = [
        rung(model="b", parameters=9, task="y"),
        rung(model="a", parameters=2, task="x"),
        rung(model="b", parameters=9, task="x"),
    ]
    assert list(models_of(rungs).items()) == [("a", 2), ("b", 9)]
    assert tasks_of(rungs) == ["y", "x"]
