"""``freeze`` (lesson 4, *Words are vectors*)."""

import random
from typing import Any

import torch

from course_utils.checks.core.calling import call
from course_utils.checks.core.compare import Mistakes, cause_of_raising, number
from course_utils.checks.core.describe import show
from course_utils.checks.core.exercise import exercise
from course_utils.checks.core.outcome import AnswerRaised, Mistake, WrongForm


class SmallModel(torch.nn.Module):
    """Parameters of its own, tied embedding and head, a norm, layers: what may be forgotten."""

    def __init__(self, vocabulary: int, width: int):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(width))
        self.shift = torch.nn.Parameter(torch.zeros(width))
        self.embedding = torch.nn.Embedding(vocabulary, width)
        self.norm = torch.nn.LayerNorm(width)
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(width, 2 * width), torch.nn.Linear(2 * width, width)
        )
        self.head = torch.nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.embedding.weight


class Vectors(torch.nn.Module):
    """A soft prompt, as far as freezing goes."""

    def __init__(self, length: int, width: int):
        super().__init__()
        self.embedding = torch.nn.Parameter(torch.randn(length, width))


PLACES = ("apart", "soft_prompt", "frozen", "other name", "layer")  # where the soft prompt is


def draw(numbers: random.Random, place: str) -> tuple[SmallModel, Vectors]:
    """A model and a soft prompt, which may be a submodule of it, and frozen already."""
    width = numbers.choice((6, 8))  # so that no two mistakes give the same number
    model = SmallModel(numbers.randint(20, 40), width)
    soft_prompt = Vectors(numbers.choice((2, 4)), width)
    if place != "apart":
        soft_prompt.requires_grad_(False)
    if place == "soft_prompt":
        model.soft_prompt = soft_prompt
    elif place == "other name":
        model.prefix = soft_prompt
    elif place == "layer":
        model.layers.append(soft_prompt)
        model.norm.requires_grad_(False)
    return model, soft_prompt


NOTHING = (
    "none of the model's parameters is frozen: model.requires_grad_(False), with the underscore; "
    "eval(), detach() and no_grad() freeze nothing"
)


def check_frozen(model: SmallModel, soft_prompt: Vectors) -> None:
    """Nothing of the model but the soft prompt requires gradients."""
    own = set(soft_prompt.parameters())
    base = {name: p for name, p in model.named_parameters() if p not in own}
    free = [name for name, p in base.items() if p.requires_grad]
    if free:
        got = f"all {len(base)}" if len(free) == len(base) else ", ".join(free)
        raise Mistake(why_free(model, list(base), free), "no parameter of the model", got)


def why_free(model: SmallModel, names: list[str], free: list[str]) -> str:
    """Which mistake leaves these parameters of the model free."""
    frozen = [name for name in names if name not in free]
    if not frozen and "requires_grad" in vars(model):
        return (
            "model.requires_grad = False sets an attribute of the module, which reaches none of "
            "its parameters: model.requires_grad_(False), with the underscore"
        )
    if not frozen:
        return NOTHING
    if frozen == names[:1]:
        return f"only the first parameter is frozen, {names[0]}: does a `return` end the loop?"
    if frozen == ["scale", "shift"]:
        return (
            "only the parameters of the model itself are frozen, not those of its layers: "
            "parameters(), without recurse=False, has all"
        )
    if not any(name in ("scale", "shift") for name in frozen) and {"scale", "shift"} == set(free):
        return (
            "the layers are frozen, the parameters of the model itself are not: model.parameters() "
            "has all"
        )
    return f"{free[0]} still requires gradients: freeze all of the model's parameters"


def check_trainable(soft_prompt: Vectors, place: str) -> None:
    """The soft prompt itself requires gradients."""
    if soft_prompt.embedding.requires_grad:
        return
    likely = "the soft prompt is frozen too, so nothing would train"
    if place == "frozen":
        likely = "the soft prompt came frozen, and stays so: soft_prompt.requires_grad_(True)"
    elif place == "soft_prompt":
        likely = (
            "the soft prompt is frozen too: it may be a part of the model, so freeze the model "
            "first, then let the soft prompt require gradients"
        )
    elif place != "apart":
        likely = (
            "the soft prompt is frozen too: it may be a part of the model by any name, so take "
            "its parameters from soft_prompt itself"
        )
    raise Mistake(likely, "embedding.requires_grad is True", "False")


