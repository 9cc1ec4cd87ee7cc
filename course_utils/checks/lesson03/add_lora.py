"""``add_lora`` (lesson 3, *The layer*)."""

import random
from typing import Any

import torch
from torch import nn

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, cause_of_raising, pairs
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake
from course_utils.checks.lesson03.add_lora_mistakes import (
    CHOICE_MISTAKES,
    RAISED_MISTAKES,
    is_chosen,
    last,
    linear_names,
)
from course_utils.model.tiny import tiny_model


class Adapter(nn.Module):
    """What the check's ``make_layer`` makes: a linear layer, and two parameters beside it."""

    def __init__(self, base: nn.Linear):
        super().__init__()
        self.base = base
        self.lora_A = nn.Parameter(torch.randn(2, base.in_features))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, 2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.base(x) + x @ self.lora_A.T @ self.lora_B.T


class Block(nn.Module):
    """Linear layers two levels down, with every trap that names can set."""

    def __init__(self, width: int):
        super().__init__()
        self.attention = nn.ModuleDict({n: nn.Linear(width, width) for n in ("query", "value")})
        self.attention["query_norm"] = nn.LayerNorm(width)
        for name in ("second_query", "query_again", "output"):
            self.attention[name] = nn.Linear(width, width)
        self.value = nn.ModuleDict({"inner": nn.Linear(width, width)})  # a container's name
        self.mlp = nn.ModuleDict({"up": nn.Linear(width, width + 1), "base": nn.Linear(width, 3)})
        self.up = nn.LayerNorm(width)  # a target's name, but no linear layer


class Toy(nn.Module):
    """Embedding, blocks, norm and an output head."""

    def __init__(self, numbers: random.Random):
        super().__init__()
        width = numbers.randint(4, 7)
        self.embedding = nn.Embedding(11, width)
        self.blocks = nn.ModuleList(Block(width) for _ in range(numbers.randint(2, 3)))
        self.norm = nn.LayerNorm(width)
        self.output_head = nn.Linear(width, 11)


class Flat(Toy):
    """A target stands on the model itself: its full name has no dot."""

    def __init__(self, numbers: random.Random):
        super().__init__(numbers)
        self.value = nn.Linear(self.norm.normalized_shape[0], 5)


def examine_add(answer: Any, model: nn.Module, targets: list[str]) -> None:
    """One call: what was replaced, what is frozen, what came back."""
    modules = dict(model.named_modules())
    wanted = [name for name, module in modules.items() if is_chosen(name, module, targets)]
    old = dict(model.named_parameters())
    all_linear = linear_names(model)
    made: list[Adapter] = []

    def make_layer(linear: nn.Linear) -> Adapter:
        if any(linear is layer.base for layer in made):
            likely = (
                "a layer was wrapped twice: its new layer holds a linear layer too, which your "
                "walk then reaches; make the list of names first, then replace"
            )
            raise Mistake(likely, "one call of make_layer a layer")
        if not isinstance(linear, nn.Linear):
            likely = f"make_layer takes a linear layer, not a {type(linear).__name__}"
            raise Mistake(likely + ": test isinstance(module, torch.nn.Linear)", "a Linear")
        made.append(Adapter(linear))
        return made[-1]

    case = (model, make_layer, targets)
    try:
        value = call(answer, *case)
    except AnswerRaised as raised:
        if isinstance(raised.error, Mistake):
            raise raised.error from None
        raised.likely = cause_of_raising(raised.error, case, RAISED_MISTAKES)
        raise
    except Mistake:
        if made:  # what was replaced says more than what came back
            examine_places(model, modules, wanted, targets, made)
        raise
    examine_places(model, modules, wanted, targets, made)
    examine_gradients(model, old)
    examine_names(value, wanted, all_linear)


def adapters_of(model: nn.Module) -> dict[str, Adapter]:
    """The new layers by full name."""
    return {name: m for name, m in model.named_modules() if isinstance(m, Adapter)}


def examine_places(
    model: nn.Module, modules: dict, wanted: list[str], targets: list[str], made: list[Adapter]
) -> None:
    """Are new layers where they should be, each around the layer that was there?"""
    new = adapters_of(model)
    expected, got = f"new layers at {show(wanted)}", f"new layers at {show(list(new))}"
    likely = cause_of_places(model, modules, wanted, targets, made)
    if likely:
        raise Mistake(likely, expected, got)
    for name, layer in new.items():
        if layer.base is not modules[name]:
            likely = f"{name} holds another layer than before: pass make_layer the one at its place"
            raise Mistake(likely, expected, got)


