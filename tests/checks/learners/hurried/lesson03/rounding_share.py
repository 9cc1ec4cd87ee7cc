"""Learners' answers to exercise 2, rounding_share."""

import numpy as np
import torch
from torch.nn import functional as F


def right_plain(base, update):
    stored = (base.float() + update).bfloat16().float() - base.float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def right_many_steps(base, update):
    base32 = base.clone().to(torch.float32)
    update32 = update.clone().to(torch.float32)
    new_weight = torch.add(base32, update32)
    new_weight_rounded = new_weight.to(torch.bfloat16)
    new_weight_32 = new_weight_rounded.to(torch.float32)
    stored = torch.sub(new_weight_32, base32)
    error = torch.sub(stored, update32)
    error_squared = torch.mul(error, error)
    stored_squared = torch.mul(stored, stored)
    top = torch.sum(error_squared)
    bottom = torch.sum(stored_squared)
    result = torch.div(top, bottom)
    return float(result)


def right_lists(base, update):
    rounded = (base.float() + update.float()).bfloat16().float().flatten().tolist()
    old, wanted = base.float().flatten().tolist(), update.float().flatten().tolist()
    top = 0.0
    bottom = 0.0
    for i in range(len(old)):
        stored = rounded[i] - old[i]
        top += (stored - wanted[i]) ** 2
        bottom += stored**2
    return top / bottom


def right_row_by_row(base, update):
    top, bottom = [], []
    for b, u in zip(base, update):
        b = b.float()
        stored = (b + u).to(torch.bfloat16).float() - b
        top.append(torch.dot(stored - u, stored - u).item())
        bottom.append(torch.dot(stored, stored).item())
    return sum(top) / sum(bottom)


def right_norms(base, update):
    stored = (base + update).bfloat16().float() - base.float()
    a = torch.linalg.norm(stored - update)
    b = torch.linalg.norm(stored)
    return (a**2 / b**2).item()


def right_ratio_first(base, update):
    stored = (base + update).to(base.dtype).to(update.dtype) - base
    return (torch.norm(stored - update) / torch.norm(stored)).pow(2).item()


def right_numpy(base, update):
    old = base.detach().float().cpu().numpy()
    new = (base.float() + update).to(torch.bfloat16).float().detach().cpu().numpy()
    wanted = update.detach().cpu().numpy()
    stored = new - old
    return float(np.sum((stored - wanted) ** 2) / np.sum(stored**2))


def right_means(base, update):
    base = base.float()
    stored = (base + update).bfloat16().float() - base
    zero = torch.zeros_like(stored)
    return F.mse_loss(stored, update).item() / F.mse_loss(stored, zero).item()


def right_tensor_of_one_number(base, update):
    base = base.to(torch.float32)
    stored = (base + update).to(torch.bfloat16).to(torch.float32) - base
    return ((stored - update) ** 2).sum() / (stored**2).sum()


def right_numbers_of_numpy(base, update):
    base = base.float()
    stored = ((base + update).bfloat16().float() - base).numpy()
    return np.square(stored - update.numpy()).sum() / np.square(stored).sum()


def right_error_of_the_new_weight(base, update):
    wanted = base.float() + update
    rounded = wanted.bfloat16().float()
    stored = rounded - base.float()
    return (((stored - update) ** 2).mean() / (stored**2).mean()).item()


def wrong_no_rounding(base, update):
    """Forgets to round the sum to bfloat16: what is left is the rounding of float32."""
    stored = base.float() + update - base.float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_rounds_update(base, update):
    """Rounds the update by itself; the base, whose steps are coarse, is not used."""
    stored = update.bfloat16().float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_rounds_update_first(base, update):
    """Turns the update into bfloat16 before it is added: two roundings."""
    stored = (base + update.bfloat16()).float() - base.float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_keeps_base(base, update):
    """Forgets "less base": compares the whole stored weight with the update."""
    stored = (base.float() + update).bfloat16().float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_against_weight(base, update):
    """Divides the rounding by the norm of the weight, not by that of the stored update."""
    new = (base.float() + update).bfloat16().float()
    stored = new - base.float()
    return ((stored - update).square().sum() / new.square().sum()).item()


def wrong_over_update(base, update):
    """Divides by the norm of the true update."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return ((stored - update).square().sum() / update.square().sum()).item()


def wrong_not_squared(base, update):
    """The ratio of the norms, without the squares."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return (torch.linalg.norm(stored - update) / torch.linalg.norm(stored)).item()


