"""Answers to ``master_step``."""

import math

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from course_utils.model.tiny import tiny_model


def usual(parameters, masters, optimizer, max_norm=1.0):
    for parameter, master in zip(parameters, masters):
        master.grad, parameter.grad = parameter.grad.float(), None
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    optimizer.zero_grad()
    with torch.no_grad():
        for parameter, master in zip(parameters, masters):
            parameter.copy_(master)
    return norm.item()


def by_hand(parameters, masters, optimizer, max_norm=1.0):
    gradients = [p.grad.to(torch.float32) for p in parameters]
    norm = math.sqrt(sum(g.double().square().sum().item() for g in gradients))
    for p, m, g in zip(parameters, masters, gradients):
        m.grad = g * min(1, max_norm / norm)
        p.grad = None
    optimizer.step()
    for p, m in zip(parameters, masters):
        p.data = m.detach().to(p.dtype)
        m.grad = None
    return norm


@torch.no_grad()
def by_foreach(parameters, masters, optimizer, max_norm=1.0):
    optimizer.zero_grad()
    for i, master in enumerate(masters):
        master.grad = parameters[i].grad.type(master.dtype)
        parameters[i].grad = None
    norm = torch.cat([m.grad.flatten() for m in masters]).norm().numpy()[()]
    clip_grad_norm_(masters, max_norm, foreach=False)
    optimizer.step()
    torch._foreach_copy_(parameters, masters)
    for master in masters:
        master.grad = None
    return norm


def clip_first(masters, limit):
    """The norm before and the gradients after clipping, as asked for."""
    return clip_grad_norm_(masters, limit).item()


@torch.no_grad()
def copy(parameter, master):
    parameter.copy_(master)


def give(parameters, masters):
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()


def changed(name, give=give, clip=clip_first, back=copy, steps=1, rest=None):
    """An answer whose parts are others: what the masters get, the clipping, the way back, the
    number of steps, and what is left of the gradients."""

    def answer(parameters, masters, optimizer, max_norm=1.0):
        give(parameters, masters)
        norm = clip(masters, max_norm)
        for _ in range(steps):
            optimizer.step()
        for p, m in zip(parameters, masters):
            back(p, m)
            m.grad, p.grad = rest and rest(m.grad), None
        return norm

    answer.__name__ = name
    return answer


def norm_of(tensors):
    return math.hypot(*(t.grad.float().norm().item() for t in tensors))


def clipped(name, change):
    """An answer that changes the masters' gradients otherwise; the norm is the one before."""

    def clip(masters, limit):
        norm = norm_of(masters)
        change(masters, limit)
        return norm

    return changed(name, clip=clip)


def measured(name, norm):
    """An answer with another norm, of the masters before the clipping."""

    def clip(masters, limit):
        found = norm(masters)
        clip_grad_norm_(masters, limit)
        return float(found)

    return changed(name, clip=clip)


def scaled(name, factor):
    """An answer whose gradients are scaled by another factor of norm and limit."""

    def change(masters, limit):
        norm = norm_of(masters)
        for master in masters:
            master.grad *= factor(norm, limit)

    return clipped(name, change)


def back(name, tensor):
    """An answer that puts something else of the master into the parameter."""
    return changed(name, back=lambda p, m: copy(p, tensor(m)))


def adds_up(parameters, masters):
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float() if m.grad is None else m.grad + p.grad


def zeroed(parameters, masters):
    give(parameters, masters)
    for p in parameters:
        p.grad.zero_()


def same_dtype(parameters, masters):
    masters[0].grad = parameters[0].grad


def gone(parameters, masters):
    parameters[0].grad = None
    give(parameters, masters)


def by_dtype(masters, limit):
    clip_grad_norm_(masters[2], limit)
    clip_grad_norm_(masters[:2] + masters[3:], limit)


def cut_bits(parameter, master):
    cut = (master.detach().view(torch.int32) & -(2**16)).view(torch.float32)
    copy(parameter, cut if parameter.dtype == torch.bfloat16 else master)


