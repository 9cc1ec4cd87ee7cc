"""Exercise 4: the Wilson interval."""

import math

import numpy as np


def right_as_printed(correct, n):
    z = 1.96
    p = correct / n
    centre = p + z**2 / (2 * n)
    margin = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (centre - margin) / (1 + z**2 / n), (centre + margin) / (1 + z**2 / n)


def right_in_counts(correct, n):
    """The same, with numerator and denominator multiplied by 2n; a list."""
    zz = 1.96 * 1.96
    root = math.sqrt(zz * (zz + 4 * correct * (n - correct) / n))
    return [(2 * correct + zz + sign * root) / (2 * (n + zz)) for sign in (-1, 1)]


def right_array(correct, n, z=1.96):
    p, zz = np.float64(correct) / n, np.square(z) / n
    half = np.sqrt(zz * p * (1 - p) + zz**2 / 4)
    return (p + zz / 2 + np.array([-half, half])) / (1 + zz)


def right_scipy(correct, n):
    """With the exact quantile 1.959964 in the place of 1.96."""
    from scipy.stats import binomtest

    interval = binomtest(int(correct), int(n)).proportion_ci(method="wilson")
    return interval.low, interval.high


def wrong_normal_approximation(correct, n):
    """The Wald interval p ± z·sqrt(p(1-p)/n), which has no width at 0 or n right answers."""
    p = correct / n
    margin = 1.96 * math.sqrt(p * (1 - p) / n)
    return p - margin, p + margin


def wrong_missing_bracket(correct, n):
    """Divides the margin only by 1 + z²/n: the brackets around the numerator are missing."""
    p, z = correct / n, 1.96
    margin = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low = p + z**2 / (2 * n) - margin / (1 + z**2 / n)
    high = p + z**2 / (2 * n) + margin / (1 + z**2 / n)
    return low, high


def wrong_precedence(correct, n):
    """Writes z**2 / 2 * n and z**2 / 4 * n**2, which multiply by n instead of dividing."""
    p, z = correct / n, 1.96
    margin = z * math.sqrt(p * (1 - p) / n + z**2 / 4 * n**2)
    low = (p + z**2 / 2 * n - margin) / (1 + z**2 / n)
    high = (p + z**2 / 2 * n + margin) / (1 + z**2 / n)
    return low, high


def wrong_no_denominator(correct, n):
    """Forgets to divide by 1 + z²/n."""
    p, z = correct / n, 1.96
    margin = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return p + z**2 / (2 * n) - margin, p + z**2 / (2 * n) + margin


def wrong_agresti_coull(correct, n):
    """An assistant's Agresti-Coull interval: the same centre, but wider than Wilson's."""
    z = 1.96
    n_tilde = n + z**2
    p_tilde = (correct + z**2 / 2) / n_tilde
    margin = z * math.sqrt(p_tilde * (1 - p_tilde) / n_tilde)
    return p_tilde - margin, p_tilde + margin


def wrong_exact_method(correct, n):
    """Leaves SciPy's default method, the exact (Clopper-Pearson) interval, not Wilson's."""
    from scipy.stats import binomtest

    interval = binomtest(int(correct), int(n)).proportion_ci()
    return interval.low, interval.high


def wrong_percent(correct, n):
    """Returns percentages, not shares."""
    p, z = correct / n, 1.96
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    margin = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return 100 * (centre - margin), 100 * (centre + margin)


def wrong_centre_and_margin(correct, n):
    """Returns the centre and the half-width instead of the two ends."""
    p, z = correct / n, 1.96
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    margin = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return centre, margin


def wrong_n_not_squared(correct, n):
    """Writes z²/(4n) under the root instead of z²/(4n²)."""
    p, z = correct / n, 1.96
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    margin = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n)) / (1 + z**2 / n)
    return centre - margin, centre + margin


def wrong_one_sided_z(correct, n):
    """Takes z = 1.645, which gives a 90 % interval."""
    p, z = correct / n, 1.645
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    margin = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return centre - margin, centre + margin


SAYS = {
    "wrong_normal_approximation": "this is Wald's interval, share +- 1.96",
    "wrong_missing_bracket": "the half-width alone is divided by 1",
    "wrong_precedence": "brackets are missing: z*z / (2*n) and",
    "wrong_no_denominator": "the division by 1 + z*z /",
    "wrong_agresti_coull": "this is Agresti and Coull's interval: Wilson's",
    "wrong_exact_method": "this is the exact interval (Clopper and",
    "wrong_percent": "these are percents: return shares between 0",
    "wrong_centre_and_margin": "this is (centre, half-width): return centre -",
    "wrong_n_not_squared": "z*z / (4*n*n) under the root is",
    "wrong_one_sided_z": "z is 1.645, which gives 90 %",
}
