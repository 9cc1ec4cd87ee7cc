"""Answers to ``freeze``."""

import torch

from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model import forward
from course_utils.model.tiny import tiny_model


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


def counting(name, count):
    """Freezes rightly, and returns another number; ``count`` takes model, vectors and the count."""

    def wrong(model, soft_prompt):
        right = usual(model, soft_prompt)
        return count(model, soft_prompt.embedding, right)

    wrong.__name__ = name
    return wrong


def return_in_the_loop(model, soft_prompt):
    for parameter in model.parameters():
        parameter.requires_grad_(False)
        return soft_prompt.embedding.numel()


def own_parameters_alone(model, soft_prompt):
    for parameter in model.parameters(recurse=False):
        parameter.requires_grad_(False)
    return soft_prompt.embedding.numel()


def layers_alone(model, soft_prompt):
    for child in model.children():
        child.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return soft_prompt.embedding.numel()


def not_let_free(model, soft_prompt):
    if soft_prompt not in model.modules():
        return model.requires_grad_(False) and soft_prompt.embedding.numel()
    return usual(model, soft_prompt)


def by_name(model, soft_prompt):
    usual(model, soft_prompt)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("soft_prompt" in name)
    return soft_prompt.embedding.numel()


def made_a_part(model, soft_prompt):
    model.soft_prompt = soft_prompt
    return usual(model, soft_prompt)


def counted_before(model, soft_prompt):
    own = set(soft_prompt.parameters())
    inside = own & set(model.parameters())
    count = sum(p.numel() for p in (inside or own) if p.requires_grad or not inside)
    usual(model, soft_prompt)
    return count


def counted_twice(model, soft_prompt):
    usual(model, soft_prompt)
    both = [*model.parameters(), *soft_prompt.parameters()]
    return sum(p.numel() for p in both if p.requires_grad)


def all_counted_twice(model, soft_prompt):
    usual(model, soft_prompt)
    return sum(p.numel() for p in [*model.parameters(), *soft_prompt.parameters()])


def in_a_list(model, soft_prompt):
    own = list(soft_prompt.parameters())
    for parameter in model.parameters():
        parameter.requires_grad_(parameter in own)
    return sum(p.numel() for p in own)


def NEXT(answer):
    """Counted apart from the model; then, as a part of it, the soft prompt alone is trained."""
    model = tiny_model()
    assert answer(model, SoftPrompt(torch.zeros(20, 32))) == 640
    soft_prompt = SoftPrompt(torch.randn(3, 32))
    assert add_soft_prompt(model, soft_prompt) == answer(model, soft_prompt) == 96
    forward.embed(model, torch.tensor([[5, 6]])).sum().backward()
    assert [n for n, p in model.named_parameters() if p.grad is not None] == [
        "soft_prompt.embedding"
    ]


RIGHT = [usual, by_loops, counted_afterwards]
WRONG = [
    (nothing_frozen, "none of the model's parameters"),
    (attribute_of_the_module, "sets an attribute"),
    (eval_instead, "eval(), detach()"),
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
    (model_alone_counted, "the soft prompt is not counted"),
    (names_returned, "not a value of type list"),
    (bytes_returned, "these are bytes"),
    (zeroes_the_prompt, "the weights were changed"),
    (return_in_the_loop, "only the first parameter"),
    (own_parameters_alone, "without recurse=False"),
    (layers_alone, "the layers are frozen"),
    (not_let_free, "came frozen"),
    (by_name, "by any name, so take"),
    (made_a_part, "other parameters than before"),
    (counted_before, "before the soft prompt could train"),
    (counted_twice, "the soft prompt was counted twice"),
    (all_counted_twice, "counts every parameter"),
    (counting("with_a_dimension", lambda m, v, n: torch.tensor([n])), "a dimension around it"),
    (counting("added", lambda m, v, n: sum(v.shape)), "are added"),
    (counting("of_the_lesson", lambda m, v, n: 20 * 576), "the lesson's 20 x 576"),
    (counting("twenty", lambda m, v, n: 20 * v.shape[1]), "20 soft tokens are assumed"),
    (counting("as_wide", lambda m, v, n: len(v) * 576), "a width of 576"),
    (counting("share", lambda m, v, n: n / sum(
        p.numel() for p in {*m.parameters(), v})), "this is a share"),
    (counting("per_cent", lambda m, v, n: 100 * n / sum(
        p.numel() for p in {*m.parameters(), v})), "per cent"),
    (counting("tensors_of_the_model", lambda m, v, n: len(list(m.parameters()))), "the model's te"),
    (counting("one_more", lambda m, v, n: n + 1), "another number than that"),
    (in_a_list, "number by number"),
]  # fmt: skip
