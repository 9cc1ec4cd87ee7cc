"""What learners get wrong in ``master_step``: gradients, clipping, the way back, the norm."""

import math

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from course_utils.checks.core.compare import Mistakes
from course_utils.checks.lesson02.master_step_parts import (
    absolute,
    add,
    add_back,
    add_change,
    at,
    back,
    by_dtype,
    clear,
    clip,
    clip_parameters,
    clipped,
    descend,
    drop,
    each_alone,
    forth,
    give,
    give_short,
    in_order,
    keep,
    measured,
    norm_of,
    norms,
    of_short_gradients,
    raising,
    right_step,
    rounded_by,
    scale,
    scaled,
    scaled_short,
    step,
    step_each,
    weight_norm,
    with_short_norm,
)

FIRST, LAST = slice(0, 1), slice(-1, None)
MASTER_MISTAKES: Mistakes = {
    (
        "the parameters stay as they were: at the end write parameter.copy_(master) for each; "
        "`parameter = ...` only gives another tensor this name"
    ): [in_order(give, clip, step, clear)],
    (
        "the masters do not move: optimizer.step() is missing or comes after zero_grad(), or "
        "master.copy_(parameter) puts the old numbers back"
    ): [in_order(give, clip, clear, back), in_order(give, clip, step, clear, forth, back)],
    (
        "the masters do not move: they have no gradient when the optimiser steps; it was not "
        "given, or is cleared too early"
    ): [
        in_order(clip, step, clear, back),
        in_order(clip_parameters, step, clear, back),
        in_order(lambda p, m, *_: norm_of(p), step, clear, back),
    ],
    "the masters take over the rounded parameters, so small steps are lost: copy one way alone": [
        in_order(give, clip, step, clear, back, forth),
        in_order(forth, give, clip, step, clear, back),
        in_order(give, clip, step, clear, forth),
    ],
    "the parameters' gradients are clipped, in bfloat16: clip those of the masters": [
        in_order(clip_parameters, give, step, clear, back),
        in_order(keep, clip_parameters, step, clear, back),
        in_order(clip_parameters, give, clip, step, clear, back),
        in_order(keep, clip, clip_parameters, step, clear, back),
        in_order(scaled_short, give, step, clear, back),
    ],
    "the norm is that of the gradients in bfloat16, two to three digits: take the masters'": [
        measured(lambda p, m: torch.tensor(norm_of(m)).bfloat16()),
        measured(lambda p, m: sum(float(x.grad.square().sum()) for x in p) ** 0.5),
        measured(lambda p, m: math.hypot(*(x.grad.norm().item() for x in p))),
        measured(lambda p, m: torch.stack([x.grad.norm() for x in p]).norm()),
        measured(lambda p, m: of_short_gradients(m)),
        with_short_norm(of_short_gradients),
        with_short_norm(lambda m: torch.tensor(norm_of(m)).bfloat16()),
    ],
    (
        "the norm is 0, and nothing is clipped: clip_grad_norm_ takes the masters themselves, once "
        "they have their gradients"
    ): [in_order(give, lambda *_: 0.0, step, clear, back)],
    "the gradients are not clipped when the optimiser steps: clip the masters', before step()": [
        clipped(lambda masters, limit: None)
    ],
    "the gradients of the two dtypes were clipped apart: give clip_grad_norm_ all masters": [
        in_order(give, by_dtype, step, clear, back)
    ],
    "each tensor was clipped by itself: give clip_grad_norm_ all masters at once": [
        clipped(lambda m, limit: [clip_grad_norm_(master, limit) for master in m]),
        *(each_alone(of) for of in (min, max, sum)),
        *(each_alone(of) for of in (lambda n: math.hypot(*n), lambda n: n[0], lambda n: n[-1])),
    ],
    "each number was clipped by value: clip by the norm of all gradients together": [
        clipped(clip_grad_value_)
    ],
    "the argument max_norm is not used: the limit is always 1": [
        lambda parameters, masters, optimizer, *limit: right_step(parameters, masters, optimizer)
    ],
    "small gradients were scaled up to max_norm: clipping leaves them alone": [
        scaled(lambda norm, limit: limit / norm)
    ],
    "the gradients are multiplied by max_norm: scale them by max_norm / norm where that is < 1": [
        scaled(lambda norm, limit: limit)
    ],
    "the factor is upside down: it is max_norm / norm": [
        scaled(lambda norm, limit: norm / limit),
        scaled(lambda norm, limit: max(1.0, norm / limit)),
        scaled(lambda norm, limit: min(1.0, norm / limit)),
    ],
    "the condition is the wrong way round: gradients longer than max_norm are scaled": [
        scaled(lambda norm, limit: max(1.0, limit / norm))
    ],
    "the gradients are brought to length 1: scale them to max_norm where they are longer": [
        scaled(lambda norm, limit: 1 / norm),
        scaled(lambda norm, limit: 1 / norm if norm > limit else 1.0),
    ],
    "the norm was measured after clipping: return the one before": [
        measured(lambda p, m: norm_of(m), late=True),
        in_order(give, lambda p, m, o, limit: min(clip(p, m, o, limit).item(), limit), step, clear,
                 back),
    ],
    "the limit was returned: return the norm before clipping": [
        in_order(give, lambda p, m, o, limit: (clip(p, m, o, limit), limit)[1], step, clear, back)
    ],
    "the masters' gradients of earlier steps are still there, and add up: optimizer.zero_grad()": [
        in_order(add, clip, step, back)
    ],
    "the optimiser steps once for each tensor: let it step once, after the loop": [
        in_order(step_each, drop, clear, back)
    ],
    "the optimiser steps twice": [in_order(give, clip, step, step, clear, back)],
    "the masters are rounded into the parameters before the step: they stay one step behind": [
        in_order(give, clip, back, step, clear)
    ],
    "the masters are added to the parameters: copy_ puts them in their place": [
        in_order(give, clip, step, clear, add_back)
    ],
    "the masters' change is added to the parameters, and is lost where small: copy the masters": [
        in_order(give, clip, add_change, clear)
    ],
    "torch.round makes whole numbers: copy_ rounds to the parameter's dtype by itself": [
        rounded_by(torch.round)
    ],
    "a float32 parameter was rounded to bfloat16 as well: copy_ takes each one's own dtype": [
        rounded_by(lambda master: master.bfloat16())
    ],
    "the masters were rounded to float16 on the way: copy_ takes them as they are": [
        rounded_by(lambda master: master.half())
    ],
    "one tensor alone is stepped or rounded: perhaps `return` stands inside a loop": [
        in_order(at(give, FIRST), clip, step, clear, back),
        in_order(at(give, LAST), clip, step, clear, back),
        in_order(give, clip, step, clear, at(back, FIRST)),
        in_order(give, clip, step, clear, at(back, LAST)),
    ],
    (
        "the gradient of a float32 parameter is the very tensor that its master got, and .zero_() "
        "clears both: set parameter.grad = None"
    ): [in_order(keep, lambda p, *_: scale(p, 0.0), drop, clip, step, clear, back)],
    "the gradients of the float32 parameters were rounded to bfloat16: .float() keeps them": [
        in_order(give_short, clip, step, clear, back)
    ],
    "the step is made by hand: optimizer.step() knows its own rule and keeps its averages": [
        in_order(give, clip, lambda p, m, o, limit: descend(m, o), clear, back),
        in_order(keep, clip, lambda p, m, o, limit: descend(p, o), drop, clear),
        in_order(clip_parameters, lambda p, m, o, limit: descend(p, o), drop, clear),
    ],
    "this is the square of the norm: take the root": [
        measured(lambda p, m: norm_of(m) ** 2),
    ],
    "the norms of the tensors were added: add their squares, then take the root": [
        measured(lambda p, m: sum(norms(m))),
    ],
    "this is the norm of one tensor: take that of all gradients together": [
        measured(lambda p, m: norms(m)[0]),
        measured(lambda p, m: norms(m)[-1]),
        measured(lambda p, m: max(norms(m))),
    ],
    "this is the largest single number, not the norm: leave out norm_type=inf": [
        in_order(give, lambda p, m, o, limit: clip_grad_norm_(m, limit, math.inf), step, clear,
                 back),
        measured(lambda p, m: max(float(g.max()) for g in absolute(m))),
    ],
    "this is the sum of the absolute numbers: the norm is the root of the sum of squares": [
        in_order(give, lambda p, m, o, limit: clip_grad_norm_(m, limit, 1.0), step, clear, back),
        measured(lambda p, m: sum(float(g.sum()) for g in absolute(m))),
    ],
    "this is the norm of the weights: take that of their gradients": [
        measured(lambda p, m: weight_norm(m)),
        measured(lambda p, m: weight_norm(p)),
    ],
    "this is a mean, not the norm: the root of the sum of all squares": [
        measured(lambda p, m: sum(norms(m)) / len(m)),
        measured(lambda p, m: norm_of(m) / math.sqrt(sum(x.numel() for x in m))),
    ],
    "the norm is rounded: return all its digits": [
        measured(lambda p, m, d=d: round(norm_of(m), d)) for d in range(4)  # type: ignore[misc]
    ],
    "a float32 master takes no gradient of another dtype: parameter.grad.float()": [
        raising(lambda p, m: setattr(m[0], "grad", p[0].grad)),
        raising(lambda p, m: setattr(m[0], "grad", p[0].grad.double())),
    ],
    "a gradient has another size than its master: pair them in the order of the two lists": [
        raising(lambda p, m, i=i, j=j: setattr(m[i], "grad", p[j].grad.float()))  # type: ignore
        for i in range(4) for j in range(4) if i != j
    ],
    "a master has no gradient yet that could be written to: master.grad = parameter.grad.float()": [
        raising(lambda p, m: m[0].grad.copy_(p[0].grad)),
        raising(lambda p, m: m[0].grad.add_(p[0].grad)),
        raising(lambda p, m: m[0].grad + p[0].grad),
    ],
    "a gradient was set to None before it was given to the master": [
        in_order(drop, give),
    ],
}  # fmt: skip
