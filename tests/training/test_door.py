"""What training is given: refused before anything changes, or let through."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.model.tiny import tiny_model
from course_utils.training.door import check
from course_utils.training.loop import train
from course_utils.training.plan import Example, TrainingConfig

GOOD = [Example([5, 6, 7], 260)] * 4
CONFIG = TrainingConfig(1e-2, 4, 4)


def merged():
    model = tiny_model()
    add_lora(model, 3, 5.0)
    next(iter(lora_layers(model).values())).merge()
    return model


def broken():
    model = tiny_model()
    with torch.no_grad():
        model.model.norm.weight[0] = float("inf")
    return model


REFUSED = {
    "no examples": ({"examples": []}, "There are no examples"),
    "no validation": ({"validation": []}, "There are no validation"),
    "empty prompt": ({"examples": [*GOOD, Example([], 260)]}, r"examples\[4\] has no tokens"),
    "unknown token": ({"validation": [Example([5, 304], 260)]}, "vocabulary of 304"),
    "unknown answer": ({"examples": [Example([5], 999)]}, "vocabulary of 304"),
    "negative token": ({"examples": [Example([-1], 5)]}, "vocabulary of 304"),
    "all answer": ({"examples": [Example([5, 6], 7, 3)]}, "it has no prompt"),
    "no answer": ({"examples": [Example([5, 6], 7, 0)]}, "0 of its tokens are the answer"),
    "too long": ({"examples": [Example([5] * 513, 260)]}, "513 tokens"),
    "no example": ({"examples": [([5], 6)]}, "an Example, by make_examples"),
    "no config": ({"config": {"steps": 3}}, "a TrainingConfig"),
    "padding": ({"pad_id": None}, "pad_id = None"),
    "padding out of the vocabulary": ({"pad_id": 304}, "pad_id = 304"),
    "merged": ({"model": merged}, "is merged"),
    "not finite": ({"model": broken}, "model.norm.weight has numbers that are not finite"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_sentence_and_nothing_changed(case, tmp_path):
    change, message = REFUSED[case]
    given = {"examples": GOOD, "validation": GOOD, "config": CONFIG, "pad_id": 0} | change
    model = given.pop("model", tiny_model)()
    state = [value.clone() for value in model.state_dict().values()]
    random = torch.get_rng_state()
    with pytest.raises(CourseError, match=message) as refused:
        train(model, given["examples"], given["validation"], given["config"],
              pad_id=given["pad_id"], folder=tmp_path / "run")  # fmt: skip
    assert "What to do" in str(refused.value)
    same = [torch.equal(a, b) for a, b in zip(model.state_dict().values(), state)]
    assert all(same) or case == "not finite"
    assert torch.equal(torch.get_rng_state(), random) and not list(tmp_path.iterdir())


def test_what_is_right_passes():
    check(tiny_model(), GOOD, tuple(GOOD), CONFIG, 0)
    check(tiny_model(), [Example([5] * 512, 260)], GOOD, CONFIG, 303)
