"""Answers to ``equal_mass``."""

import numpy
import torch
from scipy.stats import norm
from torch.special import ndtr, ndtri

from course_utils.analysis.rounding import through_bfloat16
from course_utils.quantisation.blockwise import quantise


def usual(count):
    levels = ndtri((torch.arange(count) + 0.5) / count)
    return levels / levels.max()


def by_linspace(count):
    half = 1 / (2 * count)
    levels = torch.distributions.Normal(0, 1).icdf(torch.linspace(half, 1 - half, count))
    return levels / levels.abs().max()


def by_scipy(count):
    shares = numpy.arange(1, 2 * count, 2) / (2 * count)
    return torch.tensor(norm.ppf(shares) / norm.ppf(shares)[-1])


def by_edges(count):
    edges = torch.linspace(0, 1, count + 1, dtype=torch.float64)
    levels = ndtri((edges[1:] + edges[:-1]) / 2)
    return (levels / levels[-1]).float()


def uniform(count):
    return torch.linspace(-1, 1, count)


def shares(count):
    return (torch.arange(count) + 0.5) / count


def not_divided(count):
    return ndtri(shares(count))


def by_smallest(count):
    levels = ndtri(shares(count))
    return levels / levels.min()


def edges(count):
    levels = ndtri(torch.linspace(0, 1, count + 2)[1:-1])
    return levels / levels.max()


def from_zero(count):
    levels = ndtri(torch.linspace(0, 1, count))
    return levels / levels.max()


def one_too_many(count):
    levels = ndtri(torch.linspace(1e-3, 1 - 1e-3, count + 1))
    return levels / levels.max()


def means(count):
    cuts = ndtri(torch.linspace(0, 1, count + 1).double())
    density = torch.exp(-(cuts**2) / 2)
    levels = density[:-1] - density[1:]
    return levels / levels.max()


def by_ndtr(count):
    return ndtr(shares(count))


def falling(count):
    return usual(count).flip(0)


def sixteen(count):
    return usual(16)


def three_digits(count):
    return usual(count).round(decimals=3)


def whole(count):
    return usual(count).int()


def as_list(count):
    return usual(count).tolist()


def in_half(count):
    return through_bfloat16(torch.zeros(count), usual(count)).bfloat16()


def NEXT(answer):
    """The lesson rounds a weight to the levels."""
    levels = answer(16).float()
    assert levels[-1] == 1 and levels[0] >= -1.00001
    quantise(torch.randn(8, 64), levels)


RIGHT = [usual, by_linspace, by_scipy, by_edges]
WRONG = [
    (uniform, "evenly spaced"),
    (shares, "these are shares"),
    (not_divided, "divide by the largest"),
    (by_smallest, "these fall from 1 to -1"),
    (edges, "one slice more"),
    (from_zero, "infinite or nan"),
    (one_too_many, "one for each"),
    (means, "means of the slices"),
    (by_ndtr, "ndtr is the share itself"),
    (falling, "these fall from 1 to -1"),
    (sixteen, "count is not used"),
    (three_digits, "the levels are rounded"),
    (whole, "levels are fractions"),
    (as_list, "return a tensor"),
    (in_half, "half precision"),
]
