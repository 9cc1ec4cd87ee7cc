"""Answers to ``master_step``: a step on float32 copies of bfloat16 parameters."""

import math

import torch
from torch.nn.utils import clip_grad_norm_, clip_grads_with_norm_, get_total_norm


def right_usual(parameters, masters, optimizer, max_norm=1.0):
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    with torch.no_grad():
        for p, m in zip(parameters, masters):
            p.copy_(m)
            p.grad = m.grad = None
    return norm.item()


def right_moves_gradients(parameters, masters, optimizer, max_norm=1.0):
    """Frees each gradient as soon as its float32 copy exists."""
    for p, m in zip(parameters, masters):
        m.grad = torch.empty_like(m).copy_(p.grad)
        p.grad = None
    norm = float(clip_grad_norm_(masters, max_norm))
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    for p, m in zip(parameters, masters):
        p.data.copy_(m.data)
    return norm


@torch.no_grad()
def right_foreach(parameters, masters, optimizer, max_norm=1.0):
    parameters, masters = list(parameters), list(masters)
    grads = [torch.empty_like(m) for m in masters]
    torch._foreach_copy_(grads, [p.grad for p in parameters])
    norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(grads)))
    torch._foreach_mul_(grads, torch.clamp(max_norm / (norm + 1e-6), max=1.0))
    for m, grad in zip(masters, grads):
        m.grad = grad
    optimizer.step()
    torch._foreach_copy_(parameters, masters)
    for tensor in parameters + masters:
        tensor.grad = None
    return norm.item()


def right_two_calls(parameters, masters, optimizer, max_norm=1.0):
    """First the norm, then the clipping by it, as newer PyTorch offers them."""
    pairs = list(zip(parameters, masters))
    for p, m in pairs:
        m.grad, p.grad = p.grad.to(torch.float32, copy=True), None
    norm = get_total_norm([m.grad for _, m in pairs])
    clip_grads_with_norm_([m for _, m in pairs], max_norm, norm)
    optimizer.step()
    for p, m in pairs:
        m.grad = None
        p.detach().copy_(m.detach().to(p.dtype))
    return norm.tolist()


def right_by_hand(parameters, masters, optimizer, max_norm=1.0):
    """The norm is summed in float64."""
    norm = math.sqrt(sum(p.grad.double().square().sum().item() for p in parameters))
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float() * min(1.0, max_norm / (norm + 1e-6))
        p.grad = None
    optimizer.step()
    with torch.no_grad():
        for p, m in zip(parameters, masters):
            p.copy_(m)
            m.grad = None
    return norm


def right_hook(parameters, masters, optimizer, max_norm=1.0):
    """Rounds in a hook after the optimiser's step, and takes the hook away again."""
    pairs = list(zip(parameters, masters))

    def write_back(optimizer, args, kwargs):
        with torch.no_grad():
            for p, m in pairs:
                p.copy_(m)

    for p, m in pairs:
        m.grad = p.grad.clone().float()
    norm = clip_grad_norm_([m for _, m in pairs], max_norm).item()
    handle = optimizer.register_step_post_hook(write_back)
    optimizer.step()
    handle.remove()
    for tensor in (tensor for pair in pairs for tensor in pair):
        tensor.grad = None
    return norm


def wrong_clips_parameters(parameters, masters, optimizer, max_norm=1.0):
    """Clips the bfloat16 gradients and copies them afterwards: norm and result are rounded."""
    norm = clip_grad_norm_(parameters, max_norm)
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()
    optimizer.step()
    for p, m in zip(parameters, masters):
        p.data.copy_(m.data)
        p.grad = m.grad = None
    return norm.item()


def wrong_norm_in_bfloat16(parameters, masters, optimizer, max_norm=1.0):
    """Scales in float32, but by a norm that was measured in bfloat16, with 3 digits."""
    norms = [p.grad.bfloat16().norm() for p in parameters]
    norm = torch.stack(norms).norm()
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float() * torch.clamp(max_norm / (norm.float() + 1e-6), max=1.0)
    optimizer.step()
    for p, m in zip(parameters, masters):
        p.data.copy_(m.data)
        p.grad = m.grad = None
    return norm.item()


def wrong_clips_each_dtype(parameters, masters, optimizer, max_norm=1.0):
    """Clips those of bfloat16 and those of float32 apart, so the two limits add up."""
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()
    norms = []
    for dtype in (torch.bfloat16, torch.float32):
        group = [m for p, m in zip(parameters, masters) if p.dtype == dtype]
        norms.append(float(clip_grad_norm_(group, max_norm)))
    optimizer.step()
    for p, m in zip(parameters, masters):
        p.data.copy_(m.data)
        p.grad = m.grad = None
    return math.hypot(*norms)


def wrong_adds_update(parameters, masters, optimizer, max_norm=1.0):
    """Adds the masters' change to the parameters: a change below half a unit is lost each time."""
    before = [m.detach().clone() for m in masters]
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    for p, m, old in zip(parameters, masters, before):
        p.data.add_(m.data - old)
        p.grad = m.grad = None
    return norm.item()


