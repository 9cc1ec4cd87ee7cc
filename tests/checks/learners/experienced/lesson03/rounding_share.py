"""Answers to rounding_share: how much of a stored update is rounding."""

import math

import numpy as np
import torch


def right_norms(base, update):
    stored = (base.float() + update).bfloat16().float() - base.float()
    return ((stored - update).norm() ** 2 / stored.norm() ** 2).item()


def right_promotion(base, update):
    stored = (base + update).to(base.dtype).to(update.dtype) - base
    return float((stored - update).square().sum() / stored.square().sum())


def right_double_after_the_rounding(base, update):
    after = torch.add(base.float(), update).to(torch.bfloat16)
    stored = after.double() - base.double()
    error = stored - update.double()
    return error.pow(2).sum().item() / stored.pow(2).sum().item()


def right_bits_in_numpy(base, update):
    """bfloat16 by hand: rounds the upper 16 of the 32 bits, half to even."""
    start = base.detach().float().cpu().numpy()
    change = update.detach().float().cpu().numpy()
    bits = (start + change).astype(np.float32).view(np.uint32)
    bits = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
    stored = (bits & np.uint32(0xFFFF0000)).view(np.float32) - start
    return np.sum((stored - change) ** 2) / np.sum(stored**2)


def right_rows(base, update):
    above = below = 0.0
    for old, change in zip(base, update):
        stored = (old.float() + change).to(torch.bfloat16).float() - old.float()
        above += float(((stored - change) ** 2).sum())
        below += float((stored**2).sum())
    return above / below


def right_single_numbers(base, update):
    after = (base.float() + update).bfloat16().flatten().tolist()
    old, change = base.flatten().tolist(), update.flatten().tolist()
    stored = [a - b for a, b in zip(after, old)]
    above = math.fsum((s - c) ** 2 for s, c in zip(stored, change))
    return above / math.fsum(s * s for s in stored)


def right_einsum(base, update):
    base32 = base.to(torch.float32)
    stored = (base32 + update).type(torch.bfloat16).type(torch.float32).sub(base32)
    error = update - stored
    above = torch.einsum("oi,oi->", error, error)
    below = torch.einsum("oi,oi->", stored, stored)
    return torch.div(above, below).item()


def right_mean_squares(base, update):
    stored = base.float().add(update).bfloat16().float().sub(base.float())
    above = torch.nn.functional.mse_loss(stored, update)
    return (above / stored.square().mean()).item()


def right_in_place_on_a_clone(base, update):
    moved = base.clone()
    moved += update  # computed in float32, rounded once into the bfloat16 of the clone
    stored = moved.float().sub_(base.float())
    return (torch.dist(stored, update) / torch.linalg.matrix_norm(stored)).square().item()


def right_copy_into_an_empty(base, update):
    kept = torch.empty_like(base).copy_(base.float() + update)
    stored = (kept.float() - base.float()).ravel()
    error = stored - update.ravel()
    return (torch.dot(error, error) / torch.dot(stored, stored)).item()


def right_tensor_without_dimensions(base, update):
    """Leaves .item() out: what comes back is a number, in a tensor."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return (stored - update).square().sum() / stored.square().sum()


def wrong_norms_not_squared(base, update):
    """Forgets the squares: the share of the norm, not of the squared norm."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return (torch.linalg.norm(stored - update) / torch.linalg.norm(stored)).item()


def wrong_over_update(base, update):
    """Divides by the squared norm of the true update, not of the stored one."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return ((stored - update).square().sum() / update.square().sum()).item()


def wrong_rounds_the_update(base, update):
    """Rounds the update by itself, without the weight under it."""
    stored = update.bfloat16().float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_update_to_bfloat16_first(base, update):
    """Casts the update to the dtype of the base before adding: rounds twice."""
    stored = (base + update.to(base.dtype)).float() - base.float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_difference_in_bfloat16(base, update):
    """Takes the base away in bfloat16, which rounds once more where the change is large."""
    stored = ((base + update).bfloat16() - base).float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_sums_in_bfloat16(base, update):
    """Casts the update down to meet the stored one and sums all squares in bfloat16."""
    stored = (base.float() + update).bfloat16() - base
    return ((stored - update.bfloat16()).square().sum() / stored.square().sum()).item()


def wrong_complement(base, update):
    """Returns the share that is not rounding."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return 1 - ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_percent(base, update):
    """Returns percent, not a share."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return 100 * ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_base_changed(base, update):
    """Adds the update to the base itself: the caller's weight is changed."""
    before = base.float()
    base += update
    stored = base.float() - before
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_update_changed(base, update):
    """Takes the stored update off the caller's one in place, to save memory."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    error = update.sub_(stored)
    return (error.square().sum() / stored.square().sum()).item()


def wrong_alias(base, update):
    """Overwrites the stored update with the error, and then divides by it."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    error = stored
    error -= update
    return (error.square().sum() / stored.square().sum()).item()


def wrong_float16(base, update):
    """Rounds to float16, which has three more bits than bfloat16."""
    stored = (base.float() + update).half().float() - base.float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_no_rounding(base, update):
    """Relies on bfloat16 + float32 to give bfloat16: it gives float32, so nothing is rounded."""
    stored = (base + update) - base
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_base_not_taken_off(base, update):
    """Takes the whole stored weight for the stored update."""
    stored = (base.float() + update).bfloat16().float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_spectral_norm(base, update):
    """Takes ord=2 for the sum of squares: of a matrix it is the largest singular value."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    error = torch.linalg.norm(stored - update, ord=2)
    return (error / torch.linalg.norm(stored, ord=2)).square().item()


def wrong_difference_of_energies(base, update):
    """Takes the squared norms from each other, as if the error stood at a right angle."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return (1 - update.square().sum() / stored.square().sum()).item()


def wrong_square_of_the_sum(base, update):
    """Sums first and squares afterwards."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return ((stored - update).sum() ** 2 / stored.sum() ** 2).item()


def wrong_bits_cut_off(base, update):
    """Makes bfloat16 by clearing the lower 16 bits: that cuts off, it does not round."""
    after = ((base.float() + update).view(torch.int32) & -65536).view(torch.float32)
    stored = after - base.float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_norm_of_rows(base, update):
    """Makes the share of every row, and returns the mean of the shares."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    share = (stored - update).square().sum(dim=1) / stored.square().sum(dim=1)
    return share.mean().item()


SAYS = {
    "wrong_norms_not_squared": "these are the norms: the share of the squared norm",
    "wrong_over_update": "this is a share of the true update",
    "wrong_rounds_the_update": "the update alone is rounded",
    "wrong_update_to_bfloat16_first": "the update was rounded before it was added",
    "wrong_complement": "this is the share that is no rounding",
    "wrong_base_changed": "the function changes its input in place",
    "wrong_update_changed": "the function changes its input in place",
    "wrong_percent": "this is in percent",
    "wrong_float16": "this rounds to float16",
    "wrong_no_rounding": "nothing is rounded: bfloat16 + float32 is float32",
    "wrong_base_not_taken_off": "the base is missing",
    "wrong_difference_of_energies": "the two squared norms are subtracted",
}
