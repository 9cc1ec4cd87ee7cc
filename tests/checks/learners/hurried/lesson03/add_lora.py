"""Learners' answers to exercise 3, add_lora."""

import copy

import torch
from torch import nn


def right_get_submodule(model, make_layer, targets):
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        parent, _, last = name.rpartition(".")
        if last in targets and isinstance(module, nn.Linear):
            setattr(model.get_submodule(parent), last, make_layer(module))
            names.append(name)
    return names


def right_set_submodule(model, make_layer, targets):
    for parameter in model.parameters():
        parameter.requires_grad = False
    chosen = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and name.split(".")[-1] in set(targets)
    }
    for name, linear in chosen.items():
        model.set_submodule(name, make_layer(linear))
    return list(chosen)


def right_recursion(model, make_layer, targets):
    names = []

    def visit(parent, prefix):
        for last, child in list(parent.named_children()):
            if isinstance(child, nn.Linear) and last in targets:
                setattr(parent, last, make_layer(child))
                names.append(prefix + last)
            else:
                visit(child, prefix + last + ".")

    model.requires_grad_(False)
    visit(model, "")
    return names


def right_parents(model, make_layer, targets):
    [p.requires_grad_(False) for p in model.parameters()]
    replaced = []
    for parent_name, parent in list(model.named_modules()):
        for last in set(targets) & set(parent._modules):
            if isinstance(parent._modules[last], nn.Linear):
                parent._modules[last] = make_layer(parent._modules[last])
                replaced.append(f"{parent_name}.{last}" if parent_name else last)
    return sorted(replaced)


def right_walk_by_hand(model, make_layer, targets):
    for _, parameter in model.named_parameters():
        parameter.requires_grad_(False)
    names = [n for n, m in model.named_modules() if isinstance(m, nn.Linear)]
    names = [n for n in names if any(n == t or n.endswith("." + t) for t in targets)]
    for name in names:
        *path, last = name.split(".")
        parent = model
        for step in path:
            parent = getattr(parent, step)
        setattr(parent, last, make_layer(getattr(parent, last)))
    return names


def right_stack(model, make_layer, targets):
    model.requires_grad_(requires_grad=False)
    stack, names = [((), model)], ()
    while stack:
        path, parent = stack.pop(0)
        for last, child in tuple(parent.named_children()):
            if isinstance(child, nn.Linear) and last in targets:
                parent.register_module(last, make_layer(child))
                names += (".".join((*path, last)),)
            else:
                stack.append(((*path, last), child))
    return names


def wrong_does_not_freeze(model, make_layer, targets):
    """Replaces the layers but freezes nothing else: the whole model still trains."""
    names = []
    for name, module in list(model.named_modules()):
        parent, _, last = name.rpartition(".")
        if last in targets and isinstance(module, nn.Linear):
            setattr(model.get_submodule(parent), last, make_layer(module))
            names.append(name)
    return names


def wrong_freezes_afterwards(model, make_layer, targets):
    """Freezes after the replacement, and with it the adapters: nothing trains."""
    names = []
    for name, module in list(model.named_modules()):
        parent, _, last = name.rpartition(".")
        if last in targets and isinstance(module, nn.Linear):
            setattr(model.get_submodule(parent), last, make_layer(module))
            names.append(name)
    model.requires_grad_(False)
    return names


def wrong_freezes_targets_only(model, make_layer, targets):
    """Freezes only the layers that it replaces; embeddings, norms and the others train on."""
    names = []
    for name, module in list(model.named_modules()):
        parent, _, last = name.rpartition(".")
        if last in targets and isinstance(module, nn.Linear):
            module.requires_grad_(False)
            setattr(model.get_submodule(parent), last, make_layer(module))
            names.append(name)
    return names


def wrong_freezes_weights_only(model, make_layer, targets):
    """Freezes what is called weight and forgets the biases."""
    for name, parameter in model.named_parameters():
        if name.endswith("weight"):
            parameter.requires_grad = False
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            model.set_submodule(name, make_layer(module))
            names.append(name)
    return names


