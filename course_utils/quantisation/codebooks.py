"""Codebooks: the numbers that a code of 4 or 8 bits can stand for, in rising order.

Each lies in [-1, 1]; all but ``equal_mass`` hold an exact 0, so that a weight of 0 stays 0. Lesson
5, *Which sixteen numbers?*.
"""

import torch

# The mean of two shares: all but half a bin of 15, and all but half a bin of 16. At share 1 the
# normal's quantile is infinite. Rounded as in bitsandbytes.
OFFSET = round(((1 - 1 / 30) + (1 - 1 / 32)) / 2, 7)  # 0.9677083


def int4() -> torch.Tensor:
    """The uniform codebook: -7/7, -6/7, ..., 7/7. (15,) float32; the sixteenth code is unused."""
    return torch.arange(-7, 8) / 7


def equal_mass(count: int) -> torch.Tensor:
    """The middles of equal slices of the normal distribution: a first idea. (count,) float32.

    The level of a slice has half of the slice's probability on either side; all are divided by the
    largest. No level is 0 where ``count`` is even.
    """
    levels = torch.special.ndtri((torch.arange(count) + 0.5).double() / count)
    return (levels / levels.max()).float()


def fp4() -> torch.Tensor:
    """A 4-bit float, as bitsandbytes has it: a sign, two bits of exponent, one of mantissa.

    The magnitudes are 2, 3, 4, 6, 8 and 12, and below the smallest exponent 0 and 1/16; divided
    by 12. (15,) float32: 0 and -0 are one number.
    """
    normal = [(1 + mantissa / 2) * 2**exponent for exponent in (1, 2, 3) for mantissa in (0, 1)]
    magnitudes = torch.tensor([1 / 16, *normal])
    return torch.cat([-magnitudes.flip(0), torch.zeros(1), magnitudes]) / 12


def nf4() -> torch.Tensor:
    """NF4: quantiles of the normal distribution and an exact 0. (16,) float32.

    The levels stand at evenly spaced shares of N(0, 1), eight above zero and seven below, divided
    by the largest. This is what bitsandbytes computes (``create_normal_map``), to the last bit:
    shares in float32, quantiles in float64, division in float32. Equation 4 of the paper
    (Dettmers et al. 2023, section 3) gives slightly other numbers.
    """
    above = _quantiles(torch.linspace(OFFSET, 0.5, 9)[:-1])  # 8, the largest first
    below = -_quantiles(torch.linspace(OFFSET, 0.5, 8)[:-1])  # 7, the most negative first
    levels = torch.cat([below, torch.zeros(1), above.flip(0)])
    return levels / levels.max()


def _quantiles(shares: torch.Tensor) -> torch.Tensor:
    """Where the standard normal has these shares of its mass below; computed in float64."""
    return torch.special.ndtri(shares.double()).float()


def dynamic8() -> torch.Tensor:
    """The 8-bit dynamic codebook (Dettmers 2015, https://arxiv.org/abs/1511.04561). (256,) float32.

    Seven decades, from 1e-6 to 1, and in each twice as many evenly spaced levels as in the one
    below: fine near 0, never coarse. As bitsandbytes' ``create_dynamic_map`` builds it.
    """
    levels = []
    for decade in range(7):
        edges = torch.linspace(0.1, 1, 2**decade + 1)
        middles = 10.0 ** (decade - 6) * (edges[:-1] + edges[1:]) / 2
        levels += [middles, -middles]
    return torch.cat([*levels, torch.tensor([0.0, 1.0])]).sort().values


CODEBOOKS = {"int4": int4, "fp4": fp4, "nf4": nf4}
