"""Every two methods on each model and task, as far as the records go."""

from course_utils.measure.seeds import compare_means
from course_utils.methods.names import Method
from course_utils.recorded.comparisons import comparisons
from course_utils.recorded.ladder import DIVERGED, ZERO_SHOT
from tests.recorded.made_up_ladder import rung

FULL, LORA = Method.FULL.value, Method.LORA.value


def test_each_two_methods_of_a_model_and_a_task():
    full = [rung(method=FULL, seed=s, correct="1111") for s in (0, 1)]
    lora = [rung(correct="1110"), rung(correct="0000", learning_rate=0.1, loss=9.0)]
    words = rung(method=ZERO_SHOT, correct="1000", validations=[], task="pair")
    both = [rung(method=FULL, correct="1100", task="pair"), words]
    found = comparisons([*full, *lora, *both])
    assert [(c.model, c.task, c.first, c.second) for c in found] == [
        ("m", "movies", LORA, FULL),
        ("m", "pair", ZERO_SHOT, FULL),
    ]
    assert found[0].difference == compare_means(["1111"] * 2, ["1110"])
    assert found[0].difference.difference == 0.25  # the second less the first
    assert found[0].answers == (["1110"], ["1111"] * 2)


def test_a_method_that_only_diverged_is_left_out():
    assert comparisons([rung(method=FULL, ended=DIVERGED), rung()]) == []
