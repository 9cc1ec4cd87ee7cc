"""The whole way of an adapter on a tiny model: trained, saved, loaded, merged."""

import pytest

from course_utils import settings
from course_utils.experiments import qlora_end_to_end, qlora_runs
from course_utils.experiments.qlora_end_to_end import ARMS, study_qlora_end_to_end, whole_way
from course_utils.experiments.qlora_runs import TrainingJob
from course_utils.recorded.end_to_end import end_to_end
from tests.experiments import wide_model

pytestmark = pytest.mark.slow  # it trains


@pytest.fixture(autouse=True)
def tiny(tmp_path, monkeypatch):
    wide_model.use(tmp_path / "model", monkeypatch)
    monkeypatch.setattr(qlora_runs, "STEPS", 6)
    monkeypatch.setattr(qlora_end_to_end, "RATES", (1e-2, 3e-2))


def test_the_report_has_both_arms_and_its_reader_opens_it(tmp_path, monkeypatch):
    study_qlora_end_to_end(tmp_path)
    monkeypatch.setattr(settings, "RECORDED", tmp_path)
    report = end_to_end()
    assert [(kept.arm, len(report.trials) // 2) for kept in report.kept] == [
        ("LoRA", 2),
        ("QLoRA", 2),
    ]
    states = {(state.arm, state.state): state for state in report.states}
    assert list(states) == [
        ("LoRA", "untrained"), ("LoRA", "trained"), ("LoRA", "saved and loaded"),
        ("LoRA", "merged: original"),
        ("QLoRA", "untrained"), ("QLoRA", "trained"), ("QLoRA", "saved and loaded"),
        ("QLoRA", "merged: original"), ("QLoRA", "merged: dequantised"),
    ]  # fmt: skip
    for arm in ("LoRA", "QLoRA"):
        assert states[arm, "untrained"].apart > 1e-3  # it has learned something
        assert states[arm, "saved and loaded"].apart == states[arm, "trained"].apart == 0
        assert len(states[arm, "trained"].written) == len(states[arm, "trained"].correct) == 10
    assert states["LoRA", "merged: original"].apart < 0.02  # rounded to 16 bits
    merged = {way: states["QLoRA", f"merged: {way}"].apart for way in ("original", "dequantised")}
    assert merged["dequantised"] < 0.02 < merged["original"]  # what rounding took is back
    lora, qlora = report.kept
    assert qlora.weight_bytes < 0.65 * lora.weight_bytes
    assert lora.adapter_bytes == qlora.adapter_bytes > 4 * 8 * 14 * 128


def test_an_adapter_that_is_not_loaded_shows(tmp_path, monkeypatch):
    monkeypatch.setattr(qlora_end_to_end, "load_adapter", lambda model, folder: [])
    _, states = whole_way(TrainingJob(list(ARMS)[1], 3e-2, 0, final=True), tmp_path)
    assert states[2].apart > 1e-3 and states[2].correct == states[0].correct
