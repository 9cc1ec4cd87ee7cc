"""Answers to ``add_lora``."""

import copy

import torch
from torch import nn

from course_utils.methods.lora import LoRALinear, lora_layers, remove_lora
from course_utils.model.tiny import tiny_model


def usual(model, make_layer, targets):
    model.requires_grad_(False)
    names = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets
    ]
    for name in names:
        model.set_submodule(name, make_layer(model.get_submodule(name)))
    return names


def by_parents(model, make_layer, targets):
    for parameter in model.parameters():
        parameter.requires_grad = False
    replaced = []
    for path, parent in list(model.named_modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear) and name in targets:
                setattr(parent, name, make_layer(child))
                replaced.append(f"{path}.{name}" if path else name)
    return replaced


def by_recursion(model, make_layer, targets):
    def walk(module, path):
        found = []
        for name, child in module.named_children():
            full = [*path, name]
            if name in targets and type(child) is nn.Linear:
                module._modules[name] = make_layer(child)
                found.append(".".join(full))
            else:
                found += walk(child, full)
        return found

    names = walk(model, [])
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.endswith(("lora_A", "lora_B")))
    return tuple(names)


def choosing(name, chosen):
    """A wrong answer that chooses other layers; ``chosen`` takes the full name and the targets."""

    def wrong(model, make_layer, targets):
        model.requires_grad_(False)
        names = [
            n
            for n, module in model.named_modules()
            if isinstance(module, nn.Linear) and chosen(n, targets)
        ]
        for n in names:
            model.set_submodule(n, make_layer(model.get_submodule(n)))
        return names

    wrong.__name__ = name
    return wrong


def no_freezing(model, make_layer, targets):
    names = [n for n, m in model.named_modules() if n.split(".")[-1] in targets]
    names = [n for n in names if isinstance(model.get_submodule(n), nn.Linear)]
    for name in names:
        model.set_submodule(name, make_layer(model.get_submodule(name)))
    return names


def freezes_last(model, make_layer, targets):
    names = usual(model, make_layer, targets)
    model.requires_grad_(False)
    return names


def freezes_the_replaced_alone(model, make_layer, targets):
    names = no_freezing(model, make_layer, targets)
    for name in names:
        model.get_submodule(name).base.requires_grad_(False)
    return names


def freezes_weights_alone(model, make_layer, targets):
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not name.endswith("weight")
    return no_freezing(model, make_layer, targets)


def freezes_linear_layers_alone(model, make_layer, targets):
    for module in model.modules():
        if isinstance(module, nn.Linear):
            module.requires_grad_(False)
    return no_freezing(model, make_layer, targets)


def first_level_alone(model, make_layer, targets):
    model.requires_grad_(False)
    names = []
    for name, child in list(model.named_children()):
        if isinstance(child, nn.Linear) and name in targets:
            setattr(model, name, make_layer(child))
            names.append(name)
    return names


def rebinds_the_variable(model, make_layer, targets):
    model.requires_grad_(False)
    names = []
    for name, module in model.named_modules():
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets:
            module = make_layer(module)
            names.append(name)
    return names


def changes_a_copy(model, make_layer, targets):
    model.requires_grad_(False)
    return usual(copy.deepcopy(model), make_layer, targets)


def wraps_twice(model, make_layer, targets):
    def walk(module):
        for name, child in module.named_children():
            if isinstance(child, nn.Linear) and name in targets:
                setattr(module, name, make_layer(child))
            walk(getattr(module, name))

    names = [n for n, m in model.named_modules() if isinstance(m, nn.Linear)]
    model.requires_grad_(False)
    walk(model)
    return [n for n in names if n.split(".")[-1] in targets]


def takes_any_module(model, make_layer, targets):
    model.requires_grad_(False)
    names = [n for n, _ in model.named_modules() if n.split(".")[-1] in targets]
    for name in names:
        model.set_submodule(name, make_layer(model.get_submodule(name)))
    return names


def wraps_a_new_layer(model, make_layer, targets):
    def fresh(linear):
        return make_layer(nn.Linear(linear.in_features, linear.out_features))

    return usual(model, fresh, targets)


def returns_nothing(model, make_layer, targets):
    usual(model, make_layer, targets)


def returns_the_model(model, make_layer, targets):
    usual(model, make_layer, targets)
    return model


def returns_the_count(model, make_layer, targets):
    return len(usual(model, make_layer, targets))


def returns_last_names(model, make_layer, targets):
    return [name.split(".")[-1] for name in usual(model, make_layer, targets)]


def returns_targets(model, make_layer, targets):
    usual(model, make_layer, targets)
    return list(targets)


def returns_new_names(model, make_layer, targets):
    return [f"{name}.base" for name in usual(model, make_layer, targets)]


def last(name):
    return name.split(".")[-1]


