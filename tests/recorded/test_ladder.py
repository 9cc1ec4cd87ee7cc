"""The recorded ladder, read off at the end, at equal steps and at equal compute."""

import pytest

from course_utils import settings
from course_utils.data import tasks
from course_utils.errors import CourseError
from course_utils.measure.seeds import compare_means
from course_utils.methods.names import Method
from course_utils.recorded import ladder
from course_utils.recorded.ladder import (
    TRAINED,
    ZERO_SHOT,
    chosen_rate,
    finals,
    gap,
    read_rungs,
    recorded_ladder,
    write_rungs,
)
from tests.recorded.made_up_ladder import rung

FULL, LORA = Method.FULL.value, Method.LORA.value


def test_what_is_written_is_read(tmp_path):
    rungs = [rung(), rung(method=FULL, correct="101", readings=[])]
    write_rungs(rungs, tmp_path / "m.jsonl")
    assert read_rungs(tmp_path / "m.jsonl") == rungs
    assert read_rungs(tmp_path / "none.jsonl") == []


def test_a_reading_is_the_last_one_by_then():
    one = rung()
    assert one.at_steps(49) is None
    assert [one.at_steps(s) for s in (50, 99, 100, 199, 9999)] == [
        "1000", "1000", "1010", "1010", "1100"
    ]  # fmt: skip
    assert one.at_flops(999) == "1000" and one.at_flops(1000) == "1010"
    assert one.loss == 1.0 and one.accuracy == 0.5


def test_the_rate_is_chosen_by_seed_0_on_validation_alone():
    rungs = [
        rung(loss=0.4, learning_rate=1e-4, correct="0000"),
        rung(loss=0.5, learning_rate=1e-3, correct="1111"),
        rung(loss=0.1, learning_rate=1e-2, ended="diverged"),
        rung(loss=0.0, learning_rate=1e-3, seed=1),
        rung(loss=0.9, learning_rate=1e-4, seed=1),
    ]
    assert chosen_rate(rungs) == 1e-4
    assert [(r.learning_rate, r.seed) for r in finals(rungs, "m", "movies", LORA)] == [
        (1e-4, 0), (1e-4, 1)
    ]  # fmt: skip
    with pytest.raises(CourseError, match="to choose a learning rate from"):
        finals(rungs, "m", "movies", FULL)


def test_the_gap_is_full_fine_tuning_less_the_method():
    full = [rung(method=FULL, seed=s, correct="1111") for s in (0, 1)]
    own = [rung(seed=0, correct="1110"), rung(seed=1, correct="0110")]
    prompt = rung(method=ZERO_SHOT, correct="0001", readings=[], validations=[])
    rungs = [*full, *own, prompt]
    found = gap(rungs, "m", "movies", LORA)
    assert found == compare_means(["1111"] * 2, ["1110", "0110"])
    assert found.difference == pytest.approx(0.375)
    early = gap(rungs, "m", "movies", LORA, steps=60)
    assert early.difference == pytest.approx(0.75)
    assert gap(rungs, "m", "movies", ZERO_SHOT).difference == pytest.approx(0.75)
    with pytest.raises(CourseError, match="no answers of 'LoRA'"):
        gap(rungs, "m", "movies", LORA, steps=10)


def test_recorded_rungs_are_sorted_by_size(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    with pytest.raises(CourseError, match="no recorded ladder"):
        recorded_ladder()
    (tmp_path / ladder.FOLDER).mkdir()
    for name, size in (("a", 300), ("b", 100)):
        write_rungs([rung(model=name, parameters=size)], tmp_path / ladder.FOLDER / f"{name}.jsonl")
    assert [one.model for one in recorded_ladder()] == ["b", "a"]


def test_shipped_rungs_answered_all_test_items_last_with_their_best_weights():
    for one in recorded_ladder():
        assert len(one.correct) == len(tasks.load(one.task).test)
        assert one.method not in TRAINED or one.readings[-1] == (one.steps, one.correct)
        assert (
            one.method not in TRAINED
            or one.best_step == min(one.validations, key=lambda point: point[1])[0]
        )
