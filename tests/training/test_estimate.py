"""The estimate of training time."""

import pytest

from course_utils.model.load import load_config
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.training import estimate


def test_it_grows_with_tokens_layers_and_the_time_of_a_layer(monkeypatch, tmp_path):
    tiny_model().save_pretrained(tmp_path)
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path))
    monkeypatch.setattr(estimate, "_probe", lambda config, here: 0.1)
    one = estimate.estimate_training_seconds(10_000)
    assert one > 0 and estimate.estimate_training_seconds(0) == 0
    assert estimate.estimate_training_seconds(30_000) == pytest.approx(3 * one)
    monkeypatch.setattr(estimate, "_probe", lambda config, here: 0.2)
    assert estimate.estimate_training_seconds(10_000) == pytest.approx(2 * one)
    config = load_config()
    config.num_hidden_layers *= 2
    monkeypatch.setattr(estimate, "load_config", lambda: config)
    assert estimate.estimate_training_seconds(10_000) == pytest.approx(4 * one)


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
def test_the_probe_runs_on_each_family_and_leaves_the_configuration_alone(
    kind, monkeypatch, tmp_path
):
    tiny_model(kind).save_pretrained(tmp_path)
    tiny_tokenizer().save_pretrained(tmp_path)
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path))
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    ticks = iter(range(100))
    monkeypatch.setattr(estimate.time, "perf_counter", lambda: float(next(ticks)))
    config = load_config()
    before = config.to_dict()
    assert estimate._probe(config, estimate.pick_device()) == 1.0
    assert config.to_dict() == before
