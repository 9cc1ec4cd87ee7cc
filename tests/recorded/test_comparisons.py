"""Every two methods on each model and task, as far as the records go."""

from course_utils.measure.seeds import compare_means
from course_utils.methods.names import Method
from course_utils.recorded.comparisons import comparisons
from course_utils.recorded.ladder import DIVERGED, ZERO_SHOT
from tests.recorded.made_up_ladder import rung

FULL, LORA = Method.FULL.value, Method.LORA.value
SEEDS = (0, 1, 2)


def test_each_two_methods_of_a_model_and_a_task():
    full = [rung(method=FULL, seed=s, correct="1111") for s in SEEDS]
    lora = [rung(correct="1110", seed=s) for s in SEEDS]
    lora.append(rung(correct="0000", learning_rate=0.1, loss=9.0))
    words = rung(method=ZERO_SHOT, correct="1000", validations=[], task="pair")
    both = [*(rung(method=FULL, correct="1100", task="pair", seed=s) for s in SEEDS), words]
    found = comparisons([*full, *lora, *both])
    assert [(c.model, c.task, c.first, c.second) for c in found] == [
        ("m", "movies", LORA, FULL),
        ("m", "pair", ZERO_SHOT, FULL),
    ]
    assert found[0].difference == compare_means(["1111"] * 3, ["1110"] * 3)
    assert found[0].difference.difference == 0.25  # the second less the first
    assert found[0].answers == (["1110"] * 3, ["1111"] * 3)


def test_what_only_diverged_or_has_two_seeds_is_left_out():
    three = [rung(seed=s) for s in SEEDS]
    diverged = [rung(method=FULL, ended=DIVERGED, seed=s) for s in SEEDS]
    two = [rung(method=FULL, seed=s) for s in SEEDS[:2]]
    assert comparisons([*three, *diverged]) == comparisons([*three, *two]) == []
    assert len(comparisons([*three, *two, rung(method=FULL, seed=2)])) == 1
