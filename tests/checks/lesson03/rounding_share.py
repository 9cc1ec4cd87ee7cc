"""Answers to ``rounding_share``."""

import torch


def stored_in(base, update):
    return (base.float() + update).bfloat16().float() - base.float()


def usual(base, update):
    stored = stored_in(base, update)
    return ((stored - update).square().sum() / stored.square().sum()).item()


def by_norms(base, update):
    after = (base + update).to(base.dtype).to(torch.float64)
    stored = after - base.double()
    return (torch.linalg.norm(stored - update) / stored.norm()) ** 2


def by_means(base, update):
    stored = stored_in(base, update)
    return float(((stored - update) ** 2).mean()) / float((stored**2).mean())


def of(name, make):
    """A wrong answer; ``make`` takes the stored update, the update and the base."""

    def wrong(base, update):
        return make(stored_in(base, update), update, base)

    wrong.__name__ = name
    return wrong


def never_rounds(base, update):
    stored = base + update - base
    return ((stored - update).square().sum() / stored.square().sum()).item()


def rounds_the_update(base, update):
    stored = update.bfloat16().float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def rounds_too_early(base, update):
    stored = (base + update.bfloat16()).float() - base.float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def without_the_base(base, update):
    stored = (base.float() + update).bfloat16().float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def in_float16(base, update):
    stored = (base.float() + update).half().float() - base.float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def in_place(base, update):
    update -= stored_in(base, update)
    return update.square().sum().item()


def NEXT(answer):
    base = (0.1 * torch.randn(30, 20)).bfloat16()
    assert f"{answer(base, 1e-4 * torch.randn(30, 20)):.0%}".endswith("%")


RIGHT = [usual, by_norms, by_means]
WRONG = [
    (of("norms", lambda s, u, b: ((s - u).norm() / s.norm()).item()), "the squared norm is asked"),
    (of("of_the_true", lambda s, u, b: ((s - u).norm() / u.norm()).item() ** 2), "of the true"),
    (of("not_divided", lambda s, u, b: (s - u).square().sum().item()), "the rounding alone"),
    (of("by_base", lambda s, u, b: ((s - u).norm() / b.float().norm()).item() ** 2),
     "a share of the weight"),
    (of("upside_down", lambda s, u, b: (s.norm() / (s - u).norm()).item() ** 2), "upside down"),
    (of("the_rest", lambda s, u, b: 1 - ((s - u).norm() / s.norm()).item() ** 2),
     "no rounding"),
    (of("subtracted", lambda s, u, b: (1 - u.square().sum() / s.square().sum()).item()),
     "are subtracted"),
    (of("zeros", lambda s, u, b: (s == 0).float().mean().item()), "a share of the numbers"),
    (of("absolute", lambda s, u, b: ((s - u).abs().sum() / s.abs().sum()).item()), "square them"),
    (of("percent", lambda s, u, b: 100 * ((s - u).norm() / s.norm()).item() ** 2), "in percent"),
    (of("rows", lambda s, u, b: (s - u).square().sum(1) / s.square().sum(1)), "single rows"),
    (of("each", lambda s, u, b: (s - u).square() / s.square()), "of single numbers"),
    (of("as_text", lambda s, u, b: "42 %"), "not a value of type str"),
    (never_rounds, "nothing is rounded"),
    (rounds_the_update, "the update alone is rounded"),
    (rounds_too_early, "before it was added"),
    (without_the_base, "the base is missing"),
    (in_float16, "rounds to float16"),
    (in_place, "changes its input in place"),
]  # fmt: skip
