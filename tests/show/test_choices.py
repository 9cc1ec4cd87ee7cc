"""What to use: every number is one of those that were handed in."""

import dataclasses

import pytest

from course_utils.recorded.gap_counts import gap_counts
from course_utils.recorded.labels import WORDS
from course_utils.recorded.learning_curves import crossing_of
from course_utils.show.choices import choices
from course_utils.show.learning_curves import two_digits
from tests.recorded.made_up_studies import FULL, LORA, SOFT, label_study, ladder, training, without


@dataclasses.dataclass
class Line:
    accuracy: float
    peak_memory: int
    disk: int


RESULTS = {
    FULL: Line(0.91, 5_200_000_000, 269_000_000),
    LORA: Line(0.905, 3_400_000_000, 4_900_000),
    SOFT: Line(0.89, 3_000_000_000, 23_100),
    "QLoRA": Line(0.9, 1_250_000_000, 4_900_000),
}


@pytest.fixture(scope="module")
def studies():
    return label_study(), ladder()


def test_the_questions_in_order_with_the_measured_numbers(studies):
    study, rungs = studies
    found = choices(study, rungs, RESULTS)
    assert [choice.use for choice in found] == [
        "zero-shot prompt", "best prompt of several", "QLoRA", SOFT, LORA,
        "LoRA or full fine-tuning",
    ]  # fmt: skip
    because = [choice.because for choice in found]
    assert because[0].startswith(
        "Accuracy 0.650 on movies without a label; the best of several prompts 40.0 to 40.0"
    )
    assert because[2].startswith("Peak 1.25 GB against 3.40 GB of LoRA; accuracy 0.900 against 0.9")
    assert because[3].startswith(
        "23.1 kB a task (LoRA 4.9 MB, full fine-tuning 269 MB); 0.7 to 7.1"
    )
    assert because[4].startswith("Peak 3.40 GB against 5.20 GB of full fine-tuning; 1.0 to 1.0")
    counts = gap_counts(rungs, LORA)
    assert f"in {counts.ahead} and behind it in 0 of 8 cells" in because[5]


def test_labels_that_validate_are_counted(studies):
    slow = without(studies[0], method=FULL)
    sure = {m: crossing_of(slow, m, WORDS).sure for m in (SOFT, LORA)}
    (_, found) = choices(slow, [], {})
    assert sure[LORA] < sure[SOFT]
    assert found.question == f"Fewer than about {two_digits(sure[LORA] + 200)} labels?"
    learnt = f"With {two_digits(sure[LORA])} to learn from and 200 to choose rate and weights by"
    assert found.because.startswith(f"{learnt}, LoRA stays ahead")


def test_without_labels_that_pay_nobody_is_told_to_train(studies):
    few = [rung for rung in without(studies[0], method=FULL) if rung.labels <= 8]
    found = choices(few, [], {})
    assert [choice.question for choice in found] == ["No labels?", "At most 208 labels?"]
    assert found[1].because.startswith("No trained method stays ahead")


def test_a_choice_without_its_numbers_is_left_out(studies):
    rungs = studies[1]
    assert choices([], [], {}) == []
    some = choices([], without(rungs, method=LORA), {})
    assert [choice.use for choice in some] == ["zero-shot prompt", SOFT]
    assert "a task" not in some[1].because


def test_full_fine_tuning_is_named_alone_where_it_is_ahead():
    model = "gemma-3-270m"
    rungs = [
        training(model, "pair", method, seed, end)
        for method, end in ((FULL, 0.9), (LORA, 0.8))
        for seed in (0, 1, 2)
    ]
    assert choices([], rungs, {})[-1].use == FULL
