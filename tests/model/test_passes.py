"""The two ways through the model: the mask, and one position a row."""

import pytest
import torch

from course_utils.model.passes import (
    causal_mask,
    embed_tokens,
    extend_mask,
    fast_logits,
    plain_logits,
)
from course_utils.model.tiny import tiny_model


def test_the_mask_is_causal_and_hides_padding():
    embeddings = torch.zeros(1, 3, 2)
    mask = causal_mask(torch.tensor([[1, 1, 1, 0]]), embeddings)  # 1 position before, 3 queries
    seen = (mask[0, 0] == 0).tolist()
    assert seen == [
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, False],
    ]
    assert mask.min() == torch.finfo(torch.float32).min
    assert extend_mask(torch.tensor([[1, 0]]), 2).tolist() == [[1, 1, 1, 0]]


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
@pytest.mark.parametrize("way", [fast_logits, plain_logits])
def test_both_ways_give_the_models_own_logits_at_each_rows_last_token(kind, way):
    model, ids = tiny_model(kind), torch.tensor([[5, 9, 11, 40], [7, 8, 0, 0]])
    mask, last = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]]), torch.tensor([3, 1])
    with torch.no_grad():
        got = way(model, embed_tokens(model, ids), mask, last)
        own = [model(ids[:1]).logits[0, -1], model(ids[1:, :2]).logits[0, -1]]
    torch.testing.assert_close(got, torch.stack(own), atol=1e-5, rtol=1e-4)
