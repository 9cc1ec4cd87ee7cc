"""Answers to ``training_step``."""

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_


def usual(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()


def by_hand(model, optimizer, loss_function, batch, max_norm=1.0):
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    loss = loss_function(model, batch)
    gradients = torch.autograd.grad(loss, parameters)
    norm = sum(float((g * g).sum()) for g in gradients) ** 0.5
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = gradient * min(1, max_norm / norm)
    optimizer.step()
    return loss.item(), norm


def zeroed_after_the_step(model, optimizer, loss_function, batch, max_norm=1.0):
    model.train()
    loss = loss_function(model, batch)
    loss.backward()
    norm = torch.cat([p.grad.flatten() for p in model.parameters()]).norm().numpy()
    clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    model.zero_grad(set_to_none=False)
    return [loss.detach().numpy()[()], norm[()]]


def no_zero_grad(model, optimizer, loss_function, batch, max_norm=1.0):
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()


def zero_grad_after_backward(model, optimizer, loss_function, batch, max_norm=1.0):
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.zero_grad()
    optimizer.step()
    return loss.item(), norm.item()


def norm_alone(model):
    return torch.stack([p.grad.norm() for p in model.parameters()]).norm().item()


def no_clipping(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    optimizer.step()
    return loss.item(), norm_alone(model)


def clip_after_step(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    optimizer.step()
    return loss.item(), clip_grad_norm_(model.parameters(), max_norm).item()


def clip_by_value(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = norm_alone(model)
    clip_grad_value_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm


def clip_each_tensor(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = norm_alone(model)
    for parameter in model.parameters():
        clip_grad_norm_([parameter], max_norm)
    optimizer.step()
    return loss.item(), norm


def no_step(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    return loss.item(), clip_grad_norm_(model.parameters(), max_norm).item()


def steps_twice(model, optimizer, loss_function, batch, max_norm=1.0):
    result = usual(model, optimizer, loss_function, batch, max_norm)
    optimizer.step()
    return result


def tensor_returned(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss, norm.item()


def norm_after_clipping(model, optimizer, loss_function, batch, max_norm=1.0):
    loss, _ = usual(model, optimizer, loss_function, batch, max_norm)
    return loss, norm_alone(model)


def max_norm_ignored(model, optimizer, loss_function, batch, max_norm=1.0):
    return usual(model, optimizer, loss_function, batch, 1.0)


def always_scaled(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = norm_alone(model)
    for parameter in model.parameters():
        parameter.grad.mul_(max_norm / norm)
    optimizer.step()
    return loss.item(), norm


def loss_of_the_next_model(model, optimizer, loss_function, batch, max_norm=1.0):
    _, norm = usual(model, optimizer, loss_function, batch, max_norm)
    with torch.no_grad():
        return loss_function(model, batch).item(), norm


def wrong_order(model, optimizer, loss_function, batch, max_norm=1.0):
    loss, norm = usual(model, optimizer, loss_function, batch, max_norm)
    return norm, loss


def loss_alone(model, optimizer, loss_function, batch, max_norm=1.0):
    return usual(model, optimizer, loss_function, batch, max_norm)[0]


RIGHT = [usual, by_hand, zeroed_after_the_step]
WRONG = [
    (no_zero_grad, "call optimizer.zero_grad()"),
    (zero_grad_after_backward, "zero_grad() stands between backward() and step()"),
    (no_clipping, "not clipped when the optimiser steps"),
    (clip_after_step, "clip after backward(), before step()"),
    (clip_by_value, "clipped by value"),
    (clip_each_tensor, "each tensor was clipped by itself"),
    (no_step, "step() is missing"),
    (steps_twice, "steps twice"),
    (tensor_returned, "call .item()"),
    (norm_after_clipping, "measured after clipping"),
    (max_norm_ignored, "max_norm is not used"),
    (always_scaled, "scaled up to max_norm"),
    (loss_of_the_next_model, "computed again after the step"),
    (wrong_order, "the wrong way round"),
    (loss_alone, "return two numbers"),
]
