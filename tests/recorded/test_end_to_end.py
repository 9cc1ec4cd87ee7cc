"""The recorded way of a larger model from training to use."""

import pytest

from course_utils.measure.evaluation import wilson_interval
from course_utils.recorded.end_to_end import TRAINED, changed, end_to_end
from course_utils.recorded.qlora import chosen_rate, losses

REPORT = end_to_end()


def test_the_recorded_way_is_whole():
    assert REPORT.parameters > 1e9 and "/" not in REPORT.model and "GiB" in REPORT.device
    assert [(s.arm, s.state) for s in REPORT.states if s.apart == 0] == [
        ("LoRA", "trained"), ("LoRA", "saved and loaded"),
        ("QLoRA", "trained"), ("QLoRA", "saved and loaded"),
    ]  # fmt: skip
    for state in REPORT.states:
        assert len(state.correct) > 1000 and len(state.written) == 100
        assert state.interval == wilson_interval(state.correct.count("1"), len(state.correct))


@pytest.mark.parametrize("arm", ["LoRA", "QLoRA"])
def test_the_chosen_rate_has_a_worse_one_on_both_sides(arm):
    tried = losses(REPORT.trials, arm)
    (kept,) = [kept for kept in REPORT.kept if kept.arm == arm]
    assert kept.learning_rate == chosen_rate(REPORT.trials, arm)
    assert min(tried) < kept.learning_rate < max(tried)
    assert sorted(tried) == REPORT.settings["rates"]
    assert kept.loss == min(tried.values())  # the same seed: the same training


def test_changed_answers_are_counted_against_the_same_arm():
    counts = {(s.arm, s.state): changed(REPORT, s) for s in REPORT.states}
    assert {counts[arm, TRAINED] for arm in ("LoRA", "QLoRA")} == {0}
    untrained = [s for s in REPORT.states if s.state == "untrained"]
    trained = [s for s in REPORT.states if s.state == TRAINED]
    for before, after in zip(untrained, trained):
        differing = [a + b for a, b in zip(before.correct, after.correct) if a != b]
        assert counts[before.arm, "untrained"] == len(differing) > 20
