import math
from itertools import chain

import torch
from torch.nn.utils import parameters_to_vector


def right_plain(model, soft_prompt):
    for parameter in model.parameters():
        parameter.requires_grad = False
    total = 0
    for parameter in soft_prompt.parameters():
        parameter.requires_grad = True
        total += parameter.numel()
    return total


def right_module_methods(model, soft_prompt):
    model.requires_grad_(False)
    return parameters_to_vector(soft_prompt.requires_grad_(True).parameters()).numel()


def right_embedding(model, soft_prompt):
    model.requires_grad_(False)
    soft_prompt.embedding.requires_grad_(True)
    return soft_prompt.embedding.numel()


def right_by_identity(model, soft_prompt):
    own = {id(p) for p in soft_prompt.parameters()}
    everything = {id(p): p for p in chain(model.parameters(), soft_prompt.parameters())}
    for key, parameter in everything.items():
        parameter.requires_grad_(key in own)
    return sum(p.numel() for p in everything.values() if p.requires_grad)


def right_set(model, soft_prompt):
    own = set(soft_prompt.parameters())
    for p in set(model.parameters()) - own:
        p.requires_grad = False
    for p in own:
        p.requires_grad = True
    return sum(math.prod(p.shape) for p in own)


def right_by_module(model, soft_prompt):
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            parameter.requires_grad = any(parameter is p for p in soft_prompt.parameters())
    _ = [p.requires_grad_() for p in soft_prompt.parameters()]
    return sum(p.nelement() for _, p in soft_prompt.named_parameters() if p.requires_grad)


def wrong_order(model, soft_prompt):
    """Freezes the model last, which freezes the soft prompt too if it is part of the model."""
    soft_prompt.requires_grad_(True)
    model.requires_grad_(False)
    return sum(p.numel() for p in soft_prompt.parameters())


def wrong_never_unfrozen(model, soft_prompt):
    """Never turns the soft prompt's gradients on again after freezing the model around it."""
    for parameter in model.parameters():
        parameter.requires_grad = False
    return sum(p.numel() for p in soft_prompt.parameters())


def wrong_counts_tensors(model, soft_prompt):
    """Counts parameter tensors, not the numbers in them."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return len(list(soft_prompt.parameters()))


def wrong_counts_in_model(model, soft_prompt):
    """Counts in the model alone: 0 if the soft prompt is no part of it."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_counts_twice(model, soft_prompt):
    """Counts the soft prompt twice if it is a part of the model."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    both = [*model.parameters(), *soft_prompt.parameters()]
    return sum(p.numel() for p in both if p.requires_grad)


def wrong_eval(model, soft_prompt):
    """Takes eval mode for freezing; it switches dropout off and leaves every gradient on."""
    model.eval()
    soft_prompt.train()
    return sum(p.numel() for p in soft_prompt.parameters())


def wrong_attribute_of_module(model, soft_prompt):
    """Sets an attribute on the modules, which reaches none of their parameters."""
    model.requires_grad = False
    soft_prompt.requires_grad = True
    return sum(p.numel() for p in soft_prompt.parameters())


def wrong_by_name(model, soft_prompt):
    """Finds the soft prompt by its name in the model: nothing is there if it is no part of it."""
    for name, parameter in model.named_parameters():
        parameter.requires_grad = "soft_prompt" in name
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def wrong_bytes(model, soft_prompt):
    """Returns bytes (four a number) instead of the number of parameters."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return sum(p.numel() * p.element_size() for p in soft_prompt.parameters())


def wrong_no_return(model, soft_prompt):
    """Freezes rightly but returns nothing."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)


def wrong_return_in_loop(model, soft_prompt):
    """Returns within the loop, so only the model's first parameter is frozen."""
    soft_prompt.requires_grad_(True)
    own = {id(p) for p in soft_prompt.parameters()}
    for parameter in model.parameters():
        if id(parameter) not in own:
            parameter.requires_grad = False
        return sum(p.numel() for p in soft_prompt.parameters())


def wrong_top_level(model, soft_prompt):
    """recurse=False reaches only the model's own parameters, not those of its layers."""
    for parameter in model.parameters(recurse=False):
        parameter.requires_grad = False
    soft_prompt.requires_grad_(True)
    return sum(p.numel() for p in soft_prompt.parameters())


def wrong_in_a_list(model, soft_prompt):
    """`in` compares tensors by their numbers, not by identity, and raises an error."""
    own = list(soft_prompt.parameters())
    for parameter in model.parameters():
        parameter.requires_grad = parameter in own
    return sum(p.numel() for p in own)


def wrong_all_parameters(model, soft_prompt):
    """Counts the frozen parameters of the model as well."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return sum(p.numel() for p in {*model.parameters(), *soft_prompt.parameters()})


def wrong_detach(model, soft_prompt):
    """detach() gives a new tensor and leaves the parameter as it was: nothing is frozen."""
    for parameter in model.parameters():
        parameter.detach()
    soft_prompt.requires_grad_(True)
    return sum(p.numel() for p in soft_prompt.parameters())


def wrong_no_grad(model, soft_prompt):
    """no_grad lasts only as long as its block and freezes no parameter."""
    with torch.no_grad():
        soft_prompt.requires_grad_(True)
        return sum(p.numel() for p in soft_prompt.parameters())


def wrong_constant(model, soft_prompt):
    """Returns the lesson's 20 x 576, whatever the prompt's size is."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return 20 * 576


def wrong_count_before_freezing(model, soft_prompt):
    """Counts before it freezes, so the whole model counts as trainable."""
    trainable = {*model.parameters(), *soft_prompt.parameters()}
    total = sum(p.numel() for p in trainable if p.requires_grad)
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return total


SAYS = {
    "wrong_order": "freeze the model first",
    "wrong_never_unfrozen": "let the soft prompt require gradients",
    "wrong_counts_tensors": "this counts tensors",
    "wrong_counts_in_model": "need not be a part of the model",
    "wrong_counts_twice": "counted twice",
    "wrong_eval": "eval(), detach() and no_grad() freeze nothing",
    "wrong_attribute_of_module": "sets an attribute of the module",
    "wrong_by_name": "not counted: it need not be a part",
    "wrong_bytes": "these are bytes",
    "wrong_no_return": "end in `return`",
    "wrong_return_in_loop": "only the first parameter is frozen",
    "wrong_top_level": "without recurse=False",
    "wrong_in_a_list": "compares tensors number by number",
    "wrong_all_parameters": "this counts every parameter",
    "wrong_detach": "detach() and no_grad() freeze nothing",
    "wrong_no_grad": "no_grad() freeze nothing",
    "wrong_constant": "the lesson's 20 x 576",
    "wrong_count_before_freezing": "freeze first, then count",
}
