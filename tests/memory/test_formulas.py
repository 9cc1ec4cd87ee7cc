"""Bytes by formula, against what is really held."""

import torch

from course_utils.memory.formulas import lora_training_bytes


def test_training_bytes():
    expected = {"weights": 2000, "adapters": 40, "gradients": 40}
    expected |= {"Adam mean": 40, "Adam variance": 40}
    assert lora_training_bytes(1000, 10, torch.bfloat16) == expected
    assert lora_training_bytes(1000, 10, torch.float32)["weights"] == 4000