def check_count(value: Any, model: SmallModel, soft_prompt: Vectors, inside: bool) -> None:
    """The number of trainable parameters: length x width."""
    what = "the number of trainable parameters"
    if isinstance(value, torch.Tensor) and value.shape == (1,):
        raise WrongForm(f"return {what}, without a dimension around it", what, show(value))
    count = number(value, what)
    length, width = soft_prompt.embedding.shape
    right = length * width
    if count != right:
        likely = why_count(count, model, soft_prompt, inside)
        raise Mistake(likely, f"{length} x {width} = {right}", f"{count:g}")


def why_count(count: float, model: SmallModel, soft_prompt: Vectors, inside: bool) -> str:
    """Which mistake gives this count."""
    length, width = soft_prompt.embedding.shape
    everything = {p: p.numel() for p in (*model.parameters(), *soft_prompt.parameters())}
    right, total = length * width, sum(everything.values())
    base = total - right
    none = "the soft prompt is not counted: it need not be a part of the model, by any name"
    if inside:
        none = "nothing was counted: perhaps it was, before the soft prompt could train"
    bytes_, share = "these are bytes: count numbers", "this is a share: return the number itself"
    causes: list[tuple[float, str]] = [
        (0, none),
        (1, "this counts tensors: count their numbers, p.numel()"),
        (length, "this is the number of soft tokens: each has d_model numbers"),
        (width, "this is the width: count every number of every soft token"),
        (length + width, "length and width are added: multiply them"),
        (total, "this counts every parameter: freeze first, then count what requires gradients"),
        (base, "this counts the frozen parameters: count those that train"),
        (2 * right, "the soft prompt was counted twice: it may be a part of the model"),
        (4 * right, bytes_),
        (4 * total, bytes_),
        (20 * 576, "this is the lesson's 20 x 576: count what this soft prompt has"),
        (20 * width, "20 soft tokens are assumed: this soft prompt may have another length"),
        (length * 576, "a width of 576 is assumed: this model may have another"),
        (right / total, share),
        (right / base, share),
        (100 * right / total, "these are per cent: return the number itself"),
        (len(list(model.parameters())), "these are the model's tensors: count numbers, p.numel()"),
    ]
    unknown = "this is another number than that of the trainable parameters"
    return next((cause for number_, cause in causes if count == number_), unknown)


def within(model: SmallModel, soft_prompt: Vectors) -> list[bool]:
    """A usual mistake that raises: is each parameter in a list?"""
    own = list(soft_prompt.parameters())
    return [parameter in own for parameter in model.parameters()]


FREEZE_MISTAKES: Mistakes = {
    (
        "`in` compares tensors number by number: keep a set of the parameters, or their ids, "
        "or ask with `is`"
    ): [within],
}


HINTS = (
    "which tensors should training change, and which not?",
    "module.requires_grad_(False), with an underscore at its end, reaches all parameters of a "
    "module; the soft prompt may be a part of the model, so mind the order",
    "sum(p.numel() for p in soft_prompt.parameters()) counts numbers, not tensors",
)


@exercise(hints=HINTS, mistakes=FREEZE_MISTAKES)
def freeze(answer: Any, numbers: random.Random) -> None:
    """Who requires gradients afterwards, whether all else is as it was, and the count."""
    for place in PLACES:
        model, soft_prompt = draw(numbers, place)
        names = [name for name, _ in model.named_parameters()]
        before = [p.detach().clone() for p in (*model.parameters(), *soft_prompt.parameters())]
        try:
            value = call(answer, model, soft_prompt)
        except AnswerRaised as raised:
            raised.likely = cause_of_raising(raised.error, (model, soft_prompt), FREEZE_MISTAKES)
            raise
        now = [name for name, _ in model.named_parameters()]
        if now != names:
            likely = "the model has other parameters than before: only set requires_grad"
            changed = [name for name in (*now, *names) if (name in now) != (name in names)]
            raise Mistake(likely, "the parameters that it had", f"another: {changed[0]}")
        check_frozen(model, soft_prompt)
        check_trainable(soft_prompt, place)
        after = [*model.parameters(), *soft_prompt.parameters()]
        if not all(map(torch.equal, before, after)):
            raise Mistake("the weights were changed: freezing only sets requires_grad")
        check_count(value, model, soft_prompt, place not in ("apart", "frozen"))
