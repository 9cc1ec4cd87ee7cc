"""The tiny models of the tests: the same each time, and a tokeniser that they fit."""

import pytest
import torch

from course_utils.model.tiny import WORDS, tiny_model, tiny_tokenizer


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
def test_the_same_seed_gives_the_same_model(kind):
    first, again, other = tiny_model(kind), tiny_model(kind), tiny_model(kind, 1)
    assert all(torch.equal(p, q) for p, q in zip(first.parameters(), again.parameters()))
    assert any(not torch.equal(p, q) for p, q in zip(first.parameters(), other.parameters()))
    assert first.config.model_type == kind


def test_each_word_is_one_token_of_the_models_vocabulary():
    tokenizer = tiny_tokenizer()
    for word in WORDS:
        (token,) = tokenizer.encode(word, add_special_tokens=False)
        assert token < tiny_model().config.vocab_size
