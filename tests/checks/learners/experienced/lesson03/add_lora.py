"""Answers to add_lora: LoRA layers into the model."""

import copy

import torch
from torch import nn


def right_get_submodule(model, make_layer, targets):
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        parent, _, last = name.rpartition(".")
        if isinstance(module, torch.nn.Linear) and last in targets:
            setattr(model.get_submodule(parent), last, make_layer(module))
            names.append(name)
    return names


def right_set_submodule(model, make_layer, targets):
    for parameter in model.parameters():
        parameter.requires_grad = False
    linears = {n: m for n, m in model.named_modules() if isinstance(m, nn.Linear)}
    chosen = [n for n in linears if n.split(".")[-1] in targets]
    for name in chosen:
        model.set_submodule(name, make_layer(linears[name]))
    return chosen


def right_parents(model, make_layer, targets):
    model.requires_grad_(False)
    replaced = []
    for path, parent in list(model.named_modules()):
        for last, child in list(parent.named_children()):
            if last in targets and isinstance(child, nn.Linear):
                parent._modules[last] = make_layer(child)
                replaced.append(f"{path}.{last}" if path else last)
    return replaced


def _walk(module, make_layer, targets, prefix):
    for last, child in list(module.named_children()):
        if isinstance(child, nn.Linear) and last in targets:
            setattr(module, last, make_layer(child))
            yield prefix + last
        else:
            yield from _walk(child, make_layer, targets, f"{prefix}{last}.")


def right_recursive(model, make_layer, targets):
    for p in model.parameters():
        p.requires_grad_(False)
    return list(_walk(model, make_layer, set(targets), ""))


def wrong_frozen_last(model, make_layer, targets):
    """Freezes after the replacement, so the new adapters are frozen too and nothing trains."""
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            model.set_submodule(name, make_layer(module))
            names.append(name)
    for p in model.parameters():
        p.requires_grad = False
    return names


def wrong_module_attribute(model, make_layer, targets):
    """model.requires_grad = False only sets a new attribute of the module: no weight is frozen."""
    model.requires_grad = False
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            model.set_submodule(name, make_layer(module))
            names.append(name)
    return names


def wrong_dotted_setattr(model, make_layer, targets):
    """setattr with the dotted name hangs new layers on the model and leaves the old in place."""
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            setattr(model, name, make_layer(module))
            names.append(name)
    return names


def wrong_copy(model, make_layer, targets):
    """Works on a deep copy, as one would in JAX, and drops it: the given model is unchanged."""
    model = copy.deepcopy(model)
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            model.set_submodule(name, make_layer(module))
            names.append(name)
    return names


def wrong_substring(model, make_layer, targets):
    """Looks for a target anywhere in the full name instead of comparing the last name."""
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and any(t in name for t in targets):
            model.set_submodule(name, make_layer(module))
            names.append(name)
    return names


def wrong_needs_a_dot(model, make_layer, targets):
    """Asks for '.' + target at the end, so a target directly on the model is missed."""
    model.requires_grad_(False)
    endings = tuple(f".{t}" for t in targets)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.endswith(endings):
            model.set_submodule(name, make_layer(module))
            names.append(name)
    return names


def wrong_any_module(model, make_layer, targets):
    """Goes by the name alone: also replaces a module of that name that is no Linear."""
    model.requires_grad_(False)
    names = [n for n, _ in model.named_modules() if n.split(".")[-1] in targets]
    for name in names:
        model.set_submodule(name, make_layer(model.get_submodule(name)))
    return names


def wrong_short_names(model, make_layer, targets):
    """Returns the last names (q_proj) where the full names were asked for."""
    model.requires_grad_(False)
    names = []
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear) and name in targets:
                setattr(parent, name, make_layer(child))
                names.append(name)
    return names


def wrong_thaws_base(model, make_layer, targets):
    """Sets every parameter of the new layer to train, and so thaws the base within it."""
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            model.set_submodule(name, make_layer(module).requires_grad_(True))
            names.append(name)
    return names


SAYS = {
    "wrong_frozen_last": "freeze first, then replace",
    "wrong_module_attribute": "nothing is frozen",
    "wrong_dotted_setattr": "setattr with a full name",
    "wrong_copy": "this changes a copy",
    "wrong_substring": "anywhere in the full name",
    "wrong_needs_a_dot": "has no dot before its name",
    "wrong_any_module": "make_layer takes a linear layer",
    "wrong_short_names": "these are last names",
    "wrong_thaws_base": "own weights still train",
}
