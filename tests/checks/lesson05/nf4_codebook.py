"""Answers to ``nf4_codebook``."""

import numpy
import torch
from scipy.stats import norm
from torch.special import ndtr, ndtri

from course_utils.quantisation.codebooks import OFFSET, nf4


def usual(offset):
    above = ndtri(torch.linspace(offset, 0.5, 9)[:-1])
    below = -ndtri(torch.linspace(offset, 0.5, 8)[:-1])
    levels = torch.cat([below, torch.zeros(1), above.flip(0)])
    return levels / levels.max()


def by_icdf(offset):
    normal = torch.distributions.Normal(0, 1)
    above = normal.icdf(torch.linspace(0.5, offset, 9))
    below = normal.icdf(torch.linspace(1 - offset, 0.5, 8))
    return torch.cat([below[:-1], above]).clamp(-9, 9) / normal.icdf(torch.tensor(offset))


def by_scipy(offset):
    shares = numpy.concatenate([numpy.linspace(1 - offset, 0.5, 8), numpy.linspace(0.5, offset, 9)])
    levels = numpy.unique(norm.ppf(shares).round(12))
    return torch.tensor(levels / levels.max())


def unit(levels):
    return levels / levels.max()


def sides(offset, above=8, below=7, turn=ndtri):
    up = turn(torch.linspace(offset, 0.5, above + 1))[:-1]
    down = turn(torch.linspace(offset, 0.5, below + 1))[:-1]
    return up, down


def uniform(offset):
    return torch.linspace(-1, 1, 16)


def symmetric(offset):
    return unit(ndtri(torch.linspace(1 - offset, offset, 16)))


def middles(offset):
    return unit(ndtri((torch.arange(16) + 0.5) / 16))


def not_divided(offset):
    up, down = sides(offset)
    return torch.cat([-down, torch.zeros(1), up.flip(0)])


def mirrored(offset):
    return -usual(offset).flip(0)


def falling(offset):
    return usual(offset).flip(0)


def up_not_turned(offset):
    up, down = sides(offset)
    return unit(torch.cat([-down, torch.zeros(1), up]))


def offset_not_used(offset):
    return usual(0.9677083)


def shares_alone(offset):
    up, down = sides(offset, turn=lambda shares: shares)
    return unit(torch.cat([-down, torch.zeros(1), up.flip(0)]))


def ndtr_for_ndtri(offset):
    up, down = sides(offset, turn=ndtr)
    return unit(torch.cat([-down, torch.zeros(1), up.flip(0)]))


def from_one(offset):
    return not_divided(1.0).clamp(-1e30)


def seventeen(offset):
    up, down = sides(offset, 8, 8)
    return unit(torch.cat([-down, torch.zeros(1), up.flip(0)]))


def fifteen(offset):
    up, down = sides(offset)
    return unit(torch.cat([-down, up.flip(0)]))


def whole_numbers(offset):
    return usual(offset).int()


def as_list(offset):
    return usual(offset).tolist()


def changed(name, change):
    """A wrong answer: the right levels, changed."""

    def wrong(offset):
        return change(usual(offset))

    wrong.__name__ = name
    return wrong


def one_side_fixed(offset):
    up, _ = sides(0.9677083)
    _, down = sides(offset)
    return unit(torch.cat([-down, torch.zeros(1), up.flip(0)]))


def below_from_the_other_end(offset):
    up, _ = sides(offset)
    below = ndtri(torch.linspace(1 - offset, 0.5, 8))[1:]
    return unit(torch.cat([below, torch.zeros(1), up.flip(0)]).sort().values)


def above_without_its_first(offset):
    _, down = sides(offset)
    up = ndtri(torch.linspace(offset, 0.5, 9))[1:]
    return unit(torch.cat([-down, torch.zeros(1), up.flip(0)]).sort().values)


def by_the_smallest(offset):
    levels = not_divided(offset)
    return levels / levels.min()


def by_the_sum(offset):
    levels = not_divided(offset)
    return levels / levels.sum()


def NEXT(answer):
    """The lesson prints the levels, and compares them with the library's."""
    levels = answer(OFFSET)
    assert [round(level, 3) for level in levels.tolist()][0] == -1
    assert (levels - nf4()).abs().max().item() < 1e-6


RIGHT = [usual, by_icdf, by_scipy]
WRONG = [
    (uniform, "evenly spaced"),
    (symmetric, "no exact 0"),
    (middles, "no exact 0"),
    (not_divided, "divide by the largest"),
    (mirrored, "the wrong way round"),
    (falling, "should rise"),
    (up_not_turned, "not sorted"),
    (offset_not_used, "offset is not used"),
    (shares_alone, "shares, not quantiles"),
    (ndtr_for_ndtri, "ndtr is the share itself"),
    (from_one, "infinite or nan"),
    (seventeen, "17 levels"),
    (fifteen, "15 levels"),
    (whole_numbers, "levels are fractions"),
    (as_list, "return a tensor"),
    (changed("three_digits", lambda levels: levels.round(decimals=3)), "the levels are rounded"),
    (changed("four_digits", lambda levels: levels.round(decimals=4)), "the levels are rounded"),
    (changed("in_half", lambda levels: levels.half()), "half precision"),
    (by_the_sum, "divide by the largest"),
    (by_the_smallest, "divided by the smallest level"),
    (one_side_fixed, "offset belongs to both sides"),
    (below_from_the_other_end, "on the side below zero the first"),
    (above_without_its_first, "on the side above zero the first"),
]