def wrong_masters_made_anew(parameters, masters, optimizer, max_norm=1.0):
    """Fills the masters from the parameters before each step: they forget what was rounded off."""
    with torch.no_grad():
        for p, m in zip(parameters, masters):
            m.copy_(p)
            m.grad = p.grad.float()
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    for p, m in zip(parameters, masters):
        p.data.copy_(m.data)
        p.grad = m.grad = None
    return norm.item()


def wrong_masters_rounded_too(parameters, masters, optimizer, max_norm=1.0):
    """Copies the rounded parameters back into the masters, to keep the two "in step"."""
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    for p, m in zip(parameters, masters):
        p.data.copy_(m.data)
        p.grad = m.grad = None
    with torch.no_grad():
        for p, m in zip(parameters, masters):
            m.copy_(p)
    return norm.item()


def wrong_cuts_bits(parameters, masters, optimizer, max_norm=1.0):
    """Cuts the lower 16 bits off, so it rounds towards zero, not to the nearest."""
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    for p, m in zip(parameters, masters):
        upper = (m.data.view(torch.int32) >> 16 << 16).view(torch.float32)
        p.data.copy_(upper if p.dtype == torch.bfloat16 else m.data)
        p.grad = m.grad = None
    return norm.item()


def wrong_stochastic_rounding(parameters, masters, optimizer, max_norm=1.0):
    """Rounds up or down at random, as is done where there are no masters."""
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    for p, m in zip(parameters, masters):
        noise = torch.randint_like(m.data, 1 << 16).to(torch.int32)
        upper = ((m.data.view(torch.int32) + noise) >> 16 << 16).view(torch.float32)
        p.data.copy_(upper if p.dtype == torch.bfloat16 else m.data)
        p.grad = m.grad = None
    return norm.item()


def wrong_all_to_bfloat16(parameters, masters, optimizer, max_norm=1.0):
    """Rounds all masters to bfloat16, also those whose parameter is float32."""
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    for p, m in zip(parameters, masters):
        p.data.copy_(m.data.bfloat16())
        p.grad = m.grad = None
    return norm.item()


def wrong_shared_gradient(parameters, masters, optimizer, max_norm=1.0):
    """Sets p.grad to 0 in place; for float32, .float() made no copy, so the master's is 0 too."""
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()
        p.grad.zero_()
        p.grad = None
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    for p, m in zip(parameters, masters):
        p.data.copy_(m.data)
        p.grad = m.grad = None
    return norm.item()


def wrong_new_tensors(parameters, masters, optimizer, max_norm=1.0):
    """Puts new tensors into the list; those of the model keep their old values."""
    for p, m in zip(parameters, masters):
        m.grad = p.grad.float()
        p.grad = None
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    optimizer.zero_grad()
    parameters[:] = [m.detach().to(p.dtype) for p, m in zip(parameters, masters)]
    return norm.item()


def wrong_parameters_keep_gradients(parameters, masters, optimizer, max_norm=1.0):
    """Relies on optimizer.zero_grad, which does not know the parameters: theirs add up."""
    for p, m in zip(parameters, masters):
        m.grad = p.grad.to(torch.float32, copy=True)
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    for p, m in zip(parameters, masters):
        p.data.copy_(m.data)
    optimizer.zero_grad()
    return norm.item()


def wrong_writes_before_step(parameters, masters, optimizer, max_norm=1.0):
    """Rounds the masters into the parameters before the step: they are always one step late."""
    for p, m in zip(parameters, masters):
        m.grad, p.grad = p.grad.float(), None
        p.data.copy_(m.data)
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    optimizer.zero_grad()
    return norm.item()


def wrong_pairs_by_dtype(parameters, masters, optimizer, max_norm=1.0):
    """Sorts the parameters by dtype and leaves the masters in their old order."""
    ordered = sorted(parameters, key=lambda p: p.dtype == torch.float32)
    for p, m in zip(ordered, masters):
        m.grad = p.grad.float()
    norm = clip_grad_norm_(masters, max_norm)
    optimizer.step()
    for p, m in zip(ordered, masters):
        p.data.copy_(m.data)
        p.grad = m.grad = None
    return norm.item()


SAYS = {
    "wrong_clips_parameters": "the parameters' gradients are clipped, in bfloat16: clip",
    "wrong_norm_in_bfloat16": "the norm is that of the gradients in bfloat16, two to three",
    "wrong_clips_each_dtype": "the gradients of the two dtypes were clipped apart: give",
    "wrong_adds_update": "the masters' change is added to the parameters, and is lost",
    "wrong_masters_made_anew": "the masters take over the rounded parameters, so small steps",
    "wrong_masters_rounded_too": "the masters take over the rounded parameters, so small steps",
    "wrong_cuts_bits": "the masters are right, but the parameters are not what they",
    "wrong_stochastic_rounding": "the masters are right, but the parameters are not what they",
    "wrong_all_to_bfloat16": "a float32 parameter was rounded to bfloat16 as well: copy_",
    "wrong_shared_gradient": "the gradient of a float32 parameter is the very tensor that",
    "wrong_new_tensors": "the parameters stay as they were: at the end write",
    "wrong_parameters_keep_gradients": "the gradients of the parameters are left: set them to None",
    "wrong_writes_before_step": "the masters are rounded into the parameters before the step:",
    "wrong_pairs_by_dtype": "a gradient has another size than its master: pair them in the",
}
