"""``make_qlora`` (lesson 5, *QLoRA*)."""

import functools
import random
from collections.abc import Iterable
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import Mistakes, cause_of_raising, number
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.methods.lora import add_lora, lora_layers
from course_utils.model.layers import ALL_LINEAR
from course_utils.model.tiny import tiny_model
from course_utils.quantisation.layer import QuantisedLinear, quantise_model


class Given(QuantisedLinear):
    """The layers that ``make_layer`` makes."""


IDS = torch.tensor([[5, 9, 11, 40], [7, 8, 3, 2]])


def examine_bases(model: PreTrainedModel) -> None:
    """Every linear layer but the head is in 4 bits, under LoRA."""
    layers, expected = lora_layers(model), 2 * len(ALL_LINEAR)
    plain = [n for n, m in model.named_modules() if type(m) is nn.Linear]
    four_bit = [n for n, m in model.named_modules() if isinstance(m, QuantisedLinear)]
    wanted = f"{expected} LoRA layers on {expected} 4-bit layers"
    got = f"{len(layers)} LoRA layers, {len(four_bit)} 4-bit layers"
    if not layers and not four_bit:
        raise Mistake("the model is as it was: change it in place, and no copy of it", wanted, got)
    if not layers:
        raise Mistake(
            "the adapters are missing: 4-bit weights cannot be trained, so add LoRA", wanted, got
        )
    if any("lora" in name for name in four_bit):
        raise Mistake("the adapters were quantised: they train, in float32", wanted, got)
    if not four_bit:
        raise Mistake("no weight is in 4 bits: quantise the model, then add LoRA", wanted, got)
    head = model.get_output_embeddings()
    if isinstance(head, QuantisedLinear) or isinstance(
        getattr(head, "base", None), QuantisedLinear
    ):
        raise Mistake(
            "the output head was quantised: it shares its weight with the embedding, "
            "and stays as it is",
            wanted,
            got,
        )
    if len(layers) < expected:
        raise Mistake("some layers have no LoRA: QLoRA adapts all linear layers", wanted, got)
    if len(four_bit) < expected or any(name.endswith(".base") for name in plain):
        raise Mistake("some layers are still in full precision", wanted, got)
    if any(not isinstance(layer.base, QuantisedLinear) for layer in layers.values()):
        raise Mistake(
            "LoRA belongs on top of the 4-bit layer: its base is the 4-bit layer", wanted, got
        )
    if any(not isinstance(layer.base, Given) for layer in layers.values()):
        raise Mistake(
            "the argument make_layer is not used, so the course's layers compute and not yours: "
            "four_bit.quantise_model(model, make_layer)",
            "layers that make_layer made",
            "others",
        )


def examine_adapters(model: nn.Module, rank: int, alpha: float) -> None:
    """Rank, alpha and precision of every layer."""
    for layer in lora_layers(model).values():
        examine_adapter(layer, rank, alpha)


def examine_adapter(layer: Any, rank: int, alpha: float) -> None:
    """One of them."""
    got = (len(layer.lora_A), layer.alpha)
    words = f"rank {rank}, alpha {alpha:g}", f"rank {got[0]}, alpha {got[1]:g}"
    if got[0] in (alpha, int(alpha)) and got[1] == rank:
        raise Mistake("rank and alpha are exchanged: add_lora takes the rank first", *words)
    if got[0] != rank:
        raise Mistake("the argument rank is not used", *words)
    if got[1] == alpha / rank:
        raise Mistake("pass alpha itself: the layer divides it by the rank", *words)
    if got[1] != alpha:
        raise Mistake("the argument alpha is not used", *words)
    for part in (layer.lora_A, layer.lora_B):
        if part.dtype != torch.float32:
            raise Mistake("adapters stay in float32", "torch.float32", str(part.dtype))
    if not layer.lora_A.any():
        raise Mistake(
            "A is 0, and B starts at 0: neither gets a gradient. A starts with random numbers",
            "random numbers in A",
            "zeros",
        )


def examine_trained(model: nn.Module) -> None:
    """The adapters train, and nothing else."""
    wanted = {n for n, _ in model.named_parameters() if n.endswith(("lora_A", "lora_B"))}
    trained = {n for n, p in model.named_parameters() if p.requires_grad}
    if trained - wanted:
        raise Mistake(
            "more than the adapters would be trained: embedding, norms and biases are frozen too",
            "lora_A and lora_B alone",
            show(sorted(trained - wanted)[0]),
        )
    if wanted - trained:
        raise Mistake(
            "some adapters are frozen, and would learn nothing",
            "all adapters",
            f"{show(sorted(wanted - trained)[0])} is frozen",
        )


