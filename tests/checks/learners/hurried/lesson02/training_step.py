"""Answers to exercise 4, training_step."""

import math

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_


def right_standard(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()


def right_by_hand(model, optimizer, loss_function, batch, max_norm=1.0):
    for p in model.parameters():
        p.grad = None
    loss = loss_function(model, batch)
    loss.backward()
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    norm = math.sqrt(sum(g.double().pow(2).sum().item() for g in grads))
    if norm > max_norm:
        for g in grads:
            g.mul_(max_norm / norm)
    optimizer.step()
    return loss.item(), norm


def right_norm_then_clip(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad(set_to_none=False)
    (loss := loss_function(model, batch)).backward()
    norm = clip_grad_norm_(list(model.parameters()), float("inf"))
    clip_grad_norm_(list(model.parameters()), max_norm=max_norm)
    optimizer.step()
    return float(loss.detach()), float(norm)


def right_one_vector(model, optimizer, loss_function, batch, max_norm=1.0):
    model.zero_grad()
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    torch.autograd.backward(loss)
    flat = torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])
    norm = torch.linalg.vector_norm(flat).item()
    for p in model.parameters():
        if p.grad is not None and norm > max_norm:
            p.grad = p.grad * (max_norm / norm)
    optimizer.step()
    return loss.item(), norm


def right_clears_twice(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm, norm_type=2.0)
    optimizer.step()
    optimizer.zero_grad()
    return loss.tolist(), norm.tolist()


def right_norm_of_norms(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    with torch.no_grad():
        held = [p for p in model.parameters() if p.grad is not None]
        norm = torch.stack([p.grad.norm() for p in held]).norm()
        scale = torch.clamp(max_norm / (norm + 1e-6), max=1.0)
        for p in held:
            p.grad *= scale
    optimizer.step()
    return loss.item(), norm.item()


def wrong_never_clears(model, optimizer, loss_function, batch, max_norm=1.0):
    """Never clears the gradients, so those of earlier steps add up."""
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()


def wrong_clears_after_backward(model, optimizer, loss_function, batch, max_norm=1.0):
    """Clears the gradients after the backward pass, so nothing is left to step with."""
    loss = loss_function(model, batch)
    loss.backward()
    optimizer.zero_grad()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()


def wrong_clips_after_step(model, optimizer, loss_function, batch, max_norm=1.0):
    """Clips after the optimiser has already stepped with the unclipped gradient."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    optimizer.step()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    return loss.item(), norm.item()


def wrong_norm_after_clipping(model, optimizer, loss_function, batch, max_norm=1.0):
    """Returns the norm after clipping, which is never above max_norm."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    clip_grad_norm_(model.parameters(), max_norm)
    norm = sum(p.grad.pow(2).sum() for p in model.parameters() if p.grad is not None) ** 0.5
    optimizer.step()
    return loss.item(), norm.item()


def wrong_no_clipping(model, optimizer, loss_function, batch, max_norm=1.0):
    """Measures the norm and forgets to clip."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = sum(p.grad.pow(2).sum() for p in model.parameters() if p.grad is not None) ** 0.5
    optimizer.step()
    return loss.item(), norm.item()


def wrong_tensors(model, optimizer, loss_function, batch, max_norm=1.0):
    """Returns tensors, not Python floats, which keeps the graph of the loss in memory."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss, norm


def wrong_clips_values(model, optimizer, loss_function, batch, max_norm=1.0):
    """Clips each number of the gradient, not the norm, which changes the direction."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = sum(p.grad.pow(2).sum() for p in model.parameters() if p.grad is not None) ** 0.5
    clip_grad_value_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()


def wrong_each_parameter_alone(model, optimizer, loss_function, batch, max_norm=1.0):
    """Clips each parameter by its own norm instead of all of them together."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = math.hypot(*[clip_grad_norm_(p, max_norm).item() for p in model.parameters()])
    optimizer.step()
    return loss.item(), norm


def wrong_fixed_limit(model, optimizer, loss_function, batch, max_norm=1.0):
    """Clips at 1.0 whatever max_norm is."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item(), norm.item()


def wrong_always_scales(model, optimizer, loss_function, batch, max_norm=1.0):
    """Scales every gradient to max_norm, so small gradients are made larger."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), float("inf")).item()
    for p in model.parameters():
        if p.grad is not None:
            p.grad *= max_norm / (norm + 1e-6)
    optimizer.step()
    return loss.item(), norm


def wrong_scaled_copy(model, optimizer, loss_function, batch, max_norm=1.0):
    """Scales a local copy of each gradient, so the gradients of the model stay unclipped."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    norm = sum(g.pow(2).sum().item() for g in grads) ** 0.5
    for g in grads:
        g = g * min(1.0, max_norm / (norm + 1e-6))
    optimizer.step()
    return loss.item(), norm


def wrong_no_step(model, optimizer, loss_function, batch, max_norm=1.0):
    """Forgets optimizer.step, so the weights never change."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    return loss.item(), norm.item()


def wrong_loss_after_step(model, optimizer, loss_function, batch, max_norm=1.0):
    """Returns the loss computed anew after the step, not the loss that was trained on."""
    optimizer.zero_grad()
    loss_function(model, batch).backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss_function(model, batch).item(), norm.item()


def wrong_largest_gradient(model, optimizer, loss_function, batch, max_norm=1.0):
    """Uses the largest single number as the norm, not the root of the sum of squares."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm, norm_type=float("inf"))
    optimizer.step()
    return loss.item(), norm.item()


def wrong_adds_norms(model, optimizer, loss_function, batch, max_norm=1.0):
    """Adds the norms of the parameters up instead of their squares."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = sum(p.grad.norm().item() for p in model.parameters() if p.grad is not None)
    clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm


def wrong_norm_of_weights(model, optimizer, loss_function, batch, max_norm=1.0):
    """Returns the norm of the weights, not that of the gradients."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = sum(p.detach().pow(2).sum().item() for p in model.parameters()) ** 0.5
    clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm


def wrong_swapped_results(model, optimizer, loss_function, batch, max_norm=1.0):
    """Returns the norm first and the loss second."""
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return norm.item(), loss.item()


def wrong_backward_of_a_number(model, optimizer, loss_function, batch, max_norm=1.0):
    """Makes the loss a Python float before the backward pass, which raises an error."""
    optimizer.zero_grad()
    loss = loss_function(model, batch).item()
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss, norm.item()


SAYS = {
    "wrong_never_clears": "the gradients of the step before are",
    "wrong_clears_after_backward": "there is no gradient when it is",
    "wrong_clips_after_step": "the gradients are clipped after the step",
    "wrong_norm_after_clipping": "the norm was measured after clipping: clip_grad_norm_",
    "wrong_no_clipping": "the gradients are not clipped when the",
    "wrong_tensors": "the loss is still a tensor, and",
    "wrong_clips_values": "each number was clipped by value: clip",
    "wrong_each_parameter_alone": "each tensor was clipped by itself: clip",
    "wrong_fixed_limit": "the argument max_norm is not used: the",
    "wrong_always_scales": "small gradients were scaled up to max_norm",
    "wrong_scaled_copy": "the gradients are not clipped when the",
    "wrong_no_step": "the parameters do not move: optimizer.step() is",
    "wrong_loss_after_step": "the loss was computed again after the",
    "wrong_largest_gradient": "this is the largest single number, not",
    "wrong_adds_norms": "the norms of the tensors were added",
    "wrong_norm_of_weights": "this is the norm of the weights",
    "wrong_swapped_results": "the two are the wrong way round",
    "wrong_backward_of_a_number": "the loss is a plain number before",
}
