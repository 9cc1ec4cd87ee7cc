"""The study of the update: shares of energy and of rounding, and the whole on a tiny model."""

import json

import pytest
import torch

from course_utils import settings
from course_utils.analysis.low_rank import decompose
from course_utils.analysis.spectra import RANKS
from course_utils.experiments import update
from course_utils.experiments.update import Job, _rounding, energies_of
from course_utils.recorded.update import BFLOAT16, EVERYTHING, LINEAR, recorded_update
from tests.experiments import tiny_study


def test_the_energy_of_matrices_together_is_that_of_their_squared_norms():
    S = torch.linspace(70, 1, 70, dtype=torch.float64)
    one, two = torch.diag(S), torch.diag(2 * S.flip(0).square())
    parts = {"m.0.q": decompose(one), "m.0.v": decompose(two)}
    energy, most = energies_of(parts)
    assert list(energy) == ["all", "q", "v"]
    squares = [S.square(), (2 * S.square()).square()]
    for at, rank in enumerate(RANKS):
        shares = [(each[:rank].sum() / each.sum()).item() for each in squares]
        assert energy["q"][at] == pytest.approx(shares[0], abs=1e-4)
        assert energy["v"][at] == pytest.approx(shares[1], abs=1e-4)
        assert most[at] == pytest.approx(max(shares), abs=1e-4)
        together = sum(each[:rank].sum() for each in squares) / sum(e.sum() for e in squares)
        assert energy["all"][at] == pytest.approx(together.item(), abs=1e-4)


def test_rounding_is_a_share_of_what_is_stored():
    wanted = {"m.0.q": torch.tensor([3.0, 0.0]), "m.0.v": torch.tensor([1.0])}
    stored = {"m.0.q": torch.tensor([4.0, 0.0]), "m.0.v": torch.tensor([1.0])}
    assert _rounding(wanted, stored) == {"all": short(1 / 17), "q": 1 / 16, "v": 0.0}


def short(number):
    return float(f"{number:.5g}")


@pytest.fixture
def tiny(monkeypatch):
    tiny_study.use(monkeypatch, update)
    monkeypatch.setattr(update, "RATES", (1e-2, 1e-3))


@pytest.mark.slow
def test_the_whole_update_is_the_trained_model(tiny):
    row, spectra = update.perform(Job(1e-2, 0))
    trained = update.trained_update.train_update(1e-2, 0)
    assert row["correct"]["bfloat16"][EVERYTHING] == update.pack(trained.correct)
    assert row["correct"]["float32"]["64"] == row["correct"]["float32"][LINEAR]  # 32 at most
    assert row["energy"]["float32"]["all"][-1] == row["most"]["bfloat16"][-1] == 1.0
    assert 0 < row["rounding"]["all"] < 1 and len(spectra) == 7
    for found in spectra.values():
        assert list(found) == ["update", "through bfloat16", "rounding", "random"]
        norms = [sum(v**2 for v in found[kind]["values"]) for kind in ("update", "random")]
        if found["update"]["count"] == 16:  # all values are kept
            assert norms[0] == pytest.approx(norms[1], rel=1e-3)
    assert update.perform(Job(1e-2, 1))[1] == {}


@pytest.mark.slow
def test_the_study_is_read_back_and_gone_on_with(tiny, monkeypatch, tmp_path):
    report = update.study_update(tmp_path, workers=3)
    path = tmp_path / "update.json"
    assert json.loads(path.read_text()) == report
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    found = recorded_update()
    assert found.rates == [1e-3, 1e-2] and found.ranks == list(RANKS)
    assert [run.seed for run in found.of(1e-2)] == [0, 1, 2]
    assert len(found.spectra[1e-3]) == 7
    assert found.accuracy(1e-2, "8", BFLOAT16).n == 3
    cut = json.loads(path.read_text())
    lost = cut["runs"].pop(2)
    path.write_text(json.dumps(cut))
    performed = []
    monkeypatch.setattr(update, "perform", lambda job: performed.append(job) or (lost, {}))
    assert len(update.study_update(tmp_path, workers=1)["runs"]) == 6
    assert performed == [Job(lost["learning_rate"], lost["seed"])]
