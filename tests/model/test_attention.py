"""Attention by groups computes what transformers' own does, backwards too."""

import pytest
import torch
from transformers.models.llama.modeling_llama import eager_attention_forward

from course_utils.model import attention
from course_utils.model.load import load_model
from course_utils.model.passes import causal_mask, mixed_precision
from course_utils.model.tiny import tiny_model, tiny_tokenizer


class Layer(torch.nn.Module):
    """What the function reads of a layer: four heads in two groups."""

    num_key_value_groups = 2


@pytest.fixture
def states():
    """Queries of the last three of five positions, keys and values."""
    torch.manual_seed(0)
    shapes = (4, 3, 8), (2, 5, 8), (2, 5, 8)
    return [torch.randn(2, *shape, requires_grad=True) for shape in shapes]


@pytest.mark.parametrize("masked", [True, False])
def test_what_is_read_is_what_transformers_reads(states, masked):
    mask = causal_mask(torch.tensor([[0, 1, 1, 1, 1], [1, 1, 1, 1, 1]]), torch.zeros(2, 3, 1))
    arguments, layer = (*states, mask if masked else None), Layer().eval()
    expected = eager_attention_forward(layer, *arguments, scaling=0.3)
    found = attention.grouped_attention(layer, *arguments, scaling=0.3)
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.shape == theirs.shape
        torch.testing.assert_close(mine, theirs)


def test_the_gradients_are_the_same(states):
    mask = causal_mask(torch.ones(2, 5, dtype=torch.int64), torch.zeros(2, 3, 1))
    gradient, found = torch.randn(2, 3, 4, 8), []
    for way in (eager_attention_forward, attention.grouped_attention):
        read, _ = way(Layer(), *states, mask, scaling=0.3)
        found.append(torch.autograd.grad(read, states, gradient))
    for mine, theirs in zip(*found):
        torch.testing.assert_close(mine, theirs)


def test_dropout_acts_in_training_alone(states):
    layer = Layer()
    plain, _ = attention.grouped_attention(layer.eval(), *states, None, scaling=0.3, dropout=0.5)
    whole, _ = attention.grouped_attention(layer.train(), *states, None, scaling=0.3)
    dropped, _ = attention.grouped_attention(layer, *states, None, scaling=0.3, dropout=0.5)
    assert torch.equal(plain, whole) and not torch.allclose(dropped, whole)


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_a_model_of_16_bits_takes_it_and_says_nearly_the_same(kind):
    model = tiny_model(kind).bfloat16()
    inputs = {"inputs_embeds": torch.randn(2, 9, 32), "output_attentions": True}
    with mixed_precision(model), torch.no_grad():
        before = model(**inputs)
        attention.group_heads(model)
        after = model(**inputs)
    assert model.config._attn_implementation == attention.NAME
    assert after.attentions[0].shape == (2, 4, 9, 9)
    spread = before.logits.float().std()
    assert (after.logits - before.logits).float().std() < 0.02 * spread


@pytest.mark.parametrize(("kind", "dtype"), [("gpt2", torch.bfloat16), ("llama", torch.float32)])
def test_another_model_keeps_its_own(kind, dtype):
    model = tiny_model(kind).to(dtype)
    attention.group_heads(model)
    assert model.config._attn_implementation == "eager"


def test_loading_puts_it_in(tmp_path, monkeypatch):
    tiny_model().save_pretrained(tmp_path)
    tiny_tokenizer().save_pretrained(tmp_path)
    monkeypatch.setenv("COURSE_MODEL", str(tmp_path))
    model, _ = load_model(torch.bfloat16, torch.device("cpu"))
    assert model.config._attn_implementation == attention.NAME
