"""The forward pass against the model's own: padded, behind a cached prefix, behind soft tokens."""

import dataclasses

import pytest
import torch

from course_utils.data.batches import collate
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model import forward, selftest
from course_utils.model.forward import (
    answer_logits,
    embed_tokens,
    evaluating,
    prefix_cache,
    text_logits,
)
from course_utils.model.tiny import tiny_model

SEQUENCES = [[5, 9, 11, 40], [7, 8]]
KINDS = ["llama", "qwen2", "gpt2"]


def own_logits(model, sequences):
    """The model's own logits at the last token, one sequence at a time."""
    rows = [model(input_ids=torch.tensor([ids])).logits[0, -1] for ids in sequences]
    return torch.stack(rows).detach()


@pytest.mark.parametrize("kind", KINDS)
def test_padded_rows_are_what_the_model_says_alone(kind):
    model = tiny_model(kind).eval()
    with torch.no_grad():
        logits = answer_logits(model, collate(SEQUENCES, 0))
    torch.testing.assert_close(logits, own_logits(model, SEQUENCES), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cached_prefix_is_what_stands_before_the_row_and_stays_as_it_is(kind):
    model, before = tiny_model(kind).eval(), [3, 14, 15]
    expected = own_logits(model, [before + ids for ids in SEQUENCES])
    with torch.no_grad():
        prefix = prefix_cache(model, before)
        for _ in range(2):
            logits = answer_logits(model, collate(SEQUENCES, 0), prefix)
            torch.testing.assert_close(logits, expected, atol=1e-5, rtol=1e-4)
    assert prefix.get_seq_length() == 3


@pytest.mark.parametrize("kind", KINDS)
def test_soft_tokens_made_of_words_say_what_the_words_say(kind):
    model, before = tiny_model(kind).eval(), [3, 14, 15]
    expected = own_logits(model, [before + ids for ids in SEQUENCES])
    rows = embed_tokens(model, torch.tensor([before])).detach()

    class Words(torch.nn.Module):
        def forward(self, embeddings):
            return torch.cat([rows.expand(len(embeddings), -1, -1), embeddings], 1)

    model.soft_prompt = Words()
    with torch.no_grad():
        logits = answer_logits(model, collate(SEQUENCES, 0))
    torch.testing.assert_close(logits, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_texts_share_a_row_and_get_what_the_model_says_alone(kind, monkeypatch):
    model = tiny_model(kind)
    monkeypatch.setattr(forward, "answer_logits", None)
    with torch.no_grad():
        logits = text_logits(model, SEQUENCES, 0)
    torch.testing.assert_close(logits, own_logits(model, SEQUENCES), atol=1e-5, rtol=1e-4)


def test_texts_share_the_soft_prompt_before_their_row(monkeypatch):
    model = tiny_model()
    add_soft_prompt(model, SoftPrompt(torch.randn(2, 32)))
    with torch.no_grad():
        expected = answer_logits(model, collate(SEQUENCES, 0))
        monkeypatch.setattr(forward, "answer_logits", None)
        logits = text_logits(model, SEQUENCES, 0)
    torch.testing.assert_close(logits, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("soft_tokens", [0, 2])
def test_texts_share_the_cached_prefix_before_their_row(kind, soft_tokens, monkeypatch):
    model, before = tiny_model(kind), [3, 14, 15]
    if soft_tokens:
        add_soft_prompt(model, SoftPrompt(torch.randn(soft_tokens, 32)))
    with torch.no_grad():
        expected = answer_logits(model, collate([before + ids for ids in SEQUENCES], 0))
        prefix = prefix_cache(model, before)
        monkeypatch.setattr(forward, "answer_logits", None)
        for _ in range(2):
            logits = text_logits(model, SEQUENCES, 0, prefix=prefix)
            torch.testing.assert_close(logits, expected, atol=1e-5, rtol=1e-4)
    assert prefix.get_seq_length() == soft_tokens + 3


@pytest.mark.parametrize("soft_tokens, window", [(0, 7), (2, 9)])
def test_texts_have_rows_of_their_own_where_they_cannot_share_any(soft_tokens, window, monkeypatch):
    model = tiny_model()
    if soft_tokens:
        add_soft_prompt(model, SoftPrompt(torch.zeros(soft_tokens, 32)))
    model.course_ways = dataclasses.replace(selftest.ways(model), window=window)
    monkeypatch.setattr(forward, "packed_logits", None)
    sequences = [[5, 6, 7], [8]]  # rows of 8 positions, behind the soft tokens
    with torch.no_grad():
        logits = text_logits(model, sequences, 0)
        expected = answer_logits(model, collate(sequences, 0))
    torch.testing.assert_close(logits, expected)


def test_gradients_flow_through_answer_logits():
    model = tiny_model()
    answer_logits(model, collate([[1, 2, 3], [4]], 0)).sum().backward()
    assert model.get_input_embeddings().weight.grad.abs().sum() > 0


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_comes_back_after_an_error(training):
    model = tiny_model().train(training)
    with pytest.raises(KeyError), evaluating(model):
        assert not model.training
        raise KeyError
    assert model.training is training
