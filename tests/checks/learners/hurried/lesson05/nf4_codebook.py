"""Answers to exercise 2: the NF4 codebook."""

import math
from statistics import NormalDist

import numpy as np
import torch


def right_recipe(offset):
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([below, torch.zeros(1), above]).sort().values
    return levels / levels.max()


def right_normal_dist(offset):
    quantile = NormalDist().inv_cdf
    above = [quantile(offset + (0.5 - offset) * i / 8) for i in range(8)]
    below = [-quantile(offset + (0.5 - offset) * i / 7) for i in range(7)]
    levels = sorted([*below, 0.0, *above])
    return torch.tensor([level / levels[-1] for level in levels])


def right_erfinv(offset):
    def quantiles(count):
        shares = torch.linspace(offset, 0.5, count, dtype=torch.float64)[:-1]
        return math.sqrt(2) * torch.erfinv(2 * shares - 1)

    levels = torch.cat((-quantiles(8), torch.zeros(1, dtype=torch.float64), quantiles(9).flip(0)))
    return (levels / levels[-1]).float()


def right_numpy_shares(offset):
    shares = np.concatenate([np.linspace(offset, 0.5, 9)[:-1], np.linspace(offset, 0.5, 8)[:-1]])
    levels = torch.special.ndtri(torch.from_numpy(shares))
    levels[8:] *= -1
    levels = torch.nn.functional.pad(levels, (0, 1))
    levels = torch.sort(levels)[0]
    return (levels / levels[-1]).to(torch.float32)


def right_mirrored_shares(offset):
    below = torch.special.ndtri(torch.linspace(1 - offset, 0.5, 8)[:-1])
    above = torch.special.ndtri(torch.linspace(0.5, offset, 9)[1:])
    levels = torch.hstack([below, torch.tensor([0.0]), above])
    return levels / above[-1]


def right_sides_scaled(offset):
    levels = torch.zeros(16)
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9))[:8]
    below = torch.special.ndtri(torch.linspace(offset, 0.5, 8))[:7]
    levels[8:] = (above / above[0]).flip(0)
    levels[:7] = -below / below[0]
    return levels


def right_icdf(offset):
    normal = torch.distributions.Normal(0.0, 1.0)
    levels = [0.0]
    for sign, count in ((1, 9), (-1, 8)):
        shares = torch.linspace(offset, 0.5, count)
        levels += [sign * normal.icdf(share).item() for share in shares[: count - 1]]
    levels = torch.tensor(sorted(levels))
    return levels / levels.abs().max()


def wrong_not_divided(offset):
    """Leaves the quantiles as they are, so the ends stand near 1.85 and not at 1."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    return torch.cat([below, torch.zeros(1), above]).sort().values


def wrong_sides_swapped(offset):
    """Gives eight levels to the negative side and seven to the positive one."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    levels = torch.cat([below, torch.zeros(1), above]).sort().values
    return levels / levels.max()


def wrong_unsorted(offset):
    """Forgets to sort: the positive levels come in falling order."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([below, torch.zeros(1), above])
    return levels / levels.max()


def wrong_falling(offset):
    """Sorts in falling order."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([below, torch.zeros(1), above]).sort(descending=True).values
    return levels / levels.max()


def wrong_fixed_offset(offset):
    """Ignores the argument and uses the lesson's 0.9677083 for every offset."""
    above = torch.special.ndtri(torch.linspace(0.9677083, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(0.9677083, 0.5, 8)[:-1])
    levels = torch.cat([below, torch.zeros(1), above]).sort().values
    return levels / levels.max()


def wrong_no_zero(offset):
    """Forgets to add the exact 0: 15 levels."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([below, above]).sort().values
    return levels / levels.max()


def wrong_keeps_last(offset):
    """Keeps the share 0.5 on both sides, so 0 is there three times among 18 levels."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9))
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8))
    levels = torch.cat([below, torch.zeros(1), above]).sort().values
    return levels / levels.max()


def wrong_drops_first(offset):
    """Drops the first quantile of each side, the outermost, instead of the last."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[1:])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[1:])
    levels = torch.cat([below, torch.zeros(1), above]).sort().values
    return levels / levels.max()


def wrong_off_by_one(offset):
    """Takes 8 and 7 shares and then drops one of each: 14 levels."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 7)[:-1])
    levels = torch.cat([below, torch.zeros(1), above]).sort().values
    return levels / levels.max()


def wrong_distribution_function(offset):
    """Uses ndtr, the share below a value, instead of its inverse ndtri."""
    above = torch.special.ndtr(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtr(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([below, torch.zeros(1), above]).sort().values
    return levels / levels.max()


def wrong_symmetric(offset):
    """Uses eight levels on each side and no 0: symmetric, which NF4 is not."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    levels = torch.cat([-above, above]).sort().values
    return levels / levels.max()


def wrong_both_positive(offset):
    """Forgets the minus of the lower side: no level is negative."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([below, torch.zeros(1), above]).sort().values
    return levels / levels.max()


def wrong_shares_as_levels(offset):
    """Takes the shares themselves for the levels and never computes a quantile."""
    above = torch.linspace(offset, 0.5, 9)[:-1]
    below = -torch.linspace(offset, 0.5, 8)[:-1]
    levels = torch.cat([below, torch.zeros(1), above]).sort().values
    return levels / levels.max()


def wrong_uniform(offset):
    """Returns sixteen evenly spaced levels, without a 0 and without the normal distribution."""
    return torch.linspace(-1, 1, 16)


def wrong_negated_twice(offset):
    """Starts the lower side at 1 - offset and negates as well, so it becomes positive."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(1 - offset, 0.5, 8)[:-1])
    levels = torch.cat([below, torch.zeros(1), above]).sort().values
    return levels / levels.max()


def wrong_list(offset):
    """Returns a Python list where a float tensor is asked for."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([below, torch.zeros(1), above]).sort().values
    return (levels / levels.max()).tolist()


def wrong_sort_pair(offset):
    """Divides what sort returns, a pair of values and indices: TypeError."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([below, torch.zeros(1), above]).sort()
    return levels / levels.values.max()


def wrong_half(offset):
    """Computes in float16, so the levels are off in the fourth digit."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([below, torch.zeros(1), above]).sort().values
    return (levels / levels.max()).half()


SAYS = {
    "wrong_not_divided": "divide by the largest level, so that",
    "wrong_sides_swapped": "the sides are the wrong way round",
    "wrong_unsorted": "the levels are not sorted: those above",
    "wrong_falling": "the codebook should rise: from -1 to",
    "wrong_fixed_offset": "the argument offset is not used",
    "wrong_no_zero": "15 levels: is the 0 missing, or",
    "wrong_keeps_last": "drop the last share of each side",
    "wrong_drops_first": "drop the last share of each side",
    "wrong_off_by_one": "linspace counts both of its ends: take",
    "wrong_distribution_function": "ndtri is the inverse of the normal's",
    "wrong_symmetric": "there is no exact 0: a symmetric",
    "wrong_both_positive": "the levels below zero are negative: put",
    "wrong_shares_as_levels": "these are shares, not quantiles: torch.special.ndtri turns",
    "wrong_uniform": "these levels are evenly spaced: take quantiles",
    "wrong_negated_twice": "the levels below zero are negative: put",
    "wrong_list": "return a tensor, not a list",
    "wrong_sort_pair": "sort returns two things, the values and",
    "wrong_half": "half precision moves the levels in the",
}
