"""The self-test finds what differs, by itself and without touching the model."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.model import passes, selftest
from course_utils.model.load import load_model, norms_in_float32
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from tests.model.families import FAMILIES, build

GOOD = selftest.Ways(True, window=None, shares_prefix=True, words_are_rows=True, packs=True)


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_all_works_with_the_families_of_the_lessons(kind, dtype):
    model = tiny_model(kind).to(dtype).train()
    norms_in_float32(model)
    assert selftest.ways(model) == GOOD
    assert model.training and all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize("family", ["Granite", "Cohere", "Gemma 2", "Mistral", "OPT", "BLOOM"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_where_the_fast_way_differs_it_is_not_taken(family, dtype):
    model = build(family).to(dtype)
    norms_in_float32(model)
    assert not selftest.selftest(model).fast


def test_a_window_longer_than_the_probe_is_known_from_the_configuration():
    model = build("Mistral")
    model.config.sliding_window = 40
    for layer in model.model.layers:
        layer.self_attn.sliding_window = 40
    ways = selftest.selftest(model)
    assert ways.fast and ways.fast_for(40) and not ways.fast_for(41)
    assert ways.shares_for(40) and not ways.shares_for(41)
    model.config.sliding_window = 64  # as wide as the probe's packed row
    for layer in model.model.layers:
        layer.self_attn.sliding_window = 64
    ways = selftest.selftest(model)
    assert ways.packs_for(64) and not ways.packs_for(65)


def test_a_cache_that_cannot_be_repeated_is_not_shared():
    assert not selftest.selftest(build("Mamba")).shares_prefix


@pytest.mark.parametrize("family", ["Mamba", "Gemma 2", "BLOOM"])
def test_texts_do_not_share_rows_where_they_would_see_each_other(family):
    assert not selftest.selftest(build(family)).packs


@pytest.mark.parametrize("ignored", ["attention_mask", "position_ids"])
def test_a_model_that_takes_no_notice_of_texts_does_not_pack(ignored, monkeypatch):
    model = tiny_model("gpt2")  # its positions are learned: only the right ones will do
    forward = model.base_model.forward

    def deaf(**arguments):
        return forward(**arguments | {ignored: torch.zeros_like(arguments[ignored])})

    probe = selftest._Probe(model)
    assert probe.packs()
    monkeypatch.setattr(model.base_model, "forward", deaf)
    assert not probe.packs()


def test_a_model_that_both_ways_get_wrong_is_refused_by_name(monkeypatch):
    real = passes.plain_logits

    def wrong(model, embeddings, mask, last, cache=None):
        """Right for one row alone, and wrong for a batch with padding."""
        return real(model, embeddings, mask, last, cache) * (1 if len(embeddings) == 1 else 8)

    monkeypatch.setattr(selftest, "plain_logits", wrong)
    with pytest.raises(CourseError, match=r"LlamaForCausalLM .* by up to [1-9]"):
        selftest.ways(tiny_model())


def test_it_is_asked_once_of_a_model_and_of_its_next_copy(tmp_path, monkeypatch):
    tiny_model().save_pretrained(tmp_path)
    tiny_tokenizer().save_pretrained(tmp_path)
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path))
    asked, real = [], selftest.selftest
    monkeypatch.setattr(selftest, "selftest", lambda model: asked.append(1) or real(model))
    for _ in range(2):
        model, _ = load_model(torch.float32, torch.device("cpu"))
        assert selftest.ways(model) == GOOD
    assert len(asked) == 1


def test_answers_that_are_no_numbers_leave_the_question_open():
    model = tiny_model()
    with torch.no_grad():
        model.model.norm.weight[0] = float("nan")
    ways = selftest.ways(model)
    assert not ways.known and not ways.fast
    with torch.no_grad():
        model.model.norm.weight[0] = 1.0
    assert selftest.ways(model) == GOOD


def test_what_is_tried_on_a_gpu_is_what_works_on_a_cpu():
    models = {family: build(family) for family in FAMILIES}
    works = {
        model.config.model_type
        for model in models.values()
        if passes_fast(model) or selftest.window_of(model.config)
    }
    assert works - {"gemma2", "gemma3_text"} == selftest.TRIED_ON_GPU


def passes_fast(model):
    return selftest.selftest(model).fast
