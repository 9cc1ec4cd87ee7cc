"""Answers to ``make_qlora``."""

import functools

import torch

from course_utils.methods.lora import LoRALinear, add_lora, lora_layers
from course_utils.model.layers import ALL_LINEAR, replace_linear
from course_utils.model.tiny import tiny_model
from course_utils.quantisation.blockwise import dequantise, quantise
from course_utils.quantisation.layer import (
    FrozenProduct,
    QuantisedLinear,
    quantise_model,
    quantised_layers,
)
from course_utils.quantisation.own_layer import own_layer


def count(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def usual(model, make_layer, rank, alpha):
    quantise_model(model, make_layer)
    add_lora(model, rank, alpha)
    return count(model)


def in_one_go(model, make_layer, rank, alpha):
    """Both layers in one replacement."""
    make = functools.partial(LoRALinear, rank=rank, alpha=alpha)
    replace_linear(model, lambda linear: make(make_layer(linear)), ALL_LINEAR)
    return torch.tensor(count(model))


def by_names(model, make_layer, rank, alpha):
    model.requires_grad_(False)
    for name, module in list(model.named_modules()):
        if name.split(".")[-1] in ALL_LINEAR:
            model.set_submodule(name, LoRALinear(make_layer(module), rank, alpha))
    return sum(m.lora_A.numel() + m.lora_B.numel() for m in lora_layers(model).values())


def then(name, change, of=usual):
    """A wrong answer: the usual one, and then something more."""

    def wrong(model, make_layer, rank, alpha):
        of(model, make_layer, rank, alpha)
        change(model)
        return count(model)

    wrong.__name__ = name
    return wrong


def nothing(model, make_layer, rank, alpha):
    return count(model)


def only_quantised(model, make_layer, rank, alpha):
    quantise_model(model, make_layer)
    return count(model)


def only_lora(model, make_layer, rank, alpha):
    add_lora(model, rank, alpha)
    return count(model)


def own_layers_forgotten(model, make_layer, rank, alpha):
    quantise_model(model)
    add_lora(model, rank, alpha)
    return count(model)


def dequantised_again(model, make_layer, rank, alpha):
    """4-bit values in full-size tensors."""
    quantise_model(model, make_layer)
    for name, layer in list(model.named_modules()):
        if isinstance(layer, QuantisedLinear):
            plain = torch.nn.Linear(layer.in_features, layer.out_features, layer.bias is not None)
            plain.weight.data = layer.weight
            model.set_submodule(name, plain)
    return only_lora(model, make_layer, rank, alpha)


def attention_alone(model, make_layer, rank, alpha):
    quantise_model(model, make_layer)
    add_lora(model, rank, alpha, targets=("q_proj", "v_proj"))
    return count(model)


def half_quantised(model, make_layer, rank, alpha):
    quantise_model(model, make_layer, ("q_proj", "v_proj"))
    add_lora(model, rank, alpha)
    return count(model)


def head_too(model, make_layer, rank, alpha):
    usual(model, make_layer, rank, alpha)
    model.set_submodule("lm_head", QuantisedLinear(model.lm_head))
    return count(model)


def default_rank(model, make_layer, rank, alpha):
    return usual(model, make_layer, 8, alpha)


def default_alpha(model, make_layer, rank, alpha):
    return usual(model, make_layer, rank, 16.0)


def unfreeze(model):
    model.requires_grad_(True)


def unfreeze_norm(model):
    model.model.norm.requires_grad_(True)


def freeze(model):
    model.requires_grad_(False)


def random_b(model):
    for layer in lora_layers(model).values():
        torch.nn.init.normal_(layer.lora_B)


def half_adapters(model):
    for layer in lora_layers(model).values():
        layer.lora_A.data = layer.lora_A.data.bfloat16()
        layer.lora_B.data = layer.lora_B.data.bfloat16()


def half_b(model):
    for layer in lora_layers(model).values():
        layer.lora_B.data = layer.lora_B.data.bfloat16()


def zero_a(model):
    for layer in lora_layers(model).values():
        layer.lora_A.data.zero_()


def last_alpha(model):
    list(lora_layers(model).values())[-1].alpha = 1.0


def lora_first(model, make_layer, rank, alpha):
    add_lora(model, rank, alpha)
    quantise_model(model, make_layer)
    return count(model)


def quantised_twice(model, make_layer, rank, alpha):
    quantise_model(model, make_layer)
    return usual(model, make_layer, rank, alpha)


def exchanged(model, make_layer, rank, alpha):
    return usual(model, make_layer, alpha, rank)


def as_methods(model, make_layer, rank, alpha):
    model.quantise_model()
    model.add_lora(rank, alpha)
    return count(model)


def chained(model, make_layer, rank, alpha):
    add_lora(quantise_model(model, make_layer), rank, alpha)
    return count(model)


def counts_tensors(model, make_layer, rank, alpha):
    usual(model, make_layer, rank, alpha)
    return sum(p.requires_grad for p in model.parameters())


def counts_everything(model, make_layer, rank, alpha):
    usual(model, make_layer, rank, alpha)
    return sum(p.numel() for p in model.parameters())


def returns_names(model, make_layer, rank, alpha):
    usual(model, make_layer, rank, alpha)
    return list(lora_layers(model))


def NEXT(answer):
    """The lesson counts what the layers hold, and trains the model."""
    model = tiny_model("llama", 1)
    make_layer = own_layer(quantise, dequantise, FrozenProduct)
    trainable = answer(model, make_layer, 4, 8.0)
    assert f"{trainable:,}"
    assert sum(layer.stored_bytes for layer in quantised_layers(model).values()) > 0
    trained = [p for p in model.parameters() if p.requires_grad]
    tokens = torch.arange(8)[None]
    optimiser, losses = torch.optim.Adam(trained, lr=0.01), []
    for _ in range(4):
        loss = model(input_ids=tokens, labels=tokens).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


RIGHT = [usual, in_one_go, by_names]
WRONG = [
    (nothing, "the model is as it was"),
    (only_quantised, "the adapters are missing"),
    (own_layers_forgotten, "make_layer is not used"),
    (only_lora, "no weight is in 4 bits"),
    (dequantised_again, "no weight is in 4 bits"),
    (attention_alone, "some layers have no LoRA"),
    (half_quantised, "still in full precision"),
    (head_too, "output head was quantised"),
    (default_rank, "rank is not used"),
    (default_alpha, "alpha is not used"),
    (then("all_unfrozen", unfreeze), "more than the adapters"),
    (then("norm_unfrozen", unfreeze_norm), "more than the adapters"),
    (then("all_frozen", freeze), "adapters are frozen"),
    (then("b_random", random_b), "B should start at zero"),
    (then("adapters_in_half", half_adapters), "adapters stay in float32"),
    (then("b_in_half", half_b), "adapters stay in float32"),
    (then("a_is_zero", zero_a), "A starts with random numbers"),
    (then("last_alpha", last_alpha), "alpha is not used"),
    (lora_first, "quantise first, then add LoRA"),
    (quantised_twice, "the model is quantised once"),
    (exchanged, "rank and alpha are exchanged"),
    (as_methods, "are functions of modules"),
    (chained, "what it returns is no model"),
    (counts_tensors, "counts tensors"),
    (counts_everything, "counts the frozen parameters too"),
    (returns_names, "return the number of trainable parameters"),
]