def clips_short(parameters, masters, optimizer, max_norm=1.0):
    norm = clip_grad_norm_(parameters, max_norm).item()
    usual(parameters, masters, optimizer, math.inf)
    return norm


def short_norm(masters):
    return torch.stack([m.grad.bfloat16().norm() for m in masters]).norm()


def one_behind(parameters, masters, optimizer, max_norm=1.0):
    before = [m.clone() for m in masters]
    norm = usual(parameters, masters, optimizer, max_norm)
    for p, m in zip(parameters, before):
        copy(p, m)
    return norm


def adds_the_change(parameters, masters, optimizer, max_norm=1.0):
    values = [p.detach().clone() for p in parameters]
    before = [m.detach().clone() for m in masters]
    norm = usual(parameters, masters, optimizer, max_norm)
    for p, value, m, old in zip(parameters, values, masters, before):
        p.data.copy_(value).add_(m.detach() - old)
    return norm


def steps_in_the_loop(parameters, masters, optimizer, max_norm=1.0):
    for p, m in zip(parameters, masters):
        m.grad, p.grad = p.grad.float(), None
        norm = clip_grad_norm_(masters, max_norm)
        optimizer.step()
    optimizer.zero_grad()
    for p, m in zip(parameters, masters):
        copy(p, m)
    return norm.item()


def gradient_descent(parameters, masters, optimizer, max_norm=1.0):
    norm = clip_grad_norm_(parameters, max_norm)
    for p in parameters:
        p.data -= optimizer.param_groups[0]["lr"] * p.grad
        p.grad = None
    return norm.item()


def keeps_the_parameters(parameters, masters, optimizer, max_norm=1.0):
    before = [p.grad for p in parameters]
    norm = usual(parameters, masters, optimizer, max_norm)
    for p, gradient in zip(parameters, before):
        p.grad = gradient
    return norm


def returned(name, change):
    """An answer that returns something else, of the norm and the limit."""

    def answer(parameters, masters, optimizer, max_norm=1.0):
        return change(usual(parameters, masters, optimizer, max_norm), max_norm)

    answer.__name__ = name
    return answer


def NEXT(answer):
    """Bfloat16 weights, trained on one batch: the loss falls, and so it does in the next step."""
    model, losses = tiny_model().to(torch.bfloat16), []
    parameters = list(model.parameters())
    masters = [p.detach().float().clone() for p in parameters]
    optimizer = torch.optim.AdamW(masters, lr=1e-3, weight_decay=0.0)
    ids = torch.tensor([[5, 6, 7, 2], [8, 9, 5, 6]])
    for _ in range(4):
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        assert f"{answer(parameters, masters, optimizer):.2f}"
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert all(map(torch.equal, parameters, [m.bfloat16() for m in masters]))


