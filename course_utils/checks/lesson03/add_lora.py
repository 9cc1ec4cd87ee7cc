"""``add_lora`` (lesson 3, *The layer*)."""

import random
from typing import Any

import torch
from torch import nn

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import UNKNOWN, Mistakes, pairs
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake
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


def last(name: str) -> str:
    """The last part of a full name."""
    return name.split(".")[-1]


def is_chosen(name: str, module: nn.Module, targets: list[str]) -> bool:
    """The definition."""
    return isinstance(module, nn.Linear) and last(name) in targets


CHOICE_MISTAKES: Mistakes = {  # the wrong answers choose layers, as ``is_chosen`` does
    "every linear layer was replaced, even the output head: only the targets are asked for": [
        lambda name, module, targets: isinstance(module, nn.Linear)
    ],
    "every linear layer but the output head was replaced: only the targets are asked for": [
        lambda name, module, targets: isinstance(module, nn.Linear) and name != "output_head"
    ],
    "names that merely end like a target were taken too: compare name.split('.')[-1]": [
        lambda name, module, targets: (
            isinstance(module, nn.Linear) and name.endswith(tuple(targets))
        )
    ],
    "names that merely contain a target were taken too: compare the last part as a whole": [
        lambda name, module, targets: (
            isinstance(module, nn.Linear) and any(target in last(name) for target in targets)
        )
    ],
    "a target's name anywhere in the full name was enough: only the last part counts": [
        lambda name, module, targets: (
            isinstance(module, nn.Linear) and any(target in name for target in targets)
        ),
        lambda name, module, targets: (
            isinstance(module, nn.Linear) and any(target in name.split(".") for target in targets)
        ),
    ],
    "only the first target was used": [
        lambda name, module, targets: is_chosen(name, module, targets[:1])
    ],
    "only the first block was changed: go through the whole model": [
        lambda name, module, targets: is_chosen(name, module, targets) and "blocks.0" in name
    ],
    "the targets were left out, and the others replaced": [
        lambda name, module, targets: isinstance(module, nn.Linear) and last(name) not in targets
    ],
}


def examine_add(answer: Any, model: nn.Module, targets: list[str]) -> None:
    """One call: what was replaced, what is frozen, what came back."""
    modules = dict(model.named_modules())
    wanted = [name for name, module in modules.items() if is_chosen(name, module, targets)]
    old = list(model.parameters())
    made: list[Adapter] = []

    def make_layer(linear: nn.Linear) -> Adapter:
        if linear in [layer.base for layer in made]:
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

    try:
        value = call(answer, model, make_layer, targets)
    except AnswerRaised as raised:
        if isinstance(raised.error, Mistake):
            raise raised.error from None
        raise
    examine_places(model, modules, wanted, targets, bool(made))
    examine_gradients(model, old)
    examine_names(value, wanted)


def examine_places(
    model: nn.Module, modules: dict, wanted: list[str], targets: list[str], made: bool
) -> None:
    """Are new layers where they should be, each around the layer that was there?"""
    new = {name: m for name, m in model.named_modules() if isinstance(m, Adapter)}
    expected, got = f"new layers at {show(wanted)}", f"new layers at {show(list(new))}"
    if not new and made:
        raise Mistake(
            "make_layer was called, but its layers are not in the model: assigning to a variable "
            "changes no module; use setattr on the parent, or model.set_submodule",
            expected, got,
        )  # fmt: skip
    if not new:
        raise Mistake(
            "nothing was replaced: named_children() sees the first level alone, "
            "model.named_modules() every level",
            expected, got,
        )  # fmt: skip
    if set(new) != set(wanted):
        for likely, chosen in pairs(CHOICE_MISTAKES):
            if set(new) == {n for n, m in modules.items() if chosen(n, m, targets)}:
                raise Mistake(likely, expected, got)
        raise Mistake(UNKNOWN, expected, got)
    for name, layer in new.items():
        if layer.base is not modules[name]:
            likely = f"{name} holds another layer than before: pass make_layer the one at its place"
            raise Mistake(likely, expected, got)


def examine_gradients(model: nn.Module, old: list[nn.Parameter]) -> None:
    """Adapters train, the rest does not."""
    adapters = [p for m in model.modules() if isinstance(m, Adapter) for p in (m.lora_A, m.lora_B)]
    on = [sum(p.requires_grad for p in part) for part in (adapters, old)]
    expected = f"{len(adapters)} of {len(adapters)} adapters and 0 of {len(old)} others trainable"
    got = f"{on[0]} of {len(adapters)} adapters and {on[1]} of {len(old)} others trainable"
    if on[0] < len(adapters):
        raise Mistake(
            "the adapters are frozen too, and nothing would be trained: freeze first, then replace",
            expected, got,
        )  # fmt: skip
    if on[1] == len(old):
        raise Mistake(
            "nothing is frozen: call model.requires_grad_(False) before replacing", expected, got
        )
    if on[1]:
        raise Mistake(
            "some of the old parameters still train: freeze them all (replaced or not, embedding, "
            "norms, biases), with model.requires_grad_(False)",
            expected, got,
        )  # fmt: skip


def examine_names(value: Any, wanted: list[str]) -> None:
    """Is it the list of full names, in any order?"""
    expected = show(wanted)
    if not isinstance(value, (list, tuple, set)) or not all(isinstance(n, str) for n in value):
        likely = "return the list of the full names of the replaced layers"
        raise Mistake(likely, expected, show(value))
    if sorted(value) == sorted(map(last, wanted)) or set(value) == set(map(last, wanted)):
        raise Mistake("these are last names: return the full ones", expected, show(value))
    if sorted(value) != sorted(wanted):
        raise Mistake("the names are not those of the replaced layers", expected, show(value))


HINTS = (
    "three things, in this order: freeze everything, choose the layers, replace them",
    "model.named_modules() gives (full name, module) at every level; make a list of the chosen "
    "names before you change the model",
    'parent, _, last = name.rpartition("."); setattr(model.get_submodule(parent), last, '
    "make_layer(linear)); or model.set_submodule(name, make_layer(linear))",
)


@exercise(hints=HINTS, mistakes=CHOICE_MISTAKES)
def add_lora(answer: Any, numbers: random.Random) -> None:
    """A toy full of traps, then a small language model."""
    examine_add(answer, Toy(numbers), numbers.sample(["query", "value", "up", "base"], 4))
    examine_add(answer, Toy(numbers), numbers.sample(["query", "value", "up"], 2))
    examine_add(answer, tiny_model("qwen2", numbers.randrange(99)), ["q_proj", "down_proj"])
