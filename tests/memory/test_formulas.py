"""Bytes by formula, against what is really held."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.memory.formulas import (
    checkpointed_bytes,
    count_lora,
    lora_training_bytes,
    qlora_bytes,
)


def test_training_bytes():
    expected = {"weights": 2000, "adapters": 40, "gradients": 40}
    expected |= {"Adam mean": 40, "Adam variance": 40}
    assert lora_training_bytes(1000, 10, torch.bfloat16) == expected
    assert lora_training_bytes(1000, 10, torch.float32)["weights"] == 4000


def test_adapters_by_hand():
    assert count_lora([(3, 5), (1, 1)], 2) == 2 * 8 + 2 * 2 and count_lora([], 2) == 0
    assert qlora_bytes(128, 3, 2) == {"codes": 64, "constants": 2 + 1 / 32, "rest": 6,
                                      "adapters": 32}  # fmt: skip
    assert checkpointed_bytes(2, 3, 5, 7) == 3 * (2 * 2 * 5 + 7)


@pytest.mark.parametrize("bad", [-1, 1.5, None, "8"])
def test_counts_are_whole_numbers(bad):
    calls = [lambda: count_lora([(3, 5)], bad), lambda: count_lora([(bad, 5)], 1)]
    calls += [lambda: count_lora([(3, bad)], 1)]
    calls += [lambda: lora_training_bytes(bad, 1, torch.float32)]
    calls += [lambda: lora_training_bytes(1, bad, torch.float32)]
    for place in range(3):
        numbers = [1, 1, 1]
        numbers[place] = bad
        calls.append(lambda numbers=tuple(numbers): qlora_bytes(*numbers))
    for place in range(4):
        numbers = [1, 1, 1, 1]
        numbers[place] = bad
        calls.append(lambda numbers=tuple(numbers): checkpointed_bytes(*numbers))
    for call in calls:
        with pytest.raises(CourseError, match="cannot be used.*whole number"):
            call()


def test_a_dtype_is_pytorchs():
    with pytest.raises(CourseError, match="dtype = 'bfloat16'"):
        lora_training_bytes(10, 1, "bfloat16")
