"""Answers to exercise 4, training_step."""

import math

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_


def right_usual(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()


def right_by_hand(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad(set_to_none=True)
    loss = loss_function(model, batch)
    loss.backward()
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    norm = math.sqrt(sum(g.double().square().sum().item() for g in grads))
    if norm > max_norm:
        for g in grads:
            g.mul_(max_norm / norm)
    optimizer.step()
    return loss.item(), norm


def right_zero_late(model, optimizer, loss_function, batch, max_norm=1.0):
    loss = loss_function(model, batch)
    for p in model.parameters():
        p.grad = None
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(list(model.parameters()), max_norm=max_norm)
    optimizer.step()
    return float(loss.detach()), float(norm)


def right_functional(model, optimizer, loss_function, batch, max_norm=1.0):
    # the habit of jax.value_and_grad: the gradients come as values
    optimizer.zero_grad()
    params = [p for p in model.parameters() if p.requires_grad]
    loss = loss_function(model, batch)
    grads = torch.autograd.grad(loss, params, allow_unused=True)
    used = [g.flatten() for g in grads if g is not None]
    norm = torch.linalg.vector_norm(torch.cat(used))
    scale = torch.clamp(max_norm / (norm + 1e-6), max=1.0)
    for p, g in zip(params, grads, strict=True):
        p.grad = None if g is None else g * scale
    optimizer.step()
    return loss.item(), norm.item()


def right_closure(model, optimizer, loss_function, batch, max_norm=1.0):
    norms = []

    def closure():
        optimizer.zero_grad()
        loss = loss_function(model, batch)
        loss.backward()
        norms.append(clip_grad_norm_(model.parameters(), max_norm).item())
        return loss

    return optimizer.step(closure).item(), norms[0]


def wrong_no_zero_grad(model, optimizer, loss_function, batch, max_norm=1.0):
    """Does not clear the old gradients, so the new ones are added to them."""
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()


def wrong_zero_before_step(model, optimizer, loss_function, batch, max_norm=1.0):
    """Clears the gradients between backward and step, so the step has nothing to go by."""
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.zero_grad()
    optimizer.step()
    return loss.item(), norm.item()


def wrong_norm_after(model, optimizer, loss_function, batch, max_norm=1.0):
    """Measures the norm after the clipping, so it is never above max_norm."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    clip_grad_norm_(model.parameters(), max_norm)
    norm = sum(p.grad.norm() ** 2 for p in model.parameters() if p.grad is not None) ** 0.5
    optimizer.step()
    return loss.item(), float(norm)


def wrong_clips_each_number(model, optimizer, loss_function, batch, max_norm=1.0):
    """Clips each number of the gradient, which turns its direction."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    norm = sum(g.square().sum() for g in grads) ** 0.5
    clip_grad_value_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()


def wrong_clips_each_tensor(model, optimizer, loss_function, batch, max_norm=1.0):
    """Clips each parameter by its own norm, not all of them together."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norms = [clip_grad_norm_([p], max_norm).item() for p in model.parameters()]
    optimizer.step()
    return loss.item(), math.sqrt(sum(n * n for n in norms))


def wrong_clips_after_step(model, optimizer, loss_function, batch, max_norm=1.0):
    """Clips when the step is already taken, so a huge gradient is used as it is."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    optimizer.step()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    return loss.item(), norm.item()


def wrong_always_scales(model, optimizer, loss_function, batch, max_norm=1.0):
    """Scales every gradient to max_norm, also one that was smaller: no longer a limit."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    norm = sum(g.square().sum() for g in grads) ** 0.5
    for g in grads:
        g.mul_(max_norm / norm)
    optimizer.step()
    return loss.item(), norm.item()


def wrong_norm_of_one(model, optimizer, loss_function, batch, max_norm=1.0):
    """Clips at 1.0 whatever max_norm is."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item(), norm.item()


def wrong_tensors(model, optimizer, loss_function, batch, max_norm=1.0):
    """Returns tensors, not Python floats, and keeps the graph of the loss alive with them."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss, norm


def wrong_loss_after(model, optimizer, loss_function, batch, max_norm=1.0):
    """Returns the loss of the model after the step, not the one the step was taken with."""
    optimizer.zero_grad()
    loss_function(model, batch).backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    with torch.no_grad():
        loss = loss_function(model, batch)
    return loss.item(), norm.item()


def wrong_no_step(model, optimizer, loss_function, batch, max_norm=1.0):
    """Never calls optimizer.step, which the Trainer had always done: nothing is learned."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    return loss.item(), norm.item()


def wrong_model_gives_loss(model, optimizer, loss_function, batch, max_norm=1.0):
    """Expects the loss from model(**batch), as the Trainer does, not from loss_function."""
    optimizer.zero_grad()
    loss = model(**batch).loss
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()


SAYS = {
    "wrong_no_zero_grad": "the gradients of the step before are",
    "wrong_zero_before_step": "the parameters do not move: perhaps zero_grad()",
    "wrong_norm_after": "the norm was measured after clipping: clip_grad_norm_",
    "wrong_clips_each_number": "each number was clipped by value: clip",
    "wrong_clips_each_tensor": "each tensor was clipped by itself: clip",
    "wrong_clips_after_step": "the gradients are clipped after the step",
    "wrong_always_scales": "small gradients were scaled up to max_norm",
    "wrong_norm_of_one": "the argument max_norm is not used: the",
    "wrong_tensors": "the loss is still a tensor, and",
    "wrong_loss_after": "the loss was computed again after the",
    "wrong_no_step": "the parameters do not move: optimizer.step() is",
    "wrong_model_gives_loss": "** unpacks a dictionary, and here stands",
}
