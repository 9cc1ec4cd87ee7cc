"""A head on frozen features: the features are what the model's own head reads."""

import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.measure import features as module
from course_utils.measure.scoring import label_scores
from course_utils.model.tiny import WORDS, tiny_model, tiny_tokenizer

TEXTS = ["a good film", "bad", "a product, and a long text about it"]


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_the_models_own_head_gives_its_scores_on_the_features(kind, monkeypatch):
    model, tokenizer = tiny_model(kind).train(), tiny_tokenizer()
    prompt = Prompt("{text}:", WORDS[:2])
    features = module.answer_features(model, tokenizer, prompt, TEXTS)
    assert features.shape == (3, 32) and not features.requires_grad and model.training
    logits = model.get_output_embeddings()(features)[:, prompt.label_ids(tokenizer)]
    expected = label_scores(model, tokenizer, prompt, TEXTS)
    torch.testing.assert_close(logits.softmax(1).detach(), expected, rtol=1e-4, atol=1e-5)
    monkeypatch.setitem(module.MAX_TOKENS, "cpu", 1)
    apart = module.answer_features(model, tokenizer, prompt, TEXTS)
    torch.testing.assert_close(apart, features, rtol=1e-4, atol=1e-5)


def test_a_head_learns_what_the_text_says_and_leaves_the_model_alone():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    before = [p.detach().clone() for p in model.parameters()]
    texts = [f"{word} {n}" for n in range(20) for word in ("good", "bad")]
    items = {"text": texts, "label": [1, 0] * 20}
    result = module.frozen_head(model, tokenizer, Prompt("{text}:", WORDS[:2]), items, items)
    assert result.accuracy > 0.9
    assert all(torch.equal(p, q) for p, q in zip(model.parameters(), before))
