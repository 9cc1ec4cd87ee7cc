"""``make_qlora`` (lesson 5, *QLoRA*)."""

import random
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import number
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import Mistake
from course_utils.methods.lora import lora_layers
from course_utils.model.layers import ALL_LINEAR
from course_utils.model.tiny import tiny_model
from course_utils.quantisation.layer import QuantisedLinear, quantise_model

IDS = torch.tensor([[5, 9, 11, 40], [7, 8, 3, 2]])


def examine_bases(model: PreTrainedModel) -> None:
    """Every linear layer but the head is in 4 bits, under LoRA."""
    layers, expected = lora_layers(model), 2 * len(ALL_LINEAR)
    plain = [n for n, m in model.named_modules() if type(m) is nn.Linear]
    four_bit = [n for n, m in model.named_modules() if isinstance(m, QuantisedLinear)]
    wanted = f"{expected} LoRA layers on {expected} 4-bit layers"
    got = f"{len(layers)} LoRA layers, {len(four_bit)} 4-bit layers"
    if not layers and not four_bit:
        raise Mistake("the model is as it was", wanted, got)
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


def examine_adapters(model: nn.Module, rank: int, alpha: float) -> None:
    """Rank, alpha and precision."""
    layer = next(iter(lora_layers(model).values()))
    if len(layer.lora_A) != rank:
        raise Mistake("the argument rank is not used", f"rank {rank}", f"rank {len(layer.lora_A)}")
    if layer.alpha != alpha:
        raise Mistake("the argument alpha is not used", f"alpha {alpha:g}", f"{layer.alpha:g}")
    if layer.lora_A.dtype != torch.float32:
        raise Mistake("adapters stay in float32", "torch.float32", str(layer.lora_A.dtype))


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


def examine_count(value: Any, model: nn.Module) -> None:
    """The number of trainable parameters."""
    count = number(value, "the number of trainable parameters")
    trainable = [p for p in model.parameters() if p.requires_grad]
    right = sum(p.numel() for p in trainable)
    if count == right:
        return
    causes: dict[float, str] = {
        len(trainable): "this counts tensors: count their numbers, p.numel()",
        len(lora_layers(model)): "this counts layers: count the numbers that training may change",
        sum(p.numel() for p in model.parameters()): "this counts the frozen parameters too",
        4 * right: "these are bytes: count numbers",
    }
    likely = causes.get(count, "this is another number than that of the trainable parameters")
    raise Mistake(likely, f"{right}", f"{count:g}")


HINTS = (
    "two steps: first 4 bits, then LoRA on top",
    "four_bit.quantise_model(model), then lora.add_lora(model, rank, alpha)",
    "return sum(p.numel() for p in model.parameters() if p.requires_grad)",
)


@exercise(hints=HINTS)
def make_qlora(answer: Any, numbers: random.Random) -> None:
    """Small models of both families: what is quantised, what trains, what comes out, the count."""
    for kind in numbers.sample(("llama", "qwen2"), 2):
        seed, rank = numbers.randrange(99), numbers.randint(2, 5)
        alpha = rank * numbers.choice((1.5, 2.5, 3.0))
        model, quantised = tiny_model(kind, seed), tiny_model(kind, seed)
        quantise_model(quantised)
        value = call(answer, model, rank, alpha)
        examine_bases(model)
        examine_adapters(model, rank, alpha)
        examine_trained(model)
        examine_outputs(model, quantised, tiny_model(kind, seed))
        examine_count(value, model)