def wrong_square_below_only(base, update):
    """Squares only the norm below the line."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return (torch.linalg.norm(stored - update) / torch.linalg.norm(stored) ** 2).item()


def wrong_percent(base, update):
    """Gives percent, where a share was asked for."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return 100 * ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_text(base, update):
    """Returns a text for people."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    share = (stored - update).square().sum() / stored.square().sum()
    return f"{share:.0%}"


def wrong_prints(base, update):
    """Prints the share and returns nothing."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    print((stored - update).square().sum() / stored.square().sum())


def wrong_true_share(base, update):
    """Returns one less the share, what is not rounding."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return 1 - ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_upside_down(base, update):
    """Divides the wrong way round."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return (stored.square().sum() / (stored - update).square().sum()).item()


def wrong_update_over_stored(base, update):
    """Compares the norms of the true and of the stored update: nothing is subtracted."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return (update.square().sum() / stored.square().sum()).item()


def wrong_difference_of_norms(base, update):
    """Subtracts the squared norms instead of taking the norm of the difference."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return ((stored.square().sum() - update.square().sum()) / stored.square().sum()).item()


def wrong_mean_of_ratios(base, update):
    """Averages the share of each number; where the stored update is 0, this divides by 0."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return ((stored - update).square() / stored.square()).mean().item()


def wrong_absolute(base, update):
    """Sums absolute values instead of squares."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return ((stored - update).abs().sum() / stored.abs().sum()).item()


def wrong_numerator(base, update):
    """Returns the squared norm of the rounding and does not divide."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return (stored - update).square().sum().item()


def wrong_rows(base, update):
    """Gives one share for each row."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return (stored - update).square().sum(dim=1) / stored.square().sum(dim=1)


def wrong_elements(base, update):
    """Forgets to sum: a whole matrix of shares."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return (stored - update) ** 2 / stored**2


def wrong_returns_stored(base, update):
    """Returns the stored update, the first step only."""
    return (base.float() + update).bfloat16().float() - base.float()


def wrong_subtracts_in_bfloat16(base, update):
    """Stays in bfloat16 after the rounding: subtraction and sums are rounded again."""
    stored = (base + update).bfloat16() - base
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_difference_in_bfloat16(base, update):
    """Subtracts in bfloat16, which rounds a second time, and converts only afterwards."""
    stored = ((base + update).bfloat16() - base).float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_sums_in_bfloat16(base, update):
    """Turns everything into bfloat16, the norms too."""
    update = update.bfloat16()
    stored = (base + update) - base
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_float16(base, update):
    """Rounds to float16, the other format with 16 bits."""
    stored = (base.float() + update).half().float() - base.float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_lost_entries(base, update):
    """Counts how many numbers the rounding lost altogether."""
    stored = (base.float() + update).bfloat16().float() - base.float()
    return (stored == 0).float().mean().item()


def wrong_in_place(base, update):
    """Adds the update into the caller's base, which rounds to bfloat16 by itself."""
    old = base.clone().float()
    base += update
    stored = base.float() - old
    return ((stored - update).square().sum() / stored.square().sum()).item()


def wrong_in_place_lost(base, update):
    """Adds in place and keeps no copy: the stored update is then zero."""
    new = base
    new += update
    stored = new.float() - base.float()
    return ((stored - update).square().sum() / stored.square().sum()).item()


SAYS = {
    "wrong_no_rounding": "nothing is rounded",
    "wrong_rounds_update": "the update alone is rounded",
    "wrong_rounds_update_first": "rounded before it was added",
    "wrong_keeps_base": "the base is missing",
    "wrong_against_weight": "this is a share of the weight",
    "wrong_over_update": "this is a share of the true update",
    "wrong_not_squared": "these are the norms",
    "wrong_percent": "this is in percent",
    "wrong_text": "not a value of type str",
    "wrong_prints": "end in `return`",
    "wrong_true_share": "the share that is no rounding",
    "wrong_upside_down": "upside down",
    "wrong_update_over_stored": "the share that is no rounding",
    "wrong_difference_of_norms": "the two squared norms are subtracted",
    "wrong_mean_of_ratios": "the mean of the shares of single numbers",
    "wrong_absolute": "these are absolute values",
    "wrong_numerator": "the squared norm of the rounding alone",
    "wrong_rows": "shares of single rows or columns",
    "wrong_elements": "the shares of single numbers",
    "wrong_returns_stored": "one number, not a value of type Tensor",
    "wrong_float16": "this rounds to float16",
    "wrong_lost_entries": "a share of the numbers",
    "wrong_in_place": "changes its input in place",
    "wrong_in_place_lost": "changes its input in place",
}
