"""Answers to ``rounding_share``: how much of a stored update is rounding."""

import torch


def right_as_the_text_says(base, update):
    stored = (base + update).to(torch.bfloat16).float() - base.float()
    return torch.sum((stored - update) ** 2).item() / torch.sum(stored**2).item()


def right_mse(base, update):
    after = base.to(torch.float32).add(update).to(torch.bfloat16)
    stored = after.to(torch.float32).sub(base)
    error = torch.nn.functional.mse_loss(stored, update)
    return float(error / torch.nn.functional.mse_loss(stored, torch.zeros_like(stored)))


def right_copy(base, update):
    weight = base.clone()
    weight.copy_(base.float() + update)
    stored, true = (weight.double() - base.double()).flatten(), update.double().flatten()
    gap = stored - true
    return (gap @ gap / (stored @ stored)).item()


def right_matrix_norm(base, update):
    stored = (base.double() + update.double()).float().bfloat16().double() - base.double()
    return (
        torch.linalg.matrix_norm(stored - update) / torch.linalg.matrix_norm(stored)
    ).item() ** 2


def _stored(base, update):
    return (base.float() + update).bfloat16().float() - base.float()


def wrong_ratio_of_norms(base, update):
    """The ratio of the norms, without the square."""
    stored = _stored(base, update)
    return (torch.norm(stored - update) / torch.norm(stored)).item()


def wrong_per_true(base, update):
    """Divides by the update that was to be stored."""
    stored = _stored(base, update)
    return (stored - update).pow(2).sum().item() / update.pow(2).sum().item()


def wrong_survives(base, update):
    """What survives instead of what is rounding."""
    stored = _stored(base, update)
    return 1 - (stored - update).pow(2).sum().item() / stored.pow(2).sum().item()


def wrong_lost_numbers(base, update):
    """Counts the numbers that did not move."""
    return (_stored(base, update) == 0).float().mean().item()


def wrong_of_update_alone(base, update):
    """Rounds the update, not the weight."""
    short = update.bfloat16().float()
    return ((short - update).pow(2).sum() / short.pow(2).sum()).item()


def wrong_float_sum(base, update):
    """bfloat16 + float32 is float32 here, so nothing is rounded."""
    stored = (base + update) - base
    return ((stored - update).pow(2).sum() / stored.pow(2).sum()).item()


def wrong_update_first(base, update):
    """Brings the update to bfloat16 before the sum, which rounds twice."""
    stored = (base + update.to(base.dtype)).float() - base.float()
    return ((stored - update).pow(2).sum() / stored.pow(2).sum()).item()


def wrong_of_weight(base, update):
    """Divides by the weight's squared norm."""
    stored = _stored(base, update)
    return ((stored - update).pow(2).sum() / base.float().pow(2).sum()).item()


def wrong_error_alone(base, update):
    """Does not divide."""
    return (_stored(base, update) - update).pow(2).sum().item()


SAYS = {
    "wrong_ratio_of_norms": "the share of the squared norm is asked for",
    "wrong_per_true": "a share of the true update",
    "wrong_survives": "the share that is no rounding",
    "wrong_lost_numbers": "a share of the numbers",
    "wrong_of_update_alone": "the update alone is rounded",
    "wrong_float_sum": "nothing is rounded",
    "wrong_update_first": "before it was added",
    "wrong_of_weight": "a share of the weight",
    "wrong_error_alone": "the rounding alone",
}
