import torch
from torch.nn.utils import clip_grad_norm_


def right_standard(parameters, masters, optimizer, max_norm=1.0):
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()
        p.grad = None
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    optimizer.zero_grad()
    with torch.no_grad():
        for p, m in zip(parameters, masters):
            p.copy_(m)
    return norm.item()


def right_data(parameters, masters, optimizer, max_norm=1.0):
    pairs = list(zip(parameters, masters))
    for p, m in pairs:
        m.grad = p.grad.detach().clone().to(torch.float32)
    norm = clip_grad_norm_([m for _, m in pairs], max_norm)
    optimizer.step()
    for p, m in pairs:
        p.data.copy_(m.data)
        p.grad = m.grad = None
    return float(norm)


@torch.no_grad()
def right_clips_by_hand(parameters, masters, optimizer, max_norm=1.0):
    for p, m in zip(parameters, masters):
        m.grad = p.grad.to(m.dtype, copy=True)
    norm = sum(m.grad.double().pow(2).sum().item() for m in masters) ** 0.5
    if norm > max_norm:
        for m in masters:
            m.grad *= max_norm / norm
    optimizer.step()
    for p, m in zip(parameters, masters):
        p[...] = m.to(p.dtype)
        p.grad, m.grad = None, None
    return norm


def right_empty_then_copy(parameters, masters, optimizer, max_norm=1.0):
    parameters = list(parameters)
    optimizer.zero_grad()
    for i in range(len(masters)):
        masters[i].grad = torch.empty_like(masters[i], dtype=torch.float32)
        masters[i].grad.copy_(parameters[i].grad)
    norm = clip_grad_norm_(masters, max_norm=max_norm, norm_type=2)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    for i in range(len(masters)):
        parameters[i].detach().copy_(masters[i].detach())
        parameters[i].grad = None
    return norm.tolist()


def right_measures_first(parameters, masters, optimizer, max_norm=1.0):
    for p, m in zip(parameters, masters):
        m.grad, p.grad = p.grad.float(), None
    norm = torch.cat([m.grad.flatten() for m in masters]).norm().item()
    clip_grad_norm_(masters, max_norm)
    optimizer.step()
    with torch.no_grad():
        for p, m in zip(parameters, masters):
            m.grad = None
            p.zero_().add_(m.to(p.dtype))
    return norm


def _give(parameters, masters):
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()


def _round_and_clear(parameters, masters):
    for p, m in zip(parameters, masters):
        p.data.copy_(m.data)
        p.grad = m.grad = None


def wrong_gives_no_gradient(parameters, masters, optimizer, max_norm=1.0):
    """Never gives the masters a gradient, so the optimiser has nothing to step with."""
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    _round_and_clear(parameters, masters)
    return norm.item()


def wrong_gradient_stays_bfloat16(parameters, masters, optimizer, max_norm=1.0):
    """Gives a float32 master a bfloat16 gradient, which raises an error."""
    for p, m in zip(parameters, masters):
        m.grad = p.grad
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    _round_and_clear(parameters, masters)
    return norm.item()


def wrong_clips_parameters(parameters, masters, optimizer, max_norm=1.0):
    """Clips the parameters' gradients after they were copied: the masters' stay unclipped."""
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float().clone()
    norm = clip_grad_norm_(masters, float("inf"))
    clip_grad_norm_(parameters, max_norm)
    optimizer.step()
    _round_and_clear(parameters, masters)
    return norm.item()


def wrong_clips_in_bfloat16(parameters, masters, optimizer, max_norm=1.0):
    """Clips before the gradients are float32, so norm and gradients are rounded to bfloat16."""
    norm = clip_grad_norm_(parameters, max_norm)
    _give(parameters, masters)
    optimizer.step()
    _round_and_clear(parameters, masters)
    return norm.item()


def wrong_new_name(parameters, masters, optimizer, max_norm=1.0):
    """Only gives the loop's p a new value, so the parameters never change."""
    _give(parameters, masters)
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    optimizer.zero_grad()
    for p, m in zip(parameters, masters):
        p.grad = None
        p = m.to(p.dtype)
    return norm.item()


def wrong_parameters_become_masters(parameters, masters, optimizer, max_norm=1.0):
    """Makes the parameters float32: they share the masters' memory and are not rounded."""
    _give(parameters, masters)
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    for p, m in zip(parameters, masters):
        p.grad = m.grad = None
        p.data = m.data
    return norm.item()


def wrong_all_rounded_to_bfloat16(parameters, masters, optimizer, max_norm=1.0):
    """Rounds to bfloat16 for the float32 parameters too."""
    _give(parameters, masters)
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    _round_and_clear(parameters, [m.bfloat16() for m in masters])
    optimizer.zero_grad()
    return norm.item()


def wrong_leaves_parameters_gradient(parameters, masters, optimizer, max_norm=1.0):
    """Clears the masters only: the next backward pass adds to the parameters' old gradients."""
    _give(parameters, masters)
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    optimizer.zero_grad()
    with torch.no_grad():
        for p, m in zip(parameters, masters):
            p.copy_(m)
    return norm.item()


