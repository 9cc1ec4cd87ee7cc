"""The recorded update of full fine-tuning: shares of the gain by their definition."""

import json

import pytest

from course_utils import settings
from course_utils.analysis.spectra import RANKS
from course_utils.errors import CourseError
from course_utils.recorded.update import BFLOAT16, UpdateRun, recorded_update
from tests.recorded import made_up


@pytest.fixture
def report(monkeypatch, tmp_path):
    (tmp_path / "update.json").write_text(json.dumps(made_up.update_report()))
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    return recorded_update()


def test_the_share_is_of_the_gain_and_not_of_the_accuracy():
    correct = {
        "float32": {"before": "1000", "linear layers": "1111", "1": "1100"},
        "bfloat16": {"1": "1000", "8": "1110"},
    }
    run = UpdateRun(1e-4, 0, (1, 0.5), correct, {}, {}, {}, 1.0)
    assert run.gain("1") == pytest.approx(1 / 3) and run.gain("linear layers") == 1.0
    assert (run.gain("1", BFLOAT16), run.gain("8", BFLOAT16)) == pytest.approx((0.0, 2 / 3))


def test_means_are_over_the_seeds_of_a_rate(report):
    assert report.rates == [2e-5, 1e-4] and report.ranks == list(RANKS)
    assert [run.seed for run in report.of(1e-4)] == [0, 1, 2]
    assert report.accuracy(1e-4, "1").mean == pytest.approx(0.881)
    assert report.gain(1e-4, "1").mean == pytest.approx(81 / 121, abs=1e-3)
    assert report.gain(1e-4, "1").n == 3
    lost = report.against_whole(1e-4, "1", BFLOAT16)
    assert lost.difference == pytest.approx(-0.06) and lost.high < 0
    assert report.energy(1e-4, 4) == pytest.approx(0.4)
    assert report.rounding(2e-5).mean == pytest.approx(0.41)


def test_the_spectra_are_those_of_a_rate_and_a_matrix(report):
    found = report.spectra[2e-5]["model.layers.15.self_attn.k_proj"]
    assert list(found) == ["update", "through bfloat16", "rounding", "random"]
    assert found["update"].count == 192 and found["update"].energy(8) > found["random"].energy(8)


def test_an_unknown_rate_names_those_that_there_are(report):
    with pytest.raises(CourseError, match="2e-05, 0.0001"):
        report.of(1e-3)


def test_what_is_recorded_holds_together():
    report = recorded_update()
    assert {len(report.of(rate)) for rate in report.rates} == {3}
    before = {run.correct["float32"]["before"] for run in report.runs}
    assert len(before) == 1 and {len(answers) for answers in before} == {1010}
    for run in report.runs:
        for energy in (*run.energy["float32"].values(), *run.energy["bfloat16"].values()):
            assert energy == sorted(energy) and energy[-1] <= 1
        assert 0 < run.rounding["all"] < 1
        energies = [run.energy[precision]["all"][3] for precision in ("float32", "bfloat16")]
        assert energies[0] > energies[1]  # rounding is spread over all directions
