"""The linear layers of a model: found, replaced, counted.

Lesson 3 (*The layer*) puts LoRA in their place, lesson 5 (*A frozen layer in 4 bits*) 4-bit layers.
"""

from collections.abc import Callable, Sequence

from torch import nn

from course_utils import validate
from course_utils.errors import CourseError

ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")  # as the families of Llama and Qwen2 do
MLP = ("gate_proj", "up_proj", "down_proj")
ALL_LINEAR = ATTENTION + MLP


def linear_layers(model: nn.Module) -> dict[str, nn.Linear]:
    """The linear layers by full name, without the output head."""
    head = getattr(model, "get_output_embeddings", lambda: None)()
    return {n: m for n, m in model.named_modules() if isinstance(m, nn.Linear) and m is not head}


def matching_layers(model: nn.Module, targets: Sequence[str]) -> dict[str, nn.Linear]:
    """The linear layers whose last name is one of ``targets``, by full name.

    Raises:
        CourseError: there is none, or ``targets`` is no list of names.
    """
    targets = validate.names("targets", targets, '("q_proj", "v_proj")')
    layers = linear_layers(model)
    chosen = {name: m for name, m in layers.items() if name.split(".")[-1] in targets}
    if not chosen:
        raise _none_matches(model, targets, layers)
    return chosen


def _none_matches(
    model: nn.Module, targets: Sequence[str], layers: dict[str, nn.Linear]
) -> CourseError:
    """Say what stands in the place of the targets, or which names there are."""
    family, wanted = type(model).__name__, ", ".join(targets)
    named = [m for name, m in model.named_modules() if name.split(".")[-1] in targets]
    if others := [m for m in named if not isinstance(m, nn.Linear)]:
        kinds = ", ".join(dict.fromkeys(type(m).__name__ for m in others))
        return CourseError(
            f"In this {family}, {wanted} are no plain linear layers any more, but {kinds}",
            "load the model again, or take away what was added to it",
        )
    names = ", ".join(dict.fromkeys(name.split(".")[-1] for name in layers))
    return CourseError(
        f"{family} has no linear layers named {wanted}; it has {names or 'none'}",
        "choose targets among them"
        if names
        else "use a model of the Llama or Qwen2 family (GPT-2's are Conv1D)",
    )


def replace_linear(
    model: nn.Module, make_layer: Callable[[nn.Linear], nn.Module], targets: Sequence[str]
) -> list[str]:
    """Freeze ``model``, and put ``make_layer(linear)`` in the place of each targeted layer.

    Returns:
        The full names of the replaced layers.

    Raises:
        CourseError: see ``matching_layers``.
    """
    chosen = matching_layers(model, targets)
    model.requires_grad_(False)
    for name, layer in chosen.items():
        model.set_submodule(name, make_layer(layer))
    model.train(model.training)  # new modules start in training mode
    return list(chosen)


def say_coverage(
    model: nn.Module, what: str, chosen: list[str], left_out: list[str], targets: Sequence[str]
) -> None:
    """Say so where all linear layers were asked for and the model has others too.

    Args:
        what: such as ``LoRA``.
        chosen: full names of the layers that got it.
        left_out: full names of the linear layers that did not.
        targets: last names that were asked for; only ``ALL_LINEAR`` stands for all.
    """
    if set(targets) != set(ALL_LINEAR):
        return
    experts = [n for n, p in model.named_parameters() if p.ndim == 3 and "expert" in n]
    lines = {
        f"on {len(chosen)} of {len(chosen) + len(left_out)} linear layers, not on": left_out,
        "not on the experts, which are no linear layers:": experts,
    }
    for words, names in lines.items():
        if names:
            kinds = ", ".join(dict.fromkeys(name.split(".")[-1] for name in names))
            print(f"{what} in this {type(model).__name__}: {words} {kinds}.")


def trainable_parameters(model: nn.Module) -> int:
    """How many numbers training may change."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
