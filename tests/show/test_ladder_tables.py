"""The ladder's tables against known accuracies and costs, and with cells that are missing."""

import dataclasses

import pytest

from course_utils.measure.evaluation import compare
from course_utils.measure.seeds import mean_accuracy
from course_utils.recorded.ladder import finals
from course_utils.show.ladder_tables import (
    accuracy_table,
    cost_table,
    equal_compute_table,
    picked_table,
    seed_table,
)
from tests.recorded.made_up_studies import FULL, LORA, MODELS, SOFT, ladder, training, without

SMALL = next(iter(MODELS))


@pytest.fixture(scope="module")
def rungs():
    return ladder()


def test_accuracies_of_every_method(rungs):
    frame = accuracy_table(rungs).frame
    assert list(frame) == ["task", "model", "zero-shot", "few-shot", SOFT, LORA, FULL]
    assert frame["task"].tolist() == ["pair"] * 4 + ["movies"] * 4
    assert frame["model"][0] == "SmolLM2 135M"
    known = mean_accuracy([r.correct for r in finals(rungs, SMALL, "pair", LORA)])
    assert frame[LORA][0] == f"0.890 \u00b1 {(known.high - known.low) / 2:.3f}"
    assert frame["zero-shot"][0].startswith("0.500 \u00b1 0.03")


def test_one_seed_has_no_interval_and_a_missing_cell_a_dash():
    few = without(ladder(tasks=("pair",), seeds=(0,)), model=SMALL, method=LORA)
    frame = accuracy_table(few).frame
    assert frame[FULL][0] == "0.900" and frame[LORA][0] == "-"
    assert "\u00b1" in frame["zero-shot"][0]
    assert equal_compute_table(few).frame["prompt tuning [95 %]"][0] == "+7.1"
    assert accuracy_table(without(few, model=SMALL)).frame["model"][0] == "gemma-3 268M"


def test_equal_compute_gives_cheaper_steps_more_of_them(rungs):
    frame = equal_compute_table(rungs).frame
    assert list(frame) == ["task", "model", "TFLOPs", "prompt tuning [95 %]", "LoRA [95 %]"]
    assert frame["TFLOPs"][0] == f"{700 * 6e6 * MODELS[SMALL] / 1e12:,.0f}"
    assert frame["LoRA [95 %]"][0].startswith("+1.0 [")  # 1,050 steps: its end
    assert frame["prompt tuning [95 %]"][0].startswith("+7.1 [")
    some = without(rungs, model=SMALL, method=SOFT)
    assert equal_compute_table(some).frame["prompt tuning [95 %]"][0] == "-"
    assert len(equal_compute_table(without(rungs, method=FULL)).frame) == 0


def test_costs_of_what_is_trained(rungs):
    frame = cost_table(rungs, "pair").frame
    assert frame["method"].tolist() == [SOFT, LORA, FULL] * 4
    row = frame.iloc[2]
    assert (row["seeds"], row["best step"], row["seconds"]) == ("3", "700", "60")
    assert (row["peak GB"], row["trained"]) == ("6.0", "11,520")
    assert row["TFLOPs"] == f"{700 * 6e6 * MODELS[SMALL] / 1e12:,.0f}"
    assert len(cost_table(without(rungs, method=LORA), "pair").frame) == 8
    assert len(cost_table(rungs, "none").frame) == 0


def test_each_seed_is_shown_and_a_stuck_one_widens_the_mean_past_the_majority():
    even = ladder(tasks=("pair",), models=(SMALL,))
    stuck = training(SMALL, "pair", SOFT, 1, 0.6)
    odd = [*without(even, method=SOFT, seed=1), stuck]
    first, second = (seed_table(r, SOFT, {"pair": 0.5}).frame.iloc[0] for r in (even, odd))
    known = mean_accuracy([r.correct for r in finals(odd, SMALL, "pair", SOFT)])
    assert first["above majority"] == "yes" and second["above majority"] == "not shown"
    assert second["each seed"].split(", ")[1] == "0.600"
    assert second["95 % of the mean"] == f"{known.low:.3f} to {known.high:.3f}"
    assert second["mean"] == f"{known.difference:.3f}"


def test_validation_picks_one_seed_of_each_method_for_a_gap_paired_by_item(rungs):
    seeds = finals(rungs, SMALL, "pair", SOFT)
    validations = [(steps, loss / 100, share) for steps, loss, share in seeds[2].validations]
    right = "1" * 90 + "0" * 910
    best = dataclasses.replace(seeds[2], validations=validations, correct=right)
    changed = [best if rung is seeds[2] else rung for rung in rungs]
    frame = picked_table(changed, SOFT).frame
    full = min(finals(rungs, SMALL, "pair", FULL), key=lambda rung: rung.loss)
    known = compare(full.correct, best.correct)
    assert frame[SOFT][0] == "0.090" and frame[FULL][0] == f"{full.accuracy:.3f}"
    ends = f"[{100 * known.low:+.1f}, {100 * known.high:+.1f}]"
    assert frame["points behind [95 %]"][0] == f"{100 * known.difference:+.1f} {ends}"
    assert len(frame) == 8
    assert len(picked_table(ladder(tasks=("pair",), seeds=(0, 1)), SOFT).frame) == 0


def test_a_method_with_more_seeds_is_given_no_more_tries(rungs):
    more = training(SMALL, "pair", SOFT, 3, 0.99)
    lower = [(steps, loss / 100, share) for steps, loss, share in more.validations]
    more = dataclasses.replace(more, validations=lower)
    assert len(finals([*rungs, more], SMALL, "pair", SOFT)) == 4
    assert picked_table([*rungs, more], SOFT).frame.equals(picked_table(rungs, SOFT).frame)


def test_two_seeds_have_no_interval_and_an_untrained_cell_no_row():
    few = seed_table(ladder(tasks=("pair",), seeds=(0, 1)), SOFT, {"pair": 0.5}).frame
    assert len(few) == 4 and set(few["above majority"]) == {"-"} == set(few["95 % of the mean"])
    assert len(seed_table(without(ladder(), method=SOFT), SOFT, {}).frame) == 0
