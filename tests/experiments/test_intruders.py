"""The study of what is inside an update, on a tiny model."""

import json

import pytest
import torch

from course_utils import settings
from course_utils.analysis.intruders import intruders
from course_utils.experiments import intruders as study
from course_utils.experiments import overlaps, shrinking
from course_utils.experiments.intruders import Job, random_update
from course_utils.experiments.trained_update import TrainedUpdate, train_update
from course_utils.recorded.intruders import Setting, recorded_intruders
from tests.experiments import tiny_study

SETTINGS = (Setting(0, 1e-2), Setting(2, 2e-1), Setting(1, 1e-3))


@pytest.fixture
def tiny(monkeypatch):
    tiny_study.use(monkeypatch, study, shrinking)
    monkeypatch.setattr(study, "SETTINGS", SETTINGS)
    monkeypatch.setattr(overlaps, "TUNED", SETTINGS[0])


@pytest.mark.parametrize("rank", [0, 1, 3])
def test_the_random_update_has_the_norm_and_the_rank(rank):
    update = torch.randn(9, 6, generator=torch.Generator().manual_seed(0))
    drawn = random_update(update, rank, torch.Generator().manual_seed(1))
    assert drawn.norm().item() == pytest.approx(update.norm().item(), rel=1e-5)
    assert torch.linalg.matrix_rank(drawn, rtol=1e-4) == (rank or 6)


def test_intruders_are_counted_as_the_learner_counts_them(tiny):
    trained = train_update(2e-1, 0, 2)
    _, counts, control = study.look(trained, 2, 0)
    for at, (name, update) in enumerate(trained.update.items()):
        weight = trained.base[name].float()
        for threshold in counts:
            found = intruders(weight, weight + update, 10, threshold)
            assert counts[threshold][at] == len(found)
    assert len(control[0.5]) == len(counts[0.5]) == 14 and sum(counts[0.7]) > 0


def test_without_an_update_there_is_no_intruder(tiny):
    base = {"m.0.q": torch.randn(12, 12, generator=torch.Generator().manual_seed(0))}
    trained = TrainedUpdate(base, {"m.0.q": torch.zeros(12, 12)}, {}, (0, 0.0), "1")
    adapted, counts, _ = study.look(trained, 1, 0)
    assert counts == {0.3: [0], 0.5: [0], 0.7: [0]} and not adapted["m.0.q"].intruders[1].numel()


@pytest.mark.slow
def test_the_study_is_read_back_and_gone_on_with(tiny, monkeypatch, tmp_path):
    performed, perform = [], study.perform

    def cut_off(job):
        performed.append(job)
        if len(performed) == 5:
            raise KeyboardInterrupt
        return perform(job)

    monkeypatch.setattr(study, "perform", cut_off)
    with pytest.raises(KeyboardInterrupt):
        study.study_intruders(tmp_path, workers=1)
    report = study.study_intruders(tmp_path, workers=2)
    assert json.loads((tmp_path / "intruders.json").read_text()) == report
    assert len(performed) == 10 and performed[4] == performed[5] == Job(SETTINGS[1], 1)
    assert [path.name for path in tmp_path.iterdir()] == ["intruders.json"]
    assert study.study_intruders(tmp_path, workers=2) == report and len(performed) == 10
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    found = recorded_intruders()
    assert found.trained == [SETTINGS[0], SETTINGS[2], SETTINGS[1]]
    assert found.norms(SETTINGS[1]).absolute.shape == (2, 7)
    assert len(found.overlap(SETTINGS[1], SETTINGS[0], "left")["q_proj"]) == 3
    assert found.of(SETTINGS[1])[0].intruders() > 0
    assert found.factors(SETTINGS[1]) == [1.0, 0.75, 0.5, 0.25, 0.0]
