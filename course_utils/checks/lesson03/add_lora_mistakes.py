"""Which layers ``add_lora`` can choose wrongly, and what it can raise."""

import operator

from torch import nn

from course_utils.checks.core.compare import Mistakes


def last(name: str) -> str:
    """The last part of a full name."""
    return name.split(".")[-1]


def is_chosen(name: str, module: nn.Module, targets: list[str]) -> bool:
    """The definition."""
    return isinstance(module, nn.Linear) and last(name) in targets


CHOICE_MISTAKES: Mistakes = {  # the wrong answers choose layers, as ``is_chosen`` does
    "a target directly on the model has no dot before its name: compare name.split('.')[-1]": [
        lambda name, module, targets: (
            isinstance(module, nn.Linear) and name.endswith(tuple("." + t for t in targets))
        )
    ],
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
    "only the last target was used": [
        lambda name, module, targets: is_chosen(name, module, targets[-1:])
    ],
    "the name of the layer around it was compared: the last part counts": [
        lambda name, module, targets: (
            isinstance(module, nn.Linear) and last(name.rpartition(".")[0]) in targets
        )
    ],
    "only the first block was changed: go through the whole model": [
        lambda name, module, targets: is_chosen(name, module, targets) and "blocks.0" in name
    ],
    "the targets were left out, and the others replaced": [
        lambda name, module, targets: isinstance(module, nn.Linear) and last(name) not in targets
    ],
}
RAISED_MISTAKES: Mistakes = {  # the wrong answers raise what learners' code raises
    "getattr takes one name, without full stops: model.get_submodule(name) takes the full one": [
        lambda model, make_layer, targets: [getattr(model, name) for name in linear_names(model)],
        lambda model, make_layer, targets: [
            getattr(model, name) for name in linear_names(model) if last(name) in targets
        ],
        lambda model, make_layer, targets: [
            getattr(model, name.rpartition(".")[0])
            for name in linear_names(model)
            if last(name) in targets
        ],
    ],
    "a child's name has no full stop: set it on its parent, or use model.set_submodule": [
        lambda model, make_layer, targets: [
            model.add_module(name, nn.Identity())
            for name in linear_names(model)
            if last(name) in targets
        ]
    ],
    "a model is no dictionary: model.get_submodule(name), and model.set_submodule(name, new)": [
        lambda model, make_layer, targets: model[""],
        lambda model, make_layer, targets: operator.setitem(model, "", None),
    ],
    "parentheses are missing: model.named_modules()": [
        lambda model, make_layer, targets: list(model.named_modules)
    ],
    "model.modules() and children() give no names: named_modules() gives (full name, module)": [
        lambda model, make_layer, targets: [name for name, module in model.modules()],
        lambda model, make_layer, targets: [name for name, module in model.children()],
    ],
}


def linear_names(model: nn.Module) -> list[str]:
    """Full names of all linear layers."""
    return [name for name, module in model.named_modules() if isinstance(module, nn.Linear)]
