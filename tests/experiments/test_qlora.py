"""The study of QLoRA: its settings, and going on after an interruption."""

import dataclasses

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from course_utils.experiments import qlora as study
from course_utils.methods.names import Method
from course_utils.model.tiny import tiny_tokenizer
from course_utils.recorded.runs import recorded, run_of, write


@pytest.fixture(autouse=True)
def wide_model(tmp_path, monkeypatch):
    """A tiny model, all widths multiples of the block, that the course loads as its own."""
    config = LlamaConfig(
        vocab_size=len(tiny_tokenizer()), hidden_size=64, intermediate_size=128,
        num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4,
        tie_word_embeddings=True, max_position_embeddings=512, initializer_range=0.1,
    )  # fmt: skip
    torch.manual_seed(0)
    LlamaForCausalLM(config).save_pretrained(tmp_path / "model")
    tiny_tokenizer().save_pretrained(tmp_path / "model")
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path / "model"))
    monkeypatch.setenv("COURSE_DEVICE", "cpu")


def test_every_method_has_the_same_setting_and_the_recorded_runs_are_those():
    runs = study.runs()
    assert {run_of(record) for record in recorded("qlora")} == set(runs)
    settings = {dataclasses.replace(run, method=Method.LORA, seed=0) for run in runs}
    assert len(settings) == 1 and {run.method for run in runs} == set(study.METHODS)


def test_a_study_does_not_run_again_what_it_has(tmp_path, monkeypatch):
    like = recorded("qlora")[0]
    kept = [dataclasses.replace(like, method=r.method, seed=r.seed) for r in study.runs()]
    write(kept, tmp_path / "qlora.jsonl")
    (tmp_path / "qlora_step.json").write_text("{}")
    before = (tmp_path / "qlora.jsonl").read_bytes()
    monkeypatch.setattr(study, "time_steps", None)
    study.study_qlora(tmp_path, workers=1)
    assert (tmp_path / "qlora.jsonl").read_bytes() == before
    assert (tmp_path / "qlora_step.json").read_text() == "{}"
