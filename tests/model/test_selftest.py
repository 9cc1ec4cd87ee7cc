"""The self-test finds what differs, by itself and without touching the model."""

import pytest
import torch
from transformers import AutoModelForCausalLM, BertConfig

from course_utils.errors import CourseError
from course_utils.model import passes, selftest
from course_utils.model.load import load_model, norms_in_float32
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from tests.model.families import FAMILIES, VOCABULARY, build

GOOD = selftest.Ways(True, window=None, shares_prefix=True, words_are_rows=True, packs=True)


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_all_works_with_the_families_of_the_lessons(kind, dtype):
    model = tiny_model(kind).to(dtype).train()
    norms_in_float32(model)
    assert selftest.ways(model) == GOOD
    assert model.training and all(p.grad is None for p in model.parameters())
    assert model.get_input_embeddings()(torch.tensor([1])).dtype == dtype


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
@torch.no_grad()
def test_a_model_that_takes_no_notice_of_texts_does_not_pack(ignored, monkeypatch):
    model = tiny_model("gpt2")  # its positions are learned: only the right ones will do
    forward = model.base_model.forward

    def deaf(**arguments):
        return forward(**arguments | {ignored: torch.zeros_like(arguments[ignored])})

    probe = selftest._Probe(model)
    assert probe.packs()
    monkeypatch.setattr(model.base_model, "forward", deaf)
    assert not probe.packs()


@pytest.mark.parametrize("family", ["Llama", "Qwen2", "Gemma", "GPT-2", "MPT"])
@torch.no_grad()
def test_what_the_model_says_is_rounded_as_the_ways_are(family):
    model = build(family).bfloat16()
    norms_in_float32(model)
    probe = selftest._Probe(model)
    mask = torch.ones_like(probe.ids)
    way = passes.plain_logits(model, probe.words, mask, mask.sum(1) - 1)[0]
    with passes.mixed_precision(model):
        sums_in_16_bits = model(input_ids=probe.ids).logits[0, -1].float()
    own = probe.expected[0]
    assert (way - own).abs().max() < 1e-3 * own.std()
    assert (sums_in_16_bits - own).abs().max() > 1e-2 * own.std()


@torch.no_grad()
def test_what_the_model_says_comes_from_a_batch_of_the_ways_shape():
    model, shapes = tiny_model(), []
    model.model.layers[0].register_forward_pre_hook(lambda layer, x: shapes.append(x[0].shape))
    probe = selftest._Probe(model)
    assert probe.agrees(passes.plain_logits) and probe.agrees(passes.fast_logits)
    assert len(shapes) == 3 and len(set(shapes)) == 1


def test_a_model_that_makes_more_of_ids_than_their_embeddings_is_refused():
    model = tiny_model()
    model.register_forward_pre_hook(_one_further, with_kwargs=True)
    with pytest.raises(CourseError, match=r"LlamaForCausalLM .* by up to [1-9]"):
        selftest.ways(model)


def _one_further(model, arguments, named):
    return arguments, {k: v.roll(1, 1) if k == "input_ids" else v for k, v in named.items()}


def test_a_model_that_sees_what_is_to_come_is_refused():
    config = BertConfig(
        vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, initializer_range=0.2,
    )  # fmt: skip
    with pytest.raises(CourseError, match="BertLMHeadModel itself says"):
        selftest.ways(AutoModelForCausalLM.from_config(config, attn_implementation="eager"))


@pytest.mark.parametrize(
    ("dtype", "share", "refused"),
    [
        (torch.float32, 1e-4, False),
        (torch.float32, 1e-2, True),
        (torch.bfloat16, 0.12, False),  # as far as rounding took ways apart on a GPU
        (torch.bfloat16, 0.37, True),  # as far as the packed way is from MPT's own answers
    ],
)
def test_rounding_is_told_from_what_is_wrong(dtype, share, refused, monkeypatch):
    real = passes.plain_logits

    def off(*arguments):
        logits = real(*arguments)
        logits[1, 3] += share * logits[1].std()
        return logits

    monkeypatch.setattr(selftest, "plain_logits", off)
    model = tiny_model().to(dtype)
    if refused:
        with pytest.raises(CourseError, match=rf"LlamaForCausalLM .* by up to {share:.2g}"):
            selftest.ways(model)
    else:
        assert selftest.ways(model) == GOOD


def test_a_way_that_fails_is_named_with_its_error(monkeypatch):
    def failing(*arguments):
        raise ValueError("no embeddings here")

    monkeypatch.setattr(selftest, "plain_logits", failing)
    with pytest.raises(CourseError, match="it fails: no embeddings here"):
        selftest.ways(tiny_model())


def test_a_prefix_at_the_wrong_place_is_not_shared(monkeypatch):
    real = selftest.cache_of

    def turned(model, embeddings):
        return real(model, embeddings.roll(1, 1))

    monkeypatch.setattr(selftest, "cache_of", turned)
    assert not selftest.ways(tiny_model()).shares_prefix


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
