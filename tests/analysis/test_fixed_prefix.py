"""A soft prompt that is computed once gives what one computed with every text gives."""

import pytest
import torch

from course_utils.analysis import fixed_prefix as module
from course_utils.analysis.fixed_prefix import fixed_prefix
from course_utils.data.batches import collate
from course_utils.errors import CourseError
from course_utils.methods import soft_prompt
from course_utils.model.tiny import tiny_model, tiny_tokenizer

TOKENIZER = tiny_tokenizer()
TEXTS = ("A good film\nIs?", "Bad\nIs?", "It is a film that is not good\nIs?")
BATCH = collate([TOKENIZER.encode(text) for text in TEXTS], TOKENIZER.pad_token_id)


def prompted(kind="llama", length=4):
    model = tiny_model(kind)
    width = model.get_input_embeddings().embedding_dim
    init = torch.randn(length, width, generator=torch.Generator().manual_seed(0))
    soft_prompt.add_soft_prompt(model, soft_prompt.SoftPrompt(init))
    return model


@pytest.mark.parametrize("kind, heads", [("llama", 2), ("qwen2", 2), ("gpt2", 4)])
def test_once_is_enough(kind, heads):
    found = fixed_prefix(prompted(kind), BATCH)
    assert found.logit_difference < 1e-4 * found.logit_size
    assert found.state_difference < 1e-4 * found.state_size
    assert found.trained == 4 * 32
    assert found.numbers == 2 * 2 * 4 * heads * 8  # keys and values, layers, tokens, heads, numbers


def test_the_keys_of_another_prompt_are_seen_to_differ(monkeypatch):
    model, cache_of = prompted(), module.cache_of
    other = lambda model, embeddings: cache_of(model, embeddings.flip(1))  # noqa: E731
    monkeypatch.setattr(module, "cache_of", other)
    found = fixed_prefix(model, BATCH)
    assert found.logit_difference > 0.01 * found.logit_size


def test_states_that_depend_on_the_text_are_seen_to_differ(monkeypatch):
    """As they would where soft tokens stood behind the text."""
    model = prompted()
    behind = lambda model, ids: module.embed_before(model, ids).flip(1)  # noqa: E731
    monkeypatch.setattr(module, "embed_before", module.embed, raising=False)
    monkeypatch.setattr(module, "embed", behind)
    states = module._soft_states(model, BATCH, 4)
    assert (states - states[:, :1]).abs().max() > 0.1


@pytest.mark.parametrize("rows", [0, 1])
def test_without_a_prompt_or_a_second_text_there_is_nothing_to_compare(rows):
    model = prompted() if rows else tiny_model()
    few = collate([TOKENIZER.encode(text) for text in TEXTS[: rows or 3]], TOKENIZER.pad_token_id)
    with pytest.raises(CourseError, match="add_soft_prompt"):
        fixed_prefix(model, few)
