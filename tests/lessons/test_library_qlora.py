"""The study of QLoRA on a small model and real data."""

import dataclasses

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from course_utils.experiments import qlora as study
from course_utils.methods.names import Method
from course_utils.model.tiny import tiny_tokenizer
from course_utils.recorded.runs import run_of


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


@pytest.mark.parametrize("method", [Method.QLORA, Method.QLORA_LIBRARIES])
def test_a_run_of_the_study_leaves_a_record(method):
    run = next(run for run in study.runs() if run.method == method)
    record = study.perform_qlora(run, steps=2)
    assert run_of(record) == dataclasses.replace(run, steps=2) and len(record.correct) == 1010
    assert {"bitsandbytes", "peft", "torch"} <= set(record.versions)


@pytest.mark.parametrize("method", study.METHODS)
def test_steps_are_timed(monkeypatch, method):
    monkeypatch.setattr(study, "_ways", _plain)
    measured = study.time_method(method, timed=study.WARM + 2)
    assert measured["plain"]["seconds"] > 0
    assert measured["plain"]["peak_memory"] >= measured["plain"]["before"] > 0


_ways = study._ways


def _plain(method, *rest):
    """The first way of each method: the other one is for a GPU, or slow."""
    return _ways(method, *rest)[:1]
