"""Shares of attention and lengths of states against the model's own numbers."""

import pytest
import torch

from course_utils.analysis.attention import FIRST, PARTS, QUESTION, REVIEW, SOFT, where_it_looks
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.methods import soft_prompt
from course_utils.model.tiny import tiny_model, tiny_tokenizer

TOKENIZER = tiny_tokenizer()
PROMPT = Prompt("It: {text}\nIs?", (" good", " bad"))
BEFORE, TEXT, AFTER = "It: ", "a good film", "\nIs?"  # each whole pieces of this tokeniser


def pieces(text):
    return len(TOKENIZER.encode(text))


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
def test_parts_of_a_text_without_a_soft_prompt(kind):
    model = tiny_model(kind)
    ids = torch.tensor([TOKENIZER.encode(BEFORE + TEXT + AFTER)])
    with torch.no_grad():
        seen = model.base_model(ids, output_attentions=True, output_hidden_states=True)
    looks = torch.stack([layer[0, :, -1].mean(0) for layer in seen.attentions])  # (layers, keys)
    begin, end = pieces(BEFORE), pieces(BEFORE + TEXT)
    found = where_it_looks(model, TOKENIZER, PROMPT, ["a good film"])
    assert torch.allclose(found.shares[FIRST], looks[:, 0])
    assert torch.allclose(found.shares[REVIEW], looks[:, begin:end].sum(1), atol=1e-6)
    question = looks[:, 1:begin].sum(1) + looks[:, end:].sum(1)
    assert torch.allclose(found.shares[QUESTION], question, atol=1e-6)
    assert not found.shares[SOFT].any() and found.soft_tokens == 0
    states = torch.stack(seen.hidden_states[:-1])[:, 0].norm(dim=2)  # (layers, positions)
    assert torch.allclose(found.norms[:, 0], states[:, 0], rtol=1e-4)
    assert torch.allclose(found.norms[:, 1], states[:, 1:].max(1).values, rtol=1e-4)
    assert torch.allclose(found.norms[:, 2], states[:, 1:].median(1).values, rtol=1e-4)


def test_a_soft_prompt_of_words_is_looked_at_as_the_words_are():
    """The same prompt once as a prefix of words, once as soft tokens: the shares move with it."""
    model, words = tiny_model(), " film tweet"
    rows = model.get_input_embeddings().weight[TOKENIZER.encode(words)]
    as_words = where_it_looks(
        model, TOKENIZER, Prompt(PROMPT.template, PROMPT.label_words, words), ["a good film"]
    )
    soft_prompt.add_soft_prompt(model, soft_prompt.SoftPrompt(rows))
    as_soft = where_it_looks(model, TOKENIZER, PROMPT, ["a good film"])
    assert as_soft.soft_tokens == len(rows) == 2
    assert torch.allclose(as_soft.norms, as_words.norms, rtol=1e-4)
    for part in (FIRST, REVIEW):
        assert torch.allclose(as_soft.shares[part], as_words.shares[part], atol=1e-6)
    both = as_soft.shares[SOFT] + as_soft.shares[QUESTION]
    assert torch.allclose(both, as_words.shares[QUESTION], atol=1e-6)
    assert (as_soft.shares[SOFT] > 0).all()


def test_shares_sum_to_one_and_texts_are_averaged():
    model, texts = tiny_model(), ["a good film", "bad"]
    found = where_it_looks(model, TOKENIZER, PROMPT, texts)
    assert list(found.shares) == list(PARTS)
    assert torch.allclose(sum(found.shares.values()), torch.ones(2))
    alone = [where_it_looks(model, TOKENIZER, PROMPT, [text]) for text in texts]
    for part in PARTS:
        mean = sum(each.shares[part] for each in alone) / 2
        assert torch.allclose(found.shares[part], mean)


def test_the_model_computes_attention_as_before():
    model = tiny_model().train()
    model.set_attn_implementation("sdpa")
    eager = where_it_looks(tiny_model(), TOKENIZER, PROMPT, ["a good film"])
    found = where_it_looks(model, TOKENIZER, PROMPT, ["a good film"])
    assert model.config._attn_implementation == "sdpa" and model.training
    assert torch.allclose(found.shares[FIRST], eager.shares[FIRST], atol=1e-5)


def test_there_must_be_a_text():
    with pytest.raises(CourseError, match="no text"):
        where_it_looks(tiny_model(), TOKENIZER, PROMPT, [])