def wrong_leaves_masters_gradient(parameters, masters, optimizer, max_norm=1.0):
    """Clears the parameters only and leaves the masters' gradients, which take memory."""
    _give(parameters, masters)
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    for p, m in zip(parameters, masters):
        p.data.copy_(m.data)
        p.grad = None
    return norm.item()


def wrong_tensor(parameters, masters, optimizer, max_norm=1.0):
    """Returns a tensor, not a Python float."""
    _give(parameters, masters)
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    _round_and_clear(parameters, masters)
    return norm


def wrong_norm_after_clipping(parameters, masters, optimizer, max_norm=1.0):
    """Measures the norm after clipping, which is never above max_norm."""
    _give(parameters, masters)
    clip_grad_norm_(masters, max_norm)
    norm = sum(m.grad.pow(2).sum().item() for m in masters) ** 0.5
    optimizer.step()
    _round_and_clear(parameters, masters)
    return norm


def wrong_each_alone(parameters, masters, optimizer, max_norm=1.0):
    """Clips each master by its own norm instead of all of them together."""
    _give(parameters, masters)
    norm = sum(clip_grad_norm_(m, max_norm).item() ** 2 for m in masters) ** 0.5
    optimizer.step()
    _round_and_clear(parameters, masters)
    return norm


def wrong_fixed_limit(parameters, masters, optimizer, max_norm=1.0):
    """Clips at 1.0 whatever max_norm is."""
    _give(parameters, masters)
    norm = clip_grad_norm_(masters, 1.0)
    optimizer.step()
    _round_and_clear(parameters, masters)
    return norm.item()


def wrong_clips_after_step(parameters, masters, optimizer, max_norm=1.0):
    """Clips after the optimiser has stepped with the unclipped gradients."""
    _give(parameters, masters)
    optimizer.step()
    norm = clip_grad_norm_(masters, max_norm)
    _round_and_clear(parameters, masters)
    return norm.item()


def wrong_rounds_before_step(parameters, masters, optimizer, max_norm=1.0):
    """Rounds the masters into the parameters before the step, so they are a step behind."""
    _give(parameters, masters)
    norm = clip_grad_norm_(masters, max_norm)
    for p, m in zip(parameters, masters):
        p.data.copy_(m.data)
        p.grad = None
    optimizer.step()
    optimizer.zero_grad()
    return norm.item()


def wrong_copies_the_other_way(parameters, masters, optimizer, max_norm=1.0):
    """Copies the parameters into the masters, which undoes the step."""
    _give(parameters, masters)
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    _round_and_clear(masters, parameters)
    return norm.item()


def wrong_masters_made_anew(parameters, masters, optimizer, max_norm=1.0):
    """Sets the masters to the rounded parameters first, so small updates are lost each step."""
    for p, m in zip(parameters, masters):
        m.data.copy_(p.data)
        m.grad = p.grad.float()
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    _round_and_clear(parameters, masters)
    return norm.item()


def wrong_clears_too_early(parameters, masters, optimizer, max_norm=1.0):
    """Calls zero_grad out of habit before the step, when the masters have their gradients."""
    _give(parameters, masters)
    optimizer.zero_grad()
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    _round_and_clear(parameters, masters)
    return norm.item()


def wrong_step_in_loop(parameters, masters, optimizer, max_norm=1.0):
    """Clips and steps inside the loop, so the first masters make many steps."""
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()
        norm = clip_grad_norm_(masters, max_norm)
        optimizer.step()
    _round_and_clear(parameters, masters)
    return norm.item()


SAYS = {
    "wrong_gives_no_gradient": "the masters do not move: they have no gradient when the",
    "wrong_gradient_stays_bfloat16": "a float32 master takes no gradient of another dtype:",
    "wrong_clips_parameters": "the gradients are not clipped when the optimiser steps: clip",
    "wrong_clips_in_bfloat16": "the parameters' gradients are clipped, in bfloat16: clip",
    "wrong_new_name": "the parameters stay as they were: at the end write",
    "wrong_parameters_become_masters": "a parameter took over another dtype: parameter.copy_",
    "wrong_all_rounded_to_bfloat16": "a float32 parameter was rounded to bfloat16 as well: copy_",
    "wrong_leaves_parameters_gradient": "the gradients of the parameters are left: set them",
    "wrong_leaves_masters_gradient": "the gradients of the masters are left: set them to None",
    "wrong_tensor": "the norm is still a tensor: return norm.item()",
    "wrong_norm_after_clipping": "the norm was measured after clipping: return the one before",
    "wrong_each_alone": "each tensor was clipped by itself: give clip_grad_norm_ all",
    "wrong_fixed_limit": "the argument max_norm is not used: the limit is always 1",
    "wrong_clips_after_step": "the gradients are not clipped when the optimiser steps: clip",
    "wrong_rounds_before_step": "the masters are rounded into the parameters before the step:",
    "wrong_copies_the_other_way": "the masters do not move: optimizer.step() is missing or comes",
    "wrong_masters_made_anew": "the masters take over the rounded parameters, so small steps",
    "wrong_clears_too_early": "the masters do not move: they have no gradient when the",
    "wrong_step_in_loop": "the optimiser steps once for each tensor: let it step once,",
}
