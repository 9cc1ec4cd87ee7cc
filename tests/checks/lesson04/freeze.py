"""Answers to ``freeze``."""

import torch


def usual(model, soft_prompt):
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return sum(p.numel() for p in soft_prompt.parameters())


def by_loops(model, soft_prompt):
    own = {id(p) for p in soft_prompt.parameters()}
    for parameter in list(model.parameters()) + list(soft_prompt.parameters()):
        parameter.requires_grad = id(parameter) in own
    return soft_prompt.embedding.shape[0] * soft_prompt.embedding.shape[1]


def counted_afterwards(model, soft_prompt):
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for parameter in soft_prompt.parameters():
        parameter.requires_grad_(True)
    both = {*model.parameters(), *soft_prompt.parameters()}
    return torch.tensor(sum(p.numel() for p in both if p.requires_grad))


def nothing_frozen(model, soft_prompt):
    soft_prompt.requires_grad_(True)
    return soft_prompt.embedding.numel()


def attribute_of_the_module(model, soft_prompt):
    model.requires_grad = False
    soft_prompt.requires_grad_(True)
    return soft_prompt.embedding.numel()


def eval_instead(model, soft_prompt):
    model.eval()
    soft_prompt.requires_grad_(True)
    return soft_prompt.embedding.numel()


def embedding_forgotten(model, soft_prompt):
    usual(model, soft_prompt)
    model.embedding.requires_grad_(True)
    return soft_prompt.embedding.numel()


def norms_forgotten(model, soft_prompt):
    usual(model, soft_prompt)
    model.norm.requires_grad_(True)
    return soft_prompt.embedding.numel()


def biases_forgotten(model, soft_prompt):
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.endswith("bias"))
    soft_prompt.requires_grad_(True)
    return soft_prompt.embedding.numel()


def prompt_first(model, soft_prompt):
    soft_prompt.requires_grad_(True)
    model.requires_grad_(False)
    return soft_prompt.embedding.numel()


def prompt_as_it_came(model, soft_prompt):
    own = set(soft_prompt.parameters())
    for parameter in set(model.parameters()) - own:
        parameter.requires_grad_(False)
    return soft_prompt.embedding.numel()


def both_frozen(model, soft_prompt):
    model.requires_grad_(False)
    soft_prompt.requires_grad_(False)
    return soft_prompt.embedding.numel()


def tensors_counted(model, soft_prompt):
    usual(model, soft_prompt)
    return len(list(soft_prompt.parameters()))


def length_alone(model, soft_prompt):
    usual(model, soft_prompt)
    return len(soft_prompt.embedding)


def width_alone(model, soft_prompt):
    usual(model, soft_prompt)
    return soft_prompt.embedding.shape[1]


def everything_counted(model, soft_prompt):
    usual(model, soft_prompt)
    return sum(p.numel() for p in {*model.parameters(), *soft_prompt.parameters()})


def frozen_counted(model, soft_prompt):
    usual(model, soft_prompt)
    return sum(p.numel() for p in model.parameters() if not p.requires_grad)


def model_alone_counted(model, soft_prompt):
    usual(model, soft_prompt)
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def names_returned(model, soft_prompt):
    usual(model, soft_prompt)
    return [name for name, _ in soft_prompt.named_parameters()]


def bytes_returned(model, soft_prompt):
    return 4 * usual(model, soft_prompt)


def zeroes_the_prompt(model, soft_prompt):
    with torch.no_grad():
        soft_prompt.embedding.zero_()
    return usual(model, soft_prompt)


RIGHT = [usual, by_loops, counted_afterwards]
WRONG = [
    (nothing_frozen, "still require gradients"),
    (attribute_of_the_module, "with the underscore"),
    (eval_instead, "still require gradients"),
    (embedding_forgotten, "embedding.weight still requires"),
    (norms_forgotten, "norm.weight still requires"),
    (biases_forgotten, "norm.bias still requires"),
    (prompt_first, "freeze the model first"),
    (prompt_as_it_came, "the soft prompt is frozen too"),
    (both_frozen, "nothing would train"),
    (tensors_counted, "counts tensors"),
    (length_alone, "number of soft tokens"),
    (width_alone, "this is the width"),
    (everything_counted, "counts every parameter"),
    (frozen_counted, "counts the frozen parameters"),
    (model_alone_counted, "without it"),
    (names_returned, "not a value of type list"),
    (bytes_returned, "these are bytes"),
    (zeroes_the_prompt, "the weights were changed"),
]
