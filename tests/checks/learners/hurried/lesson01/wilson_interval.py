import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import torch


def right_formula(correct, n):
    z = 1.96
    p = correct / n
    centre = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    return (centre - half) / scale, (centre + half) / scale


def right_numpy(correct, n):
    p, z = correct / n, 1.96
    ends = np.array([-1, 1]) * z * np.sqrt(p * (1 - p) / n + (z / (2 * n)) ** 2)
    return (p + z**2 / 2 / n + ends) / (1 + z**2 / n)


def right_torch(correct, n):
    k, m, z = torch.tensor([correct, n, 1.96], dtype=torch.float64)
    p = k / m
    half = z * torch.sqrt(p * (1 - p) / m + z**2 / (4 * m**2))
    ends = torch.stack([p + z**2 / (2 * m) - half, p + z**2 / (2 * m) + half])
    return ends / (1 + z**2 / m)


def right_counts_only(correct, n, z=1.96):
    half = z * (correct * (n - correct) / n + z * z / 4) ** 0.5
    return (correct + z * z / 2 - half) / (n + z * z), (correct + z * z / 2 + half) / (n + z * z)


def right_quadratic(correct, n):
    # the ends solve (p - k/n)^2 = z^2 p (1 - p) / n
    zz = 1.96**2
    a, b, c = n + zz, -(2 * correct + zz), correct**2 / n
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    return [(-b - root) / (2 * a), (-b + root) / (2 * a)]


class _Interval(NamedTuple):
    low: float
    high: float


def right_named_and_clamped(correct, n):
    z2 = 1.96**2 / n
    p = correct / n
    half = math.sqrt(z2 * p * (1 - p) + z2**2 / 4)
    ends = sorted((p + z2 / 2 + sign * half) / (1 + z2) for sign in (1, -1))
    return _Interval(max(0.0, ends[0]), min(1.0, ends[1]))


def right_mirror(correct, n):
    def low(k):
        p, z = k / n, 1.96
        root = math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        return (p + z**2 / (2 * n) - z * root) / (1 + z**2 / n)

    return low(correct), 1 - low(n - correct)


def right_exact_quantile(correct, n):
    z = NormalDist().inv_cdf(0.975)
    p = correct / n
    half = z * math.hypot(math.sqrt(p * (1 - p) / n), z / (2 * n))
    return tuple((p + z**2 / (2 * n) + s * half) / (1 + z**2 / n) for s in (-1, 1))


def wrong_wald(correct, n):
    """Is the ordinary normal interval, not Wilson's: it has width 0 where all are right."""
    p = correct / n
    half = 1.96 * math.sqrt(p * (1 - p) / n)
    return p - half, p + half


def wrong_percent(correct, n):
    """Returns percentages, not shares."""
    z, p = 1.96, correct / n
    centre = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return 100 * (centre - half) / (1 + z**2 / n), 100 * (centre + half) / (1 + z**2 / n)


def wrong_ninety_per_cent(correct, n):
    """Takes z = 1.645, which belongs to a 90 % interval."""
    z, p = 1.645, correct / n
    centre = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)


def wrong_no_denominator(correct, n):
    """Forgets to divide by 1 + z^2/n."""
    z, p = 1.96, correct / n
    centre = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return centre - half, centre + half


def wrong_no_z_before_root(correct, n):
    """Forgets the z before the square root, so the interval is about half as wide."""
    z, p = 1.96, correct / n
    centre = p + z**2 / (2 * n)
    half = math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)


def wrong_bracket_of_fraction(correct, n):
    """Has no bracket round the numerator: only the half width is divided by 1 + z^2/n."""
    z, p = 1.96, correct / n
    centre = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return centre - half / (1 + z**2 / n), centre + half / (1 + z**2 / n)


def wrong_upper_first(correct, n):
    """Returns the upper end first."""
    z, p = 1.96, correct / n
    centre = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (centre + half) / (1 + z**2 / n), (centre - half) / (1 + z**2 / n)


def wrong_n_not_squared(correct, n):
    """Divides z^2 by 4n under the root, where it is 4n^2."""
    z, p = 1.96, correct / n
    centre = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)


def wrong_two_n_bracket(correct, n):
    """Has no bracket round 2n, so z^2/2 is multiplied by n."""
    z, p = 1.96, correct / n
    centre = p + z**2 / 2 * n
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)


def wrong_integer_division(correct, n):
    """Divides whole numbers, so every share below 1 becomes 0."""
    z, p = 1.96, correct // n
    centre = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)


def wrong_centre_and_half(correct, n):
    """Returns the centre and the half width, not the two ends."""
    z, p = 1.96, correct / n
    centre = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return centre / (1 + z**2 / n), half / (1 + z**2 / n)


def wrong_root_of_first_term(correct, n):
    """Closes the square root too early, before z^2/4n^2."""
    z, p = 1.96, correct / n
    centre = p + z**2 / (2 * n)
    half = z * (math.sqrt(p * (1 - p) / n) + z**2 / (4 * n**2))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)


def wrong_swapped(correct, n):
    """Divides n by the number of right ones; the root of a negative number then raises."""
    z, p = 1.96, n / correct
    centre = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)


def wrong_certain_at_ends(correct, n):
    """Gives an interval of width 0 where none or all are right, as if that were certain."""
    if correct in (0, n):
        return correct / n, correct / n
    z, p = 1.96, correct / n
    centre = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)


def wrong_fixed_hundred(correct, n):
    """Has the 100 items of the example written in, whatever n is."""
    z, p = 1.96, correct / n
    centre = p + z**2 / 200
    half = z * math.sqrt(p * (1 - p) / 100 + z**2 / 40_000)
    return (centre - half) / (1 + z**2 / 100), (centre + half) / (1 + z**2 / 100)


def wrong_agresti_coull(correct, n):
    """Is the Agresti-Coull interval: Wilson's centre with another width."""
    z = 1.96
    p = (correct + z**2 / 2) / (n + z**2)
    half = z * math.sqrt(p * (1 - p) / (n + z**2))
    return p - half, p + half


def wrong_no_root(correct, n):
    """Forgets the square root."""
    z, p = 1.96, correct / n
    centre = p + z**2 / (2 * n)
    half = z * (p * (1 - p) / n + z**2 / (4 * n**2))
    return (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)


SAYS = {
    "wrong_wald": "this is Wald's interval, share +- 1.96",
    "wrong_percent": "these are percents: return shares between 0",
    "wrong_ninety_per_cent": "z is 1.645, which gives 90 %",
    "wrong_no_denominator": "the division by 1 + z*z /",
    "wrong_no_z_before_root": "the z before the root is missing",
    "wrong_bracket_of_fraction": "the half-width alone is divided by 1",
    "wrong_upper_first": "the ends are the wrong way round",
    "wrong_n_not_squared": "z*z / (4*n*n) under the root is",
    "wrong_two_n_bracket": "a bracket is missing round 2 *",
    "wrong_integer_division": "correct // n is a division of",
    "wrong_centre_and_half": "this is (centre, half-width): return centre -",
    "wrong_root_of_first_term": "the root ends too early: z*z /",
    "wrong_swapped": "the root of a negative number was",
    "wrong_certain_at_ends": "the width is 0 where none or",
    "wrong_fixed_hundred": "100 items are written into the formula",
    "wrong_agresti_coull": "this is Agresti and Coull's interval: Wilson's",
    "wrong_no_root": "the root is missing",
}
