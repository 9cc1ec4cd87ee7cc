"""What loads is what was saved, or a sentence says what is wrong with the folder."""

import copy
import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import LlamaForSequenceClassification, PreTrainedTokenizerFast

from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.methods.lora_files import save_adapter
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model.load import load_model
from course_utils.model.sound import all_finite
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.quantisation.layer import quantise_model

CPU = torch.device("cpu")
WEIGHTS = "model.safetensors"
A_WEIGHT = "model.layers.0.mlp.gate_proj.weight"


def rewrite(folder, change):
    """Save a tiny model and change the tensors of its file."""
    tiny_model().save_pretrained(folder)
    state = change(load_file(folder / WEIGHTS))
    save_file(state, folder / WEIGHTS, {"format": "pt"})


def reconfigure(folder, **more):
    tiny_model().save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | more))


def without(state):
    return {key: value for key, value in state.items() if key != A_WEIGHT}


def shorter(state):
    return state | {A_WEIGHT: state[A_WEIGHT][:-1].contiguous()}


def not_a_number(state):
    state[A_WEIGHT][0, 0] = float("nan")
    return state


def with_lora(folder, merge=False):
    model = tiny_model()
    add_lora(model, 2, 4.0)
    if merge:
        for layer in lora_layers(model).values():
            layer.merge()
    model.save_pretrained(folder)


def quantised(folder):
    model = tiny_model()
    quantise_model(model)
    model.save_pretrained(folder)


def prompted(folder):
    model = tiny_model()
    add_soft_prompt(model, SoftPrompt(torch.randn(3, 32)))
    model.save_pretrained(folder)


def adapter(folder):
    model = tiny_model()
    add_lora(model, 2, 4.0)
    save_adapter(model, folder)
    tiny_model().save_pretrained(folder)


def own_code(folder):
    (folder / "modeling_x.py").write_text("raise SystemExit('the code of a model ran')\n")
    auto = {"AutoConfig": "modeling_x.C", "AutoModelForCausalLM": "modeling_x.M"}
    reconfigure(folder, model_type="xyz", auto_map=auto)


def bytes_of(make):
    def change(folder):
        tiny_model().save_pretrained(folder)
        (folder / WEIGHTS).write_bytes(make((folder / WEIGHTS).read_bytes()))

    return change


def no_tokens(folder):
    tiny_model().save_pretrained(folder)
    tokenizer = copy.deepcopy(tiny_tokenizer())
    PreTrainedTokenizerFast(tokenizer_object=tokenizer.backend_tokenizer).save_pretrained(folder)


def added_token(folder):
    tiny_model().save_pretrained(folder)
    tokenizer = copy.deepcopy(tiny_tokenizer())
    tokenizer.add_special_tokens({"pad_token": "[PAD]"})
    tokenizer.save_pretrained(folder)


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"
FAULTS = {
    "compiled": (
        lambda f: rewrite(f, lambda s: {f"_orig_mod.{k}": v for k, v in s.items()}),
        "was saved compiled",
    ),
    "a weight missing": (lambda f: rewrite(f, without), f"would be random: {A_WEIGHT}"),
    "a weight more": (lambda f: rewrite(f, lambda s: s | {"odd": torch.ones(2)}), "left out: odd"),
    "another shape": (lambda f: rewrite(f, shorter), "of another shape: .*gate_proj"),
    "not a number": (lambda f: rewrite(f, not_a_number), "not finite"),
    "LoRA": (with_lora, "was saved with LoRA layers in it"),
    "LoRA, merged": (lambda f: with_lora(f, merge=True), "was saved with LoRA layers in it"),
    "4 bits": (quantised, "was saved in 4 bits"),
    "soft prompt": (prompted, "was saved with a soft prompt"),
    "classifier": (
        lambda f: LlamaForSequenceClassification(tiny_model().config).save_pretrained(f),
        "has a classifier's head",
    ),
    "output head missing": (
        lambda f: reconfigure(f, tie_word_embeddings=False),
        "would be random: lm_head.weight",
    ),
    "quantised before": (
        lambda f: reconfigure(f, quantization_config={"quant_method": "gptq", "bits": 4}),
        "is quantised already .gptq.",
    ),
    "an adapter": (adapter, "holds an adapter, not a model"),
    "code of its own": (own_code, "contains custom code"),
    "cut off": (bytes_of(lambda whole: whole[:5000]), "cannot be loaded"),
    "Git LFS": (bytes_of(lambda whole: LFS), "placeholder of Git LFS"),
    "damaged settings": (
        lambda f: (reconfigure(f), (f / "config.json").write_text("{")),
        "not a valid JSON file",
    ),
    "no weights": (lambda f: (reconfigure(f), (f / WEIGHTS).unlink()), "cannot be loaded"),
    "no end-of-text token": (no_tokens, "neither a padding nor an end-of-text"),
    "a token too many": (added_token, "special tokens up to id 304, .* for 304"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_ends_in_a_sentence(fault, tmp_path, monkeypatch, capfd):
    make, message = FAULTS[fault]
    tiny_tokenizer().save_pretrained(tmp_path)
    make(tmp_path)
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path))
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("it asked a question"))
    with pytest.raises(CourseError, match=message) as refused:
        load_model(torch.float32, CPU)
    assert "What to do" in str(refused.value)
    assert "LOAD REPORT" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("shards", [1, 4])
@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
def test_a_sound_folder_loads_what_was_saved(kind, shards, tmp_path, monkeypatch):
    model = tiny_model(kind)
    size = sum(p.numel() * 4 for p in model.parameters()) // shards + 1
    model.save_pretrained(tmp_path, max_shard_size=size)
    assert len(list(tmp_path.glob("*.safetensors"))) >= shards - 1
    tiny_tokenizer().save_pretrained(tmp_path)
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path))
    loaded, _ = load_model(torch.float32, CPU)
    ids = torch.tensor([[5, 6, 7]])
    assert torch.equal(loaded(ids).logits, model(ids).logits)


def test_buffers_of_old_files_are_no_fault(tmp_path, monkeypatch):
    tiny_tokenizer().save_pretrained(tmp_path)
    extra = {"model.layers.0.self_attn.rotary_emb.inv_freq": torch.ones(4)}
    rewrite(tmp_path, lambda state: state | extra)
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path))
    load_model(torch.float32, CPU)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_finite_numbers_are_told_from_others_however_large(dtype):
    values = torch.full((3, 50), torch.finfo(dtype).max, dtype=dtype)
    assert all_finite(values) and all_finite(values[:0])
    for odd in (torch.nan, torch.inf, -torch.inf):
        assert not all_finite(torch.cat([values, torch.full((1, 50), odd, dtype=dtype)]))