def sets_a_full_name(model, make_layer, targets):
    model.requires_grad_(False)
    names = [n for n, m in model.named_modules() if isinstance(m, nn.Linear) and last(n) in targets]
    for name in names:
        setattr(model, name, make_layer(model.get_submodule(name)))
    return names


def sets_on_the_model(model, make_layer, targets):
    model.requires_grad_(False)
    names = [n for n, m in model.named_modules() if isinstance(m, nn.Linear) and last(n) in targets]
    for name in names:
        setattr(model, last(name), make_layer(model.get_submodule(name)))
    return names


def returns_in_the_loop(model, make_layer, targets):
    model.requires_grad_(False)
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and last(name) in targets:
            model.set_submodule(name, make_layer(module))
            return [name]


def trains_the_replaced(model, make_layer, targets):
    names = usual(model, make_layer, targets)
    for name in names:
        model.get_submodule(name).requires_grad_(True)
    return names


def returns_a_set(model, make_layer, targets):
    return set(usual(model, make_layer, targets))


def returns_one_name(model, make_layer, targets):
    return usual(model, make_layer, targets)[:1]


def returns_names_twice(model, make_layer, targets):
    return 2 * usual(model, make_layer, targets)


def returns_all_linear_layers(model, make_layer, targets):
    names = [n for n, m in model.named_modules() if isinstance(m, nn.Linear)]
    usual(model, make_layer, targets)
    return names


def NEXT(answer):
    model, ids = tiny_model("qwen2"), torch.tensor([[3, 1, 2]])
    before = model(ids).logits
    names = answer(model, lambda linear: LoRALinear(linear, 2, 4), ("q_proj", "down_proj"))
    assert torch.equal(before, model(ids).logits)
    layers = lora_layers(model)
    assert len(names) == len(layers) == 4
    trained = {n for n, p in model.named_parameters() if p.requires_grad}
    assert trained == {f"{name}.{part}" for name in layers for part in ("lora_A", "lora_B")}
    model(ids).logits.sum().backward()
    assert layers[names[0]].lora_B.grad.any()
    assert layers[names[0]].base.weight.grad is None
    remove_lora(model)
    assert not lora_layers(model)


RIGHT = [usual, by_parents, by_recursion]
WRONG = [
    (choosing("every_linear_layer", lambda n, t: True), "even the output head"),
    (choosing("all_but_the_head", lambda n, t: n not in ("output_head", "lm_head")),
     "every linear layer but the output head"),
    (choosing("ends_like_a_target", lambda n, t: n.endswith(tuple(t))), "merely end like"),
    (choosing("contains_a_target", lambda n, t: any(x in last(n) for x in t)), "merely contain"),
    (choosing("anywhere_in_the_name", lambda n, t: any(x in n for x in t)),
     "anywhere in the full name"),
    (choosing("any_part_of_the_name", lambda n, t: bool({*n.split(".")} & {*t})),
     "anywhere in the full name"),
    (choosing("first_target", lambda n, t: last(n) == t[0]), "only the first target"),
    (choosing("first_block", lambda n, t: last(n) in t and ".0." in n), "only the first block"),
    (choosing("all_but_the_targets", lambda n, t: last(n) not in t), "targets were left out"),
    (choosing("last_target", lambda n, t: last(n) == t[-1]), "only the last target"),
    (choosing("name_around", lambda n, t: last(n.rpartition(".")[0]) in t), "the layer around it"),
    (sets_a_full_name, "setattr with a full name"),
    (sets_on_the_model, "set on the model itself"),
    (returns_in_the_loop, "only the first layer was replaced"),
    (trains_the_replaced, "own weights still train"),
    (returns_a_set, "a set has no first name"),
    (returns_one_name, "some names are missing"),
    (returns_names_twice, "more than once"),
    (returns_all_linear_layers, "the names of all linear layers"),
    (no_freezing, "nothing is frozen"),
    (freezes_last, "the adapters are frozen too"),
    (freezes_the_replaced_alone, "only the replaced layers are frozen"),
    (freezes_weights_alone, "the biases still train"),
    (freezes_linear_layers_alone, "some of the old parameters still train"),
    (first_level_alone, "no layer was found"),
    (rebinds_the_variable, "assigning to a variable changes no module"),
    (changes_a_copy, "this changes a copy"),
    (wraps_twice, "wrapped twice"),
    (takes_any_module, "takes a linear layer"),
    (wraps_a_new_layer, "holds another layer than before"),
    (returns_nothing, "does every way through the function end in `return`"),
    (returns_the_model, "the list of the full names"),
    (returns_the_count, "the list of the full names"),
    (returns_last_names, "these are last names"),
    (returns_targets, "these are last names"),
    (returns_new_names, "not those of the replaced layers"),
]  # fmt: skip