def cause_of_places(
    model: nn.Module, modules: dict, wanted: list[str], targets: list[str], made: list[Adapter]
) -> str:
    """Why the new layers are not where they should be; "" if they are."""
    new = set(adapters_of(model))
    if any("." in name for module in model.modules() for name in module._modules):
        return (
            "setattr with a full name adds a child to the model itself, and the old layer stays "
            "in use: set the last name on its parent, or use model.set_submodule"
        )
    if new == set(wanted):
        return ""
    if not made:
        return (
            "no layer was found: the targets are last names, so compare name.split('.')[-1], and "
            "of the modules at every level, model.named_modules()"
        )
    if not new and not any(layer.base is module for layer in made for module in modules.values()):
        return "this changes a copy: the caller goes on with the model itself, so change that"
    if not new:
        return (
            "make_layer was called, but its layers are not in the model: assigning to a variable "
            "changes no module; use setattr on the parent, or model.set_submodule"
        )
    if new == {wanted[0]}:
        return "only the first layer was replaced: is `return` or `break` in the loop?"
    if new <= set(targets) - set(wanted):
        return "the new layers were set on the model itself: each belongs on its layer's parent"
    for likely, chosen in pairs(CHOICE_MISTAKES):
        if new == {n for n, m in modules.items() if chosen(n, m, targets)}:
            return likely
    return UNKNOWN


def examine_gradients(model: nn.Module, old: dict[str, nn.Parameter]) -> None:
    """Adapters train, the rest does not."""
    layers = adapters_of(model).values()
    adapters = [p for m in layers for p in (m.lora_A, m.lora_B)]
    training = {name for name, parameter in old.items() if parameter.requires_grad}
    frozen = sum(not p.requires_grad for p in adapters)
    if not frozen and not training:
        return
    replaced = {id(p) for m in layers for p in m.base.parameters()}
    inside = {name for name, parameter in old.items() if id(parameter) in replaced}
    if frozen:
        likely = (
            "the adapters are frozen too, and nothing would be trained: freeze first, then replace"
        )
    elif training == set(old):
        likely = "nothing is frozen: call model.requires_grad_(False) before replacing"
    elif all(name.endswith("bias") for name in training):
        likely = "the biases still train: freeze every parameter, not only what is called weight"
    elif training == set(old) - inside:
        likely = (
            "only the replaced layers are frozen, and the rest of the model still trains: freeze "
            "it all, with model.requires_grad_(False)"
        )
    elif training <= inside:
        likely = (
            "the replaced layers' own weights still train: freeze them too, A and B train alone"
        )
    else:
        likely = (
            "some of the old parameters still train: freeze them all (replaced or not, embedding, "
            "norms, biases), with model.requires_grad_(False)"
        )
    expected, got = (
        f"{a} of {len(adapters)} adapters and {b} of {len(old)} others trainable"
        for a, b in ((len(adapters), 0), (len(adapters) - frozen, len(training)))
    )
    raise Mistake(likely, expected, got)


def examine_names(value: Any, wanted: list[str], all_linear: list[str]) -> None:
    """Is it the list of full names, in any order?"""
    expected = show(wanted)
    if isinstance(value, (set, frozenset)):
        likely = "a set has no first name, and the lesson takes names[0]: return a list"
        raise Mistake(likely, expected, show(value))
    if not isinstance(value, (list, tuple)) or not all(isinstance(n, str) for n in value):
        likely = "return the list of the full names of the replaced layers"
        raise Mistake(likely, expected, show(value))
    if sorted(value) == sorted(map(last, wanted)) or set(value) == set(map(last, wanted)):
        raise Mistake("these are last names: return the full ones", expected, show(value))
    if sorted(value) == sorted(wanted):
        return
    likely = "the names are not those of the replaced layers"
    if set(value) == set(wanted):
        likely = "some names are there more than once"
    elif set(value) < set(wanted):
        likely = "some names are missing: add each one in the loop, and return after it"
    elif sorted(value) == sorted(all_linear):
        likely = "these are the names of all linear layers: return those of the replaced ones"
    raise Mistake(likely, expected, show(value))


HINTS = (
    "three things, in this order: freeze everything, choose the layers, replace them",
    "model.named_modules() gives (full name, module) at every level; make a list of the chosen "
    "names before you change the model",
    'parent, _, last = name.rpartition("."); setattr(model.get_submodule(parent), last, '
    "make_layer(linear)); or model.set_submodule(name, make_layer(linear))",
)


@exercise(hints=HINTS, mistakes=CHOICE_MISTAKES | RAISED_MISTAKES)
def add_lora(answer: Any, numbers: random.Random) -> None:
    """A toy full of traps, then a small language model."""
    examine_add(answer, Toy(numbers), numbers.sample(["query", "value", "up", "base"], 4))
    examine_add(answer, Toy(numbers), numbers.sample(["query", "value", "up"], 2))
    examine_add(answer, Flat(numbers), ["query", "value"])
    examine_add(answer, tiny_model("qwen2", numbers.randrange(99)), ["q_proj", "down_proj"])