def wrong_freezes_by_attribute(model, make_layer, targets):
    """Sets requires_grad as an attribute of the module, which does not freeze its parameters."""
    model.requires_grad = False
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            model.set_submodule(name, make_layer(module))
            names.append(name)
    return names


def wrong_substring(model, make_layer, targets):
    """Looks for the target anywhere in the full name, and so also hits layers called otherwise."""
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and any(target in name for target in targets):
            model.set_submodule(name, make_layer(module))
            names.append(name)
    return names


def wrong_endswith(model, make_layer, targets):
    """Asks only how the name ends: a target "proj" would also hit q_proj."""
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.endswith(tuple(targets)):
            model.set_submodule(name, make_layer(module))
            names.append(name)
    return names


def wrong_full_name(model, make_layer, targets):
    """Compares the full name, not the last one, with the targets: finds nothing in the model."""
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name in targets:
            model.set_submodule(name, make_layer(module))
            names.append(name)
    return names


def wrong_any_module(model, make_layer, targets):
    """Does not ask whether the module is a torch.nn.Linear."""
    model.requires_grad_(False)
    names = [n for n, _ in model.named_modules() if n.split(".")[-1] in targets]
    for name in names:
        model.set_submodule(name, make_layer(model.get_submodule(name)))
    return names


def wrong_all_linear(model, make_layer, targets):
    """Replaces every linear layer and ignores the targets."""
    model.requires_grad_(False)
    names = [n for n, m in model.named_modules() if isinstance(m, nn.Linear)]
    for name in names:
        model.set_submodule(name, make_layer(model.get_submodule(name)))
    return names


def wrong_loop_variable(model, make_layer, targets):
    """Assigns to the loop variable: the model keeps its old layers."""
    model.requires_grad_(False)
    names = []
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            module = make_layer(module)
            names.append(name)
    return names


def wrong_dotted_setattr(model, make_layer, targets):
    """Calls setattr with the dotted name: that adds a child, and the old layer stays in use."""
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            setattr(model, name, make_layer(module))
            names.append(name)
    return names


def wrong_returns_last_names(model, make_layer, targets):
    """Returns the last names, not the full ones."""
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            model.set_submodule(name, make_layer(module))
            names.append(name.split(".")[-1])
    return names


def wrong_returns_model(model, make_layer, targets):
    """Returns the model, not the names."""
    model.requires_grad_(False)
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            model.set_submodule(name, make_layer(module))
    return model


def wrong_returns_in_loop(model, make_layer, targets):
    """Returns within the loop, after the first layer."""
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            model.set_submodule(name, make_layer(module))
            names.append(name)
            return names


def wrong_copy(model, make_layer, targets):
    """Changes a copy of the model: the caller's stays as it was."""
    model = copy.deepcopy(model).requires_grad_(False)
    names = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            model.set_submodule(name, make_layer(module))
            names.append(name)
    return names


def wrong_children_only(model, make_layer, targets):
    """Looks at the direct children of the model only, not at what is inside them."""
    model.requires_grad_(False)
    names = []
    for name, module in list(model.named_children()):
        if isinstance(module, nn.Linear) and name in targets:
            setattr(model, name, make_layer(module))
            names.append(name)
    return names


SAYS = {
    "wrong_does_not_freeze": "nothing is frozen",
    "wrong_freezes_afterwards": "the adapters are frozen too",
    "wrong_freezes_targets_only": "only the replaced layers are frozen",
    "wrong_freezes_weights_only": "the biases still train",
    "wrong_freezes_by_attribute": "nothing is frozen: call",
    "wrong_substring": "anywhere in the full name was enough",
    "wrong_endswith": "merely end like a target",
    "wrong_full_name": "the targets are last names",
    "wrong_any_module": "make_layer takes a linear layer",
    "wrong_all_linear": "every linear layer was replaced",
    "wrong_loop_variable": "assigning to a variable changes no module",
    "wrong_dotted_setattr": "setattr with a full name",
    "wrong_returns_last_names": "these are last names",
    "wrong_returns_model": "return the list of the full names",
    "wrong_returns_in_loop": "is `return` or `break` in the loop",
    "wrong_copy": "this changes a copy",
    "wrong_children_only": "the modules at every level",
}
