"""The ways through the model: their masks, and the head at one position a text."""

import pytest
import torch

from course_utils.data.batches import pack
from course_utils.model.attention import group_heads
from course_utils.model.passes import (
    SHARED,
    causal_mask,
    embed_tokens,
    extend_mask,
    fast_logits,
    packed_logits,
    packed_mask,
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


@pytest.mark.parametrize("grouped", [True, False])
def test_the_mask_has_the_dtype_of_the_scores_that_it_is_added_to(grouped):
    model, seen = tiny_model("llama").bfloat16(), []
    if grouped:
        group_heads(model)
    layer = model.model.layers[0].self_attn
    layer.register_forward_pre_hook(
        lambda module, inputs, named: seen.append(named["attention_mask"]), with_kwargs=True
    )
    ids = torch.tensor([[5, 9, 7, 8]])
    packed = pack([[5, 9], [7, 8]], pad_id=0)
    with torch.no_grad():
        packed_logits(model, embed_tokens(model, packed.input_ids), packed)
        fast_logits(model, embed_tokens(model, ids), torch.ones_like(ids), torch.tensor([3]))
    assert {mask.dtype for mask in seen} == {torch.bfloat16 if grouped else torch.float32}
    assert all(mask.isfinite().all() for mask in seen)


def test_the_packed_mask_shows_each_text_its_own_past():
    mask = packed_mask(torch.tensor([[0, 0, 1, 1, -1]]), torch.float32)
    assert mask.shape == (1, 1, 5, 5) and mask.min() == torch.finfo(torch.float32).min
    assert (mask[0, 0] == 0).int().tolist() == [
        [1, 0, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 1, 1, 0],
        [0, 0, 0, 0, 1],
    ]


def test_all_texts_see_the_soft_prompt_before_their_row():
    mask = packed_mask(torch.tensor([[SHARED, SHARED, 0, 1, -1]]), torch.float32)
    assert (mask[0, 0] == 0).int().tolist() == [
        [1, 0, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 1, 1, 0, 0],
        [1, 1, 0, 1, 0],
        [1, 1, 0, 0, 1],
    ]


@pytest.mark.parametrize("before", [0, 5])
@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
def test_packed_texts_get_the_models_own_logits_in_their_order(kind, before):
    model, generator = tiny_model(kind), torch.Generator().manual_seed(1)
    sequences = [torch.randint(200, (n,), generator=generator).tolist() for n in (9, 50, 3, 40, 20)]
    table = model.get_input_embeddings()
    soft = torch.randn(before, table.embedding_dim, generator=generator)
    packed = pack(sequences, 0, 60)
    assert len(packed.input_ids) > 1
    embeddings = torch.stack([torch.cat([soft, table(row)]) for row in packed.input_ids])
    with torch.no_grad():
        got = packed_logits(model, embeddings, packed)
        alone = [torch.cat([soft, table(torch.tensor(ids))])[None] for ids in sequences]
        own = [model(inputs_embeds=words).logits[0, -1] for words in alone]
    torch.testing.assert_close(got, torch.stack(own), atol=1e-5, rtol=1e-4)
