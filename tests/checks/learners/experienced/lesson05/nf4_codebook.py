from statistics import NormalDist

import numpy as np
import torch


def right_plain(offset):
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([above, torch.zeros(1), below]).sort().values
    return levels / levels.max()


def right_normal_dist(offset):
    quantile = NormalDist().inv_cdf
    above = [quantile(offset + (0.5 - offset) * i / 8) for i in range(8)]
    below = [-quantile(offset + (0.5 - offset) * i / 7) for i in range(7)]
    levels = sorted([*below, 0.0, *above])
    return torch.tensor([level / levels[-1] for level in levels])


def right_numpy_rising(offset):
    shares = np.concatenate([np.linspace(1 - offset, 0.5, 8), np.linspace(0.5, offset, 9)[1:]])
    levels = torch.special.ndtri(torch.from_numpy(shares))
    levels[7] = 0
    return (levels / levels[-1]).float()


def right_erfinv(offset):
    def side(n):
        shares = torch.linspace(offset, 0.5, n, dtype=torch.float64)[: n - 1]
        return torch.erfinv(2 * shares - 1)  # the factor sqrt(2) is lost in the division

    levels = torch.hstack((side(8).neg(), torch.tensor([0.0]).double(), side(9).flip(0)))
    return levels.div(levels[-1]).to(torch.float32)


def right_distribution_in_slices(offset):
    normal = torch.distributions.Normal(0.0, 1.0)
    levels = torch.zeros(16)
    levels[:7] = -normal.icdf(torch.linspace(offset, 0.5, 8)[:-1])
    levels[8:] = normal.icdf(torch.linspace(offset, 0.5, 9)[:-1]).flip(0)
    levels /= levels[-1].clone()
    return levels


def wrong_not_divided(offset):
    """Forgets to divide by the largest level: the levels run from -1.85 to 1.85."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    return torch.cat([above, torch.zeros(1), below]).sort().values


def wrong_sides_swapped(offset):
    """Gives eight levels to the negative side and seven to the positive one."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    levels = torch.cat([above, torch.zeros(1), below]).sort().values
    return levels / levels.max()


def wrong_not_sorted(offset):
    """Leaves the levels in the order in which they were made, not rising."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([above, torch.zeros(1), below])
    return levels / levels.max()


def wrong_hard_coded_offset(offset):
    """Ignores the argument and uses the offset of the lesson."""
    above = torch.special.ndtri(torch.linspace(0.9677083, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(0.9677083, 0.5, 8)[:-1])
    levels = torch.cat([above, torch.zeros(1), below]).sort().values
    return levels / levels.max()


def wrong_drops_the_first(offset):
    """Drops the first share (the outermost level) and keeps 0.5: three zeros, 16 wrong levels."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[1:])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[1:])
    levels = torch.cat([above, torch.zeros(1), below]).sort().values
    return levels / levels.max()


def wrong_keeps_the_last(offset):
    """Keeps the share 0.5 on both sides: 18 levels, three of them 0."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9))
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8))
    levels = torch.cat([above, torch.zeros(1), below]).sort().values
    return levels / levels.max()


def wrong_no_zero(offset):
    """Forgets to add the 0: only 15 levels."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([above, below]).sort().values
    return levels / levels.max()


def wrong_symmetric(offset):
    """Places 16 quantiles symmetrically from 1 - offset to offset, without an exact 0."""
    levels = torch.special.ndtri(torch.linspace(1 - offset, offset, 16))
    return levels / levels.max()


def wrong_cumulative_distribution(offset):
    """Calls ndtr, the share below a value, where the quantile ndtri is meant."""
    above = torch.special.ndtr(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtr(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([above, torch.zeros(1), below]).sort().values
    return levels / levels.max()


def wrong_evenly_spaced(offset):
    """Spaces the levels evenly between quantiles: linspace of the quantile, not of the share."""
    end = torch.special.ndtri(torch.tensor(offset)).item()
    levels = torch.cat([torch.linspace(-end, 0, 8)[:-1], torch.linspace(0, end, 9)])
    return levels / levels.max()


def wrong_cat_with_scalar(offset):
    """Raises: torch.cat does not take a tensor without dimensions, as torch.tensor(0.0) is."""
    above = torch.special.ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -torch.special.ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([below, torch.tensor(0.0), above]).sort().values
    return levels / levels.max()


SAYS = {
    "wrong_not_divided": "divide by the largest level, so that",
    "wrong_sides_swapped": "the sides are the wrong way round",
    "wrong_not_sorted": "the levels are not sorted: those above",
    "wrong_hard_coded_offset": "the argument offset is not used",
    "wrong_drops_the_first": "drop the last share of each side",
    "wrong_keeps_the_last": "drop the last share of each side",
    "wrong_no_zero": "15 levels: is the 0 missing, or",
    "wrong_symmetric": "there is no exact 0: a symmetric",
    "wrong_cumulative_distribution": "ndtri is the inverse of the normal's",
    "wrong_evenly_spaced": "the shares are evenly spaced, not the",
    "wrong_cat_with_scalar": "torch.cat takes tensors with a dimension: torch.zeros(1)",
}
