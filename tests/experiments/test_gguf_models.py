"""A tied head found again, and Gemma's tokeniser from a vocabulary with scores."""

import types

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from course_utils.experiments.gguf_models import HEAD, TABLE, gemma_tokenizer, tie_head
from course_utils.model.tiny import tiny_model


def untied(folder, noise):
    model = tiny_model()
    model.config.tie_word_embeddings = False
    own = model.get_input_embeddings().weight
    torch.manual_seed(0)
    head = torch.nn.Parameter(own.detach() + noise * own.std() * torch.randn_like(own))
    model.lm_head.weight = head
    model.save_pretrained(folder)
    return head.detach()


def test_a_head_that_is_the_table_rounded_otherwise_becomes_both(tmp_path):
    head = untied(tmp_path, 0.05)
    tie_head(tmp_path)
    assert HEAD not in load_file(tmp_path / "model.safetensors")
    model = AutoModelForCausalLM.from_pretrained(tmp_path)
    assert model.get_input_embeddings().weight is model.get_output_embeddings().weight
    torch.testing.assert_close(model.get_input_embeddings().weight.detach(), head)


def test_another_head_stays_and_a_tied_one_too(tmp_path):
    untied(tmp_path / "other", 1.0)
    tiny_model().save_pretrained(tmp_path / "tied")
    for name in ("other", "tied"):
        before = load_file(tmp_path / name / "model.safetensors")
        tie_head(tmp_path / name)
        after = load_file(tmp_path / name / "model.safetensors")
        assert before.keys() == after.keys() and TABLE in after


@pytest.mark.parametrize("text, pieces", [
    ("ab ab", ["<bos>", "ab", "▁ab"]), ("ba", ["<bos>", "b", "a"]), ("é", ["<bos>", "<0xC3>",
    "<0xA9>"]),
])  # fmt: skip
def test_pieces_are_merged_by_their_scores_and_unknown_letters_are_bytes(text, pieces):
    specials = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    bytes_ = [f"<0x{value:02X}>" for value in range(256)]
    normal = {"▁": -9.0, "a": -8.0, "b": -7.0, "ab": -1.0, "▁ab": -2.0}
    tokens = [*specials, *bytes_, *normal]
    rows = {
        "tokens": tokens,
        "scores": [normal.get(token, 0.0) for token in tokens],
        "token_type": [3] * 5 + [6] * 256 + [1] * len(normal),
    }
    fields = {
        f"tokenizer.ggml.{name}": types.SimpleNamespace(contents=lambda value=value: value)
        for name, value in rows.items()
    }
    tokenizer = gemma_tokenizer(fields)
    assert tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"]) == pieces