RIGHT = [usual, by_hand, by_foreach]
WRONG = [
    (changed("new_name", back=lambda p, m: None), "the parameters stay as they were"),
    (changed("no_step", steps=0), "step() is missing"),
    (changed("turned", back=lambda p, m: copy(m, p)), "puts the old numbers back"),
    (changed("cleared", give=lambda p, m: None), "cleared too early"),
    (changed("both_ways", back=lambda p, m: (copy(p, m), copy(m, p))), "take over the rounded"),
    (clips_short, "are clipped, in bfloat16"),
    (measured("short", short_norm), "two to three digits"),
    (changed("nothing", clip=lambda masters, limit: 0.0), "the norm is 0"),
    (clipped("unclipped", lambda masters, limit: None), "not clipped when"),
    (clipped("apart", by_dtype), "the two dtypes"),
    (clipped("each", lambda masters, limit: [clip_grad_norm_(m, limit) for m in masters]),
     "clipped by itself"),
    (clipped("by_value", clip_grad_value_), "clipped by value"),
    (lambda p, m, optimizer, max_norm=1.0: usual(p, m, optimizer), "max_norm is not used"),
    (scaled("always", lambda norm, limit: limit / norm), "scaled up to max_norm"),
    (scaled("times", lambda norm, limit: limit), "multiplied by max_norm"),
    (scaled("upside_down", lambda norm, limit: norm / limit), "upside down"),
    (scaled("condition", lambda norm, limit: max(1, limit / norm)), "the condition is"),
    (scaled("length_1", lambda norm, limit: 1 / norm), "brought to length 1"),
    (changed("late", clip=lambda masters, limit: (clip_first(masters, limit), norm_of(masters))[1]),
     "measured after clipping"),
    (returned("limit", lambda norm, limit: float(limit)), "the limit was returned"),
    (changed("adds_up", give=adds_up, rest=lambda grad: grad), "of earlier steps"),
    (steps_in_the_loop, "once for each tensor"),
    (changed("twice", steps=2), "steps twice"),
    (one_behind, "one step behind"),
    (changed("added", back=lambda p, m: copy(p, p + m)), "added to the parameters: copy_"),
    (adds_the_change, "the masters' change is added"),
    (back("whole", torch.round), "makes whole numbers"),
    (back("all_short", lambda m: m.bfloat16()), "rounded to bfloat16 as well"),
    (back("half", lambda m: m.half()), "rounded to float16"),
    (changed("cut", back=cut_bits), "not what they round to"),
    (changed("one", back=lambda p, m: p.shape == (5, 4) and copy(p, m)), "one tensor alone"),
    (changed("zeroed", give=zeroed), "the very tensor"),
    (gradient_descent, "made by hand"),
    (measured("squared", lambda masters: norm_of(masters) ** 2), "the square of the norm"),
    (measured("sum", lambda masters: sum(norm_of([m]) for m in masters)), "norms of the tensors"),
    (measured("first", lambda masters: norm_of(masters[:1])), "the norm of one tensor"),
    (measured("largest", lambda masters: max(m.grad.abs().max() for m in masters)), "largest sing"),
    (measured("absolute", lambda masters: sum(m.grad.abs().sum() for m in masters)), "sum of the"),
    (measured("weights", lambda masters: torch.cat([m.data.flatten() for m in masters]).norm()),
     "the norm of the weights"),
    (measured("mean", lambda masters: norm_of(masters) / 45**0.5), "this is a mean"),
    (measured("double", lambda masters: 2 * norm_of(masters)), "but the norm is another"),
    (returned("rounded", lambda norm, limit: round(norm, 2)), "the norm is rounded"),
    (returned("tensor", lambda norm, limit: torch.tensor(norm)), "norm.item()"),
    (returned("pair", lambda norm, limit: (norm, limit)), "not a tuple"),
    (changed("wide", back=lambda p, m: setattr(p, "data", m.data)), "took over another dtype"),
    (changed("short_master", back=lambda p, m: setattr(m, "data", m.half())), "stay in float32"),
    (changed("larger", back=lambda p, m: setattr(p, "data", p.data[None])), "another shape"),
    (changed("frozen", back=lambda p, m: copy(p.requires_grad_(False), m)), "asks for no gradient"),
    (changed("in_the_graph", back=lambda p, m: p.copy_(m)), "in `with torch.no_grad():`"),
    (changed("masters_left", rest=lambda gradient: gradient), "gradients of the masters are left"),
    (changed("zeros", rest=torch.zeros_like), "gradients of zeros are left"),
    (keeps_the_parameters, "gradients of the parameters are left"),
    (changed("same_dtype", give=same_dtype), "no gradient of another dtype"),
    (changed("pairs", give=lambda p, m: give(p[::-1], m)), "another size than its master"),
    (changed("not_there", give=lambda p, m: m[0].grad.copy_(p[0].grad)), "no gradient yet"),
    (changed("gone", give=gone), "before it was given"),
]  # fmt: skip
