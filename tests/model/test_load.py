"""COURSE_MODEL: other causal language models through the same door."""

import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure.evaluation import compare
from course_utils.measure.scoring import label_scores
from course_utils.model.identity import model_name
from course_utils.model.load import load_model
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.training.backward import backward
from course_utils.training.loop import train
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.plan import Example, TrainingConfig

CPU = torch.device("cpu")


def saved(kind, folder, **options):
    tiny_model(kind).save_pretrained(folder, **options)
    tiny_tokenizer().save_pretrained(folder)
    return folder


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
def test_each_family_is_scored_and_trained(kind, tmp_path, monkeypatch):
    folder = saved(kind, tmp_path / f"tiny-{kind}")
    monkeypatch.setenv("COURSE_MODEL", str(folder))
    model, tokenizer = load_model(torch.float32, CPU)
    assert model_name().startswith(str(folder)) and tokenizer.padding_side == "right"
    scores = label_scores(model, tokenizer, Prompt("{text}:", (" bad", " good")), ["a", "bc"])
    torch.testing.assert_close(scores.sum(1), torch.ones(2))
    examples = [Example([5, 6, 7 + i % 2], 260 + i % 2) for i in range(16)]
    config = TrainingConfig(learning_rate=1e-2, steps=10, batch_size=8, validate_every=5)
    history = train(model, examples, examples, config, pad_id=0, folder=tmp_path / "run")
    assert history.best[1] < history.validations[0][1]


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
def test_in_bfloat16_it_can_be_called_plainly_and_a_small_step_moves_its_norms(
    kind, tmp_path, monkeypatch
):
    monkeypatch.setenv("COURSE_MODEL", str(saved(kind, tmp_path / "model")))
    model, _ = load_model(torch.bfloat16, CPU)
    ids = torch.tensor([[5, 6, 7, 8]])
    assert model(ids).logits.dtype == torch.bfloat16
    norms = [m for m in model.modules() if type(m).__name__.endswith("Norm")]
    assert norms
    before = [norm.weight.detach().clone() for norm in norms]
    backward(model, [Example([5, 6, 7], 260)], pad_id=0)
    MixedPrecisionAdamW(list(model.parameters()), learning_rate=1e-5).step(max_norm=1.0)
    assert all((norm.weight != old).any() for norm, old in zip(norms, before))


def test_a_missing_model_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path / "nothing"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(CourseError, match="unset COURSE_MODEL"):
        load_model(torch.float32, CPU)


def test_pickled_weights_are_refused(tmp_path, monkeypatch):
    folder = saved("llama", tmp_path / "pickled")
    weights = folder / "model.safetensors"
    weights.unlink()
    torch.save(tiny_model().state_dict(), folder / "pytorch_model.bin")
    monkeypatch.setenv("COURSE_MODEL", str(folder))
    with pytest.raises(CourseError, match="safetensors"):
        load_model(torch.float32, CPU)


def test_compare_reads_as_a_sentence():
    assert "points" in str(compare("110", "100"))
