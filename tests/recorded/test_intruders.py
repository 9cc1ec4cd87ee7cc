"""What is recorded of norms, directions, intruders and of shrinking them."""

import json
from statistics import geometric_mean

import pytest

from course_utils import settings
from course_utils.errors import CourseError
from course_utils.recorded.intruders import (
    INTRUDERS,
    TUNED,
    UPDATE,
    WHOLE,
    Setting,
    recorded_intruders,
)
from tests.recorded import made_up
from tests.recorded.made_up import LORA


@pytest.fixture
def report(monkeypatch, tmp_path):
    (tmp_path / "intruders.json").write_text(json.dumps(made_up.inside_report()))
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    return recorded_intruders()


def test_settings_are_named_as_in_the_lesson(report):
    names = ["full fine-tuning, 2e-5", "full fine-tuning, 1e-4", "LoRA r8, 5e-4", "LoRA r8, 2e-3"]
    assert [str(setting) for setting in report.trained] == names


def test_counts_are_over_all_matrices(report):
    assert report.counts(LORA).mean == 5 * 12 and report.counts(TUNED, 0.7).mean == 0
    assert report.control(LORA).mean == 3.0 and report.control(LORA, 0.3).mean == 1.0


def test_norms_are_means_over_the_seeds_beside_the_weights_own(report):
    norms = report.norms(LORA)
    assert norms.absolute.shape == (4, 3) and norms.kinds == tuple(made_up.KINDS)
    assert norms.absolute[0, 1].item() == pytest.approx(6.1)
    assert norms.relative[0, 1].item() == pytest.approx(6.1 / 30)


def test_an_answer_is_that_of_a_way_and_a_factor(report):
    for way, factor in ((WHOLE, 1.0), (INTRUDERS, 0.5)):
        found = [run.answer(way, factor).perplexity for run in report.of(LORA)]
        assert len(set(found)) > 1  # a geometric mean: its logarithm is the mean of the losses
        assert report.perplexity(LORA, way, factor).mean == pytest.approx(geometric_mean(found))
    assert report.accuracy(LORA, UPDATE, 0.0).mean == pytest.approx(0.91)
    assert report.against_whole(LORA, INTRUDERS, 0.0).difference == pytest.approx(-0.006)
    assert report.factors(LORA) == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_where_nothing_was_shrunk_every_way_is_the_whole_update(report):
    assert report.factors(TUNED) == [1.0]
    assert report.perplexity(TUNED, UPDATE, 0.0) == report.perplexity(TUNED)


def test_overlaps_stand_beside_chance(report):
    found = report.overlap(LORA, TUNED, "right")
    assert found["q_proj"] == pytest.approx([0.2, 0.22, 0.24])
    chance = report.by_chance(LORA, TUNED, "left")
    assert chance == pytest.approx({"q_proj": 8 / 576, "k_proj": 8 / 192, "down_proj": 8 / 576})
    assert report.by_chance(LORA, LORA, "right")["down_proj"] == pytest.approx(8 / 1536)
    one = Setting(1, 2e-3)
    assert report.by_chance(one, TUNED, "left")["k_proj"] == pytest.approx(8 / 192)
    assert report.by_chance(one, one, "left")["k_proj"] == pytest.approx(1 / 192)
    with pytest.raises(CourseError, match="compare a setting with itself"):
        report.overlap(LORA, Setting(0, 2e-5), "left")


def test_an_unknown_setting_names_those_that_there_are(report):
    with pytest.raises(CourseError, match="LoRA r8, 5e-4; LoRA r8, 2e-3"):
        report.of(Setting(2, 1e-3))


def test_what_is_recorded_holds_together():
    report = recorded_intruders()
    assert len(report.trained) == 7 and len(report.matrices) == 210
    assert {len(report.of(setting)) for setting in report.trained} == {3}
    for run in report.runs:
        counts = [run.intruders(threshold) for threshold in sorted(run.counts)]
        assert counts == sorted(counts) and len(run.norms) == 210
        assert {len(answer.correct) for answer in run.answers} == {1010}
        assert len(run.answers) == (13 if run.intruders() else 1)
