"""Answers to ``training_step``."""

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from course_utils.model.tiny import tiny_model
from course_utils.training import plain


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


def in_order(name, *parts):
    """A wrong answer: the parts of a step after the forward pass, in another order."""

    def wrong(model, optimizer, loss_function, batch, max_norm=1.0):
        loss, norm = loss_function(model, batch), torch.zeros(())
        for part in parts:
            if part == "clip":
                norm = clip_grad_norm_(model.parameters(), max_norm)
            else:
                {"zero": optimizer.zero_grad, "back": loss.backward, "step": optimizer.step}[part]()
        return loss.item(), norm.item()

    wrong.__name__ = name
    return wrong


def gradient_descent(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    for parameter in model.parameters():
        parameter.data -= optimizer.param_groups[0]["lr"] * parameter.grad
    return loss.item(), norm.item()


def scaled(name, factor):
    """A wrong answer: the gradients are scaled by another factor of norm and limit."""

    def wrong(model, optimizer, loss_function, batch, max_norm=1.0):
        optimizer.zero_grad()
        loss = loss_function(model, batch)
        loss.backward()
        norm = norm_alone(model)
        for parameter in model.parameters():
            parameter.grad *= factor(norm, max_norm)
        optimizer.step()
        return loss.item(), norm

    wrong.__name__ = name
    return wrong


def other_norm(name, norm):
    """A wrong answer: the norm of something else."""

    def wrong(model, optimizer, loss_function, batch, max_norm=1.0):
        found = []

        def function(*arguments):
            loss = loss_function(*arguments)
            found.extend(torch.autograd.grad(loss, list(model.parameters()), retain_graph=True))
            return loss

        before = [p.detach().clone() for p in model.parameters()]
        loss, _ = usual(model, optimizer, function, batch, max_norm)
        return loss, float(norm(found, before))

    wrong.__name__ = name
    return wrong


def returned(name, change):
    """A wrong answer: other numbers of the right step."""

    def wrong(model, optimizer, loss_function, batch, max_norm=1.0):
        result = usual(model, optimizer, loss_function, batch, max_norm)
        return change(*result, max_norm)

    wrong.__name__ = name
    return wrong


def largest_number(model, optimizer, loss_function, batch, max_norm=1.0):
    optimizer.zero_grad()
    loss = loss_function(model, batch)
    loss.backward()
    norm = clip_grad_norm_(model.parameters(), max_norm, norm_type=float("inf"))
    optimizer.step()
    return loss.item(), norm.item()


def NEXT(answer):
    """Three steps on one batch lower the loss; both numbers are shown and sorted."""
    model, losses = tiny_model(), []
    batch = [part.to("cpu") for part in plain.collate([[5, 6, 7, 2], [8, 2], [9]], 2)]

    def loss_of(model, batch):
        output = model(input_ids=batch[0], attention_mask=batch[1])
        return plain.answer_loss(output.logits, batch[2], torch.tensor([3, 4, 3]))

    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.0)
    for _ in range(3):
        loss, norm = answer(model, optimizer, loss_of, batch)
        assert f"loss {loss:.3f}, gradient norm {norm:.1f}"
        losses.append(loss)
    assert losses == sorted(losses, reverse=True) and losses[2] < losses[0]


RIGHT = [usual, by_hand, zeroed_after_the_step]
WRONG = [
    (no_zero_grad, "call optimizer.zero_grad()"),
    (zero_grad_after_backward, "zero_grad() stands between backward() and step()"),
    (no_clipping, "not clipped when the optimiser steps"),
    (clip_after_step, "clipped after the step"),
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
    (in_order("cleared_too_late", "back", "zero", "clip", "step"), "or zero_grad() comes after it"),
    (in_order("clip_first", "zero", "clip", "back", "step"), "clipped before backward()"),
    (in_order("step_first", "zero", "step", "back", "clip"), "or stands before backward()"),
    (in_order("old_gradients", "step", "zero", "back", "clip"), "the gradients of the call before"),
    (gradient_descent, "changed by hand"),
    (largest_number, "the largest single number"),
    (scaled("times_limit", lambda norm, limit: limit), "multiplied by max_norm"),
    (scaled("upside_down", lambda norm, limit: norm / limit), "upside down"),
    (scaled("condition", lambda norm, limit: limit / norm if norm < limit else 1),
     "the condition is the wrong way round"),
    (scaled("length_1", lambda norm, limit: 1 / norm), "brought to length 1"),
    (other_norm("absolute", lambda g, w: sum(x.abs().sum() for x in g)), "the absolute numbers"),
    (other_norm("added", lambda g, w: sum(x.norm() for x in g)), "norms of the tensors were added"),
    (other_norm("squared", lambda g, w: sum((x * x).sum() for x in g)), "the square of the norm"),
    (other_norm("weights", lambda g, w: sum((x * x).sum() for x in w) ** 0.5), "of the weights"),
    (other_norm("first", lambda g, w: g[0].norm()), "the norm of one tensor"),
    (other_norm("mean", lambda g, w: sum(x.norm() for x in g) / len(g)), "this is a mean"),
    (returned("limit", lambda loss, norm, limit: (loss, limit)), "the limit was returned"),
    (returned("by_batch", lambda loss, norm, limit: (loss / 8, norm)), "the size of the batch"),
    (returned("short", lambda loss, norm, limit: (round(loss, 2), round(norm, 2))), "are rounded"),
]  # fmt: skip
