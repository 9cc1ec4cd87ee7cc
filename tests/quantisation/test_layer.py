"""The frozen 4-bit layer: its output, its gradients, what it keeps, and LoRA on top of it."""

import copy

import pytest
import torch
from torch import nn
from torch.nn.functional import linear

from course_utils.data.batches import collate
from course_utils.errors import CourseError
from course_utils.libraries import bnb
from course_utils.methods.lora import add_lora, lora_layers, remove_lora
from course_utils.methods.lora_files import adapter_state, load_adapter, save_adapter
from course_utils.model.forward import answer_logits
from course_utils.model.layers import ALL_LINEAR
from course_utils.model.tiny import tiny_model
from course_utils.quantisation.layer import (
    QuantisedLinear,
    make_qlora,
    quantise_model,
    quantised_layers,
    stored_bits_per_parameter,
)
from course_utils.training.loop import train
from course_utils.training.plan import Example, TrainingConfig

IDS = torch.tensor([[5, 9, 11, 40], [7, 8, 3, 2]])


def layer(in_=128, out=96, bias=True, dtype=torch.float32, seed=0):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        plain = nn.Linear(in_, out, bias=bias)
        nn.init.normal_(plain.weight, std=0.05)
    return plain.to(dtype)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_it_computes_as_a_plain_layer_with_the_dequantised_weight(bias, dtype):
    plain = layer(bias=bias, dtype=dtype)
    quantised = QuantisedLinear(plain)
    x = torch.randn(3, 5, 128, dtype=dtype)
    expected = linear(x, quantised.weight.to(dtype), plain.bias)
    torch.testing.assert_close(quantised(x), expected, atol=1e-3, rtol=0.02)
    error = (quantised.weight - plain.weight).norm() / plain.weight.float().norm()
    assert 0.07 < error < 0.11


def test_the_weight_is_bitsandbytes_own_with_its_scales():
    plain = layer(bias=False)
    packed, state = bnb.library().functional.quantize_4bit(
        plain.weight.data, quant_type="nf4", compress_statistics=True
    )
    quantised = QuantisedLinear(plain)
    quantised.absmax_codes.copy_(state.absmax)  # its table may round a few of them otherwise
    expected = bnb.library().functional.dequantize_4bit(packed, state)
    assert torch.equal(quantised.weight, expected)


def test_the_gradient_flows_to_the_input_and_never_to_the_weight():
    quantised = QuantisedLinear(layer())
    assert [p.requires_grad for p in quantised.parameters()] == [False]  # the bias alone
    x = torch.randn(4, 128, requires_grad=True)
    g = torch.randn(4, 96)
    quantised(x).backward(g)
    torch.testing.assert_close(x.grad, g @ quantised.weight)
    assert quantised.bias.grad is None