@torch.no_grad()
def examine_outputs(model: nn.Module, quantised: nn.Module, plain: nn.Module) -> None:
    """Before training it is the quantised model, to the last digit that counts."""
    got, expected, before = (m(input_ids=IDS).logits for m in (model, quantised, plain))
    if torch.allclose(got, expected, atol=1e-4):
        return
    likely = "the model computes something else than the quantised one does"
    if torch.allclose(got, before, atol=1e-4):
        likely = "the model computes with its old weights: are the 4-bit layers in use?"
    elif any(layer.lora_B.any() for layer in lora_layers(model).values()):
        likely = "B should start at zero, so that training starts from the quantised model"
    raise Mistake(likely, show(expected[0, -1, :3]), show(got[0, -1, :3]))


def examine_count(value: Any, model: nn.Module, earlier: list[nn.Module]) -> None:
    """The number of trainable parameters; ``earlier`` is the model before each of the steps."""
    count = number(value, "the number of trainable parameters")
    trainable = [p for p in model.parameters() if p.requires_grad]
    right, whole = numbers_in(trainable), numbers_in(model.parameters())
    if count == right:
        return
    early = "this was counted before the adapters were added: count at the end"
    causes: dict[float, str] = {
        **{numbers_in(p for p in m.parameters() if p.requires_grad): early for m in earlier},
        0: early,
        trainable[0].numel(): "this is one tensor's: does the loop end in its first round?",
        len(trainable): "this counts tensors: count their numbers, p.numel()",
        len(lora_layers(model)): "this counts layers: count the numbers that training may change",
        whole: "this counts the frozen parameters too",
        whole - right: "these are the frozen ones: count those with requires_grad",
        4 * right: "these are bytes: count numbers",
        right / whole: "this is a share of all parameters: return how many there are",
        100 * right / whole: "these are per cent of all parameters: return how many there are",
        right / 2: "this is half of it: count A and B of every layer",
    }
    likely = causes.get(count, "this is another number than that of the trainable parameters")
    raise Mistake(likely, f"{right}", f"{count:g}")


def numbers_in(parameters: Iterable[nn.Parameter]) -> int:
    """How many numbers the tensors have together."""
    return sum(p.numel() for p in parameters)


def chained(model: Any, rank: int, alpha: float) -> None:
    """What ``quantise_model`` returns taken for the model."""
    layers: Any = quantise_model(model)
    add_lora(layers, rank, alpha)


ORDER_MISTAKES: Mistakes = {  # ``make`` gives a fresh model
    "quantise first, then add LoRA: a layer under LoRA gets neither 4 bits nor more LoRA": [
        lambda make, layer, rank, alpha: quantise_model(with_lora(make(), rank, alpha))
    ],
    "the model is quantised once: a layer in 4 bits is not rounded again": [
        lambda make, layer, rank, alpha: quantise_model(quantised(make()))
    ],
    "rank and alpha are exchanged: add_lora takes the model, the rank, then alpha": [
        lambda make, layer, rank, alpha: with_lora(make(), alpha, rank)
    ],
    "quantise_model and add_lora are functions of modules, and take the model": [
        lambda make, layer, rank, alpha: make().quantise_model(),
        lambda make, layer, rank, alpha: make().add_lora(rank, alpha),
    ],
    "quantise_model changes the model in place, and what it returns is no model": [
        lambda make, layer, rank, alpha: chained(make(), rank, alpha)
    ],
}


def quantised(model: nn.Module) -> nn.Module:
    """The same model, in 4 bits."""
    quantise_model(model)
    return model


def with_lora(model: nn.Module, rank: int, alpha: float) -> nn.Module:
    """The same model, with adapters."""
    add_lora(model, rank, alpha)
    return model


HINTS = (
    "two steps: first 4 bits, then LoRA on top",
    "four_bit.quantise_model(model, make_layer), then lora.add_lora(model, rank, alpha)",
    "return sum(p.numel() for p in model.parameters() if p.requires_grad)",
)


@exercise(hints=HINTS, mistakes=ORDER_MISTAKES)
def make_qlora(answer: Any, numbers: random.Random) -> None:
    """Small models of both families: what is quantised, what trains, what comes out, the count."""
    for kind in numbers.sample(("llama", "qwen2"), 2):
        seed, rank = numbers.randrange(99), numbers.randint(2, 5)
        alpha = rank * numbers.choice((1.5, 2.5, 3.0))
        model, quantised = tiny_model(kind, seed), tiny_model(kind, seed)
        quantise_model(quantised)
        try:
            value = call(answer, model, Given, rank, alpha)
        except AnswerRaised as raised:
            case = (functools.partial(tiny_model, kind, seed), Given, rank, alpha)
            raised.likely = cause_of_raising(raised.error, case, ORDER_MISTAKES)
            raise
        examine_bases(model)
        examine_adapters(model, rank, alpha)
        examine_trained(model)
        examine_outputs(model, quantised, tiny_model(kind, seed))
        examine_count(value, model, [tiny_model(kind, seed), quantised])