def test_gradients_of_a_stack_agree_with_finite_differences():
    stack = nn.Sequential(QuantisedLinear(layer(16, 12)), nn.Tanh(), QuantisedLinear(layer(12, 3)))
    x = torch.randn(5, 16, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(stack, x)


def test_the_weight_is_not_kept_for_the_backward_pass():
    def kept(module):
        sizes = []
        x = torch.randn(2, 128, requires_grad=True)
        with torch.autograd.graph.saved_tensors_hooks(
            lambda tensor: sizes.append(tensor.numel()) or tensor, lambda tensor: tensor
        ):
            module(x)
        return sum(sizes)

    assert kept(QuantisedLinear(layer())) == 0
    assert kept(layer().requires_grad_(False)) >= 128 * 96  # a plain frozen layer keeps its own


def test_under_autocast_it_computes_in_bfloat16(monkeypatch):
    asked, real = [], QuantisedLinear.dequantised
    monkeypatch.setattr(
        QuantisedLinear, "dequantised", lambda self, dtype: asked.append(dtype) or real(self, dtype)
    )
    quantised, x = QuantisedLinear(layer(bias=False)), torch.randn(4, 128, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        y = quantised(x)
    assert y.dtype == torch.bfloat16
    expected = x.detach().bfloat16() @ quantised.dequantised(torch.bfloat16).T
    torch.testing.assert_close(y.detach(), expected)
    y.sum().backward()
    assert x.grad.dtype == torch.float32 and set(asked) == {torch.bfloat16}


def test_stored_bits_are_the_papers_where_blocks_are_full():
    model = nn.Sequential(nn.Linear(1024, 1024), nn.Linear(1024, 512))
    quantise_model(model, targets=("0", "1"))
    mean = 32 * 2 / (1024 * 1536)  # the mean of each layer's scales
    assert stored_bits_per_parameter(model) == pytest.approx(4 + 8 / 64 + 32 / 16384 + mean)


def test_state_is_saved_and_loaded_without_the_codebooks():
    first, second = QuantisedLinear(layer(seed=1)), QuantisedLinear(layer(seed=2))
    state = first.state_dict()
    assert set(state) == {"bias", "packed", "absmax_codes", "absmax_scales", "absmax_mean"}
    second.load_state_dict(state)
    assert torch.equal(first.weight, second.weight)


def test_scales_in_half_precision_are_refused_rather_than_used():
    quantised = QuantisedLinear(layer()).half()
    with pytest.raises(CourseError, match="scales of a 4-bit layer were cast to torch.float16"):
        quantised(torch.randn(1, 128))


def test_a_models_linear_layers_are_quantised_and_no_others():
    model = tiny_model("qwen2")
    names = quantise_model(model)
    assert len(names) == 2 * len(ALL_LINEAR) and set(names) == set(quantised_layers(model))
    assert isinstance(model.get_input_embeddings(), nn.Embedding)
    assert type(model.get_output_embeddings()) is nn.Linear
    assert not any(p.requires_grad for p in model.parameters())
    with pytest.raises(CourseError, match="quantised already"):
        quantise_model(model)


def test_a_model_with_lora_is_not_quantised_under_it():
    model = tiny_model()
    add_lora(model, 2)
    with pytest.raises(CourseError, match="LoRA layers already"):
        quantise_model(model)


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_qlora_is_lora_on_the_dequantised_model(kind):
    """The same adapters beside 4-bit layers and beside plain ones of the same weights."""
    model, plain = tiny_model(kind), tiny_model(kind)
    quantise_model(model)
    for name, quantised in quantised_layers(model).items():
        plain.get_submodule(name).weight.data = quantised.weight
    gradients = []
    for each in (model, plain):
        add_lora(each, 3, 5.0)
        for i, adapted in enumerate(lora_layers(each).values()):
            generator = torch.Generator().manual_seed(i)
            adapted.lora_B.data = torch.randn(adapted.lora_B.shape, generator=generator) * 0.1
        each(input_ids=IDS).logits.square().mean().backward()
        gradients.append([p.grad for p in each.parameters() if p.requires_grad])
    assert len(gradients[0]) == 4 * len(ALL_LINEAR)
    for ours, expected in zip(*gradients):
        torch.testing.assert_close(ours, expected, atol=1e-5, rtol=1e-4)


def test_training_moves_the_adapters_alone(tmp_path):
    model = tiny_model()
    trainable = make_qlora(model, QuantisedLinear, 2, 4.0)
    layers = lora_layers(model).values()
    assert trainable == sum(m.lora_A.numel() + m.lora_B.numel() for m in layers) > 0
    assert {(m.rank, m.alpha) for m in layers} == {(2, 4.0)}
    before = {n: t.clone() for n, t in model.state_dict().items()}
    examples = [Example([5, 9, 11], 40), Example([7, 8, 3, 2], 12)]
    config = TrainingConfig(1e-2, 4, 2, validate_every=2)
    history = train(model, examples, examples, config, pad_id=0, folder=tmp_path)
    assert history.losses[-1] < history.losses[0]
    moved = {n for n, t in model.state_dict().items() if not torch.equal(t, before[n])}
    assert moved and all("lora_" in name for name in moved)


def test_adapters_are_saved_and_loaded_as_on_a_plain_model(tmp_path):
    model = tiny_model()
    quantise_model(model)
    add_lora(model, 2)
    save_adapter(model, tmp_path)
    second = tiny_model()
    quantise_model(second)
    load_adapter(second, tmp_path)
    for key, value in adapter_state(model).items():
        assert torch.equal(value, adapter_state(second)[key])
    load_adapter(tiny_model(), tmp_path)  # and they fit a model that is not quantised


def test_four_bits_cannot_hold_a_merged_update():
    model = tiny_model()
    quantise_model(model)
    add_lora(model, 2)
    with pytest.raises(CourseError, match="kept in 4 bits"):
        next(iter(lora_layers(model).values())).merge()


def test_removing_lora_leaves_the_quantised_model():
    model = tiny_model()
    quantise_model(model)
    before = model(input_ids=IDS).logits
    add_lora(model, 2)
    remove_lora(model)
    assert len(quantised_layers(model)) == 2 * len(ALL_LINEAR)
    assert torch.equal(model(input_ids=IDS).logits, before)


def test_the_course_scores_a_quantised_model_and_its_copy():
    model = tiny_model()
    quantise_model(model)
    batch = collate([[5, 9, 11], [7, 8]], 0)
    logits = answer_logits(model, batch)
    assert torch.equal(answer_logits(copy.deepcopy(model), batch), logits)
    assert not torch.equal(logits, answer_logits(tiny_model(), batch))
