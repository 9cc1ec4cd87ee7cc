"""What learners get wrong in ``wilson_interval``."""

import math
from collections.abc import Callable

from scipy import stats

from course_utils.checks.core.compare import Mistakes

Z = 1.959964  # the 97.5 % point of the normal distribution
Pair = tuple[float, float]


def pieces(correct: float, n: int, z: float = Z) -> tuple[float, float, float, float]:
    """Of Wilson's formula: the share, what is added to it, the half-width, the denominator."""
    p, w = correct / n, z * z / n
    return p, w / 2, z * math.sqrt(p * (1 - p) / n + w / (4 * n)), 1 + w


def wilson(correct: float, n: int, z: float = Z) -> Pair:
    """The interval of Wilson (1927)."""
    p, shift, half, below = pieces(correct, n, z)
    return (p + shift - half) / below, (p + shift + half) / below


def around(centre: float, half: float) -> Pair:
    """The interval with this centre and half-width."""
    return centre - half, centre + half


def with_shift(shift: Callable[[int], float]) -> Callable:
    """A wrong answer: something else is added to the share."""

    def wrong(correct: int, n: int) -> Pair:
        p, _, half, below = pieces(correct, n)
        return around((p + shift(n)) / below, half / below)

    return wrong


def with_half(half: Callable[[float, int], float]) -> Callable:
    """A wrong answer: another half-width, of share and n, before the division."""

    def wrong(correct: int, n: int) -> Pair:
        p, shift, _, below = pieces(correct, n)
        return around((p + shift) / below, half(p, n) / below)

    return wrong


def with_below(below: Callable[[int], float]) -> Callable:
    """A wrong answer: another denominator."""

    def wrong(correct: int, n: int) -> Pair:
        p, shift, half, _ = pieces(correct, n)
        return around((p + shift) / below(n), half / below(n))

    return wrong


def with_share(share: Callable[[int, int], float]) -> Callable:
    """A wrong answer: another share of right answers."""
    return lambda c, n: wilson(share(c, n) * n, n)


def centre_alone_divided(correct: int, n: int) -> Pair:
    """Wilson's, but the half-width stays undivided."""
    p, shift, half, below = pieces(correct, n)
    return around((p + shift) / below, half)


def half_alone_divided(correct: int, n: int) -> Pair:
    """Wilson's, but the centre stays undivided."""
    p, shift, half, below = pieces(correct, n)
    return around(p + shift, half / below)


def divided_by_one(correct: int, n: int) -> Pair:
    """Wilson's, written / 1 + z*z / n."""
    p, shift, half, below = pieces(correct, n)
    return p + shift - half + below - 1, p + shift + half + below - 1


def of_hundred(correct: int, n: int) -> Pair:
    """Wilson's for 100 items, at the share of these."""
    return wilson(100 * correct / n, 100)


def wald(correct: int, n: int) -> Pair:
    """The textbook interval, which is too narrow near 0 and 1."""
    share = correct / n
    return around(share, Z * math.sqrt(share * (1 - share) / n))


def edges_certain(correct: int, n: int) -> Pair:
    """Wilson's, but of width 0 where none or all are right."""
    return (correct / n, correct / n) if correct in (0, n) else wilson(correct, n)


def unbracketed(correct: int, n: int) -> Pair:
    """Wilson's interval, with ``/ 2 * n`` in the centre and ``/ 4 * n * n`` under the root."""
    p, scale = correct / n, 1 + Z * Z / n
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / 4 * n * n)
    return (p + Z * Z / 2 * n - half) / scale, (p + Z * Z / 2 * n + half) / scale


def agresti_coull(correct: int, n: int, z: float = Z) -> Pair:
    """Wald's interval after adding z*z / 2 successes and failures."""
    n_more = n + z * z
    share = (correct + z * z / 2) / n_more
    return around(share, Z * math.sqrt(share * (1 - share) / n_more))


def clipped(interval: Pair) -> Pair:
    """The part of an interval between 0 and 1."""
    return max(0.0, interval[0]), min(1.0, interval[1])


def exact(correct: int, n: int) -> Pair:
    """The interval of Clopper and Pearson."""
    interval = stats.binomtest(correct, n).proportion_ci(0.95)
    return float(interval.low), float(interval.high)


def centre_and_half(correct: int, n: int) -> Pair:
    """Centre and half-width of Wilson's interval."""
    low, high = wilson(correct, n)
    return (low + high) / 2, (high - low) / 2


def rounded(digits: int, z: float) -> Callable:
    """Wilson's interval, rounded."""
    return lambda c, n: tuple(round(end, digits) for end in wilson(c, n, z))


def root_of(under: Callable[[float, int], float]) -> Callable[[float, int], float]:
    """A half-width: z times the root of this."""
    return lambda p, n: Z * math.sqrt(under(p, n))


WALD = (
    "this is Wald's interval, share +- 1.96 standard errors: it has width 0 when all answers are "
    "right"
)
ADJUSTED = "this is Agresti and Coull's interval: Wilson's has z*z / (4*n*n) under the root"
NEGATIVE_ROOT = (
    "the root of a negative number was taken: the share is correct / n, between 0 and 1, and "
    "p * (1 - p) stands under the root"
)
INTERVAL_MISTAKES: Mistakes = {
    WALD: [wald],
    WALD + "; cutting it at 0 and 1 does not cure that": [lambda c, n: clipped(wald(c, n))],
    "brackets are missing: z*z / (2*n) and z*z / (4*n*n), else n multiplies": [unbracketed],
    "z is 1.645, which gives 90 %: use 1.96": [lambda c, n: wilson(c, n, 1.644854)],
    "z is 1: that is one standard error, about 68 %: use 1.96": [lambda c, n: wilson(c, n, 1.0)],
    "z is 2: use 1.96": [lambda c, n: wilson(c, n, 2.0)],
    "z is 3: use 1.96": [lambda c, n: wilson(c, n, 3.0)],
    "z is 2.576, which gives 99 %: use 1.96": [lambda c, n: wilson(c, n, 2.575829)],
    "z is a probability, 0.95, 0.975 or 0.05: it is 1.96, with 97.5 % of the normal curve below": [
        lambda c, n: wilson(c, n, 0.95),
        lambda c, n: wilson(c, n, 0.975),
        lambda c, n: wilson(c, n, 0.05),
    ],
    "these are percents: return shares between 0 and 1": [
        lambda c, n: tuple(100 * end for end in wilson(c, n))
    ],
    "these are numbers of items: return shares between 0 and 1": [
        lambda c, n: tuple(n * end for end in wilson(c, n))
    ],
    "the ends are rounded: return them as they are": [
        rounded(digits, z) for digits in (3, 2, 1) for z in (Z, 1.96)
    ],
    "the ends are the wrong way round: return (low, high)": [lambda c, n: wilson(c, n)[::-1]],
    "this is (centre, half-width): return centre - half-width and centre + half-width": [
        centre_and_half,
        lambda c, n: (pieces(c, n)[0], centre_and_half(c, n)[1]),
    ],
    "this is the width or half of it: return both ends": [
        lambda c, n: centre_and_half(c, n)[1],
        lambda c, n: 2 * centre_and_half(c, n)[1],
        lambda c, n: pieces(c, n)[2],
    ],
    "this is one end alone: return both": [
        lambda c, n: wilson(c, n)[0],
        lambda c, n: wilson(c, n)[1],
    ],
    "this is the interval of the share of wrong answers": [lambda c, n: wilson(n - c, n)],
    ADJUSTED: [
        agresti_coull,
        lambda c, n: clipped(agresti_coull(c, n)),
        lambda c, n: agresti_coull(c, n, 2.0),
    ],
    "this is the exact interval (Clopper and Pearson), SciPy's default: Wilson's is narrower": [
        exact
    ],
    "the width is 0 where none or all are right: leave that case to the formula, it copes": [
        edges_certain
    ],
    "the division by 1 + z*z / n is missing": [
        lambda c, n: around(sum(pieces(c, n)[:2]), pieces(c, n)[2])
    ],
    "the half-width alone is divided by 1 + z*z / n: the centre wants it too, perhaps a bracket": [
        half_alone_divided
    ],
    "the centre alone is divided by 1 + z*z / n: the half-width wants it too, perhaps a bracket": [
        centre_alone_divided
    ],
    "a bracket is missing round 1 + z*z / n: this divides by 1 and adds the rest": [divided_by_one],
    "the denominator is 1 + z*z / n: here it is another, perhaps z for z*z": [
        with_below(lambda n: 1 + Z / n),
        with_below(lambda n: 1 + Z * Z),
        with_below(lambda n: 1 - Z * Z / n),
        with_below(lambda n: 1 + Z * Z / (2 * n)),
        with_below(lambda n: 1 + Z * Z / (4 * n)),
        with_below(lambda n: 1 + Z * Z / n / n),
        with_below(lambda n: (1 + Z * Z) / n),
    ],
    "a bracket is missing round 2 * n: z*z / 2 is multiplied by n": [
        with_shift(lambda n: Z * Z / 2 * n)
    ],
    "z*z / (2*n) is to be added to the share: here it is missing, or another": [
        with_shift(lambda n: 0.0),
        with_shift(lambda n: Z / (2 * n)),
        with_shift(lambda n: Z * Z / n),
        with_shift(lambda n: -Z * Z / (2 * n)),
        with_shift(lambda n: Z * Z / 2),
        with_shift(lambda n: Z * Z / (4 * n)),
        with_shift(lambda n: Z * Z / (2 * n * n)),
        with_shift(lambda n: 2 * Z / (2 * n)),
    ],
    "the z before the root is missing": [with_half(lambda p, n: root_of(_under)(p, n) / Z)],
    "z*z stands before the root: it is z": [with_half(lambda p, n: Z * root_of(_under)(p, n))],
    "the half-width was halved or doubled: it is z times the root": [
        with_half(lambda p, n: root_of(_under)(p, n) / 2),
        with_half(lambda p, n: root_of(_under)(p, n) * 2),
    ],
    "the root is missing": [
        with_half(lambda p, n: Z * _under(p, n)),
        with_half(lambda p, n: _under(p, n)),
    ],
    "the root ends too early: z*z / (4*n*n) stands under it too": [
        with_half(lambda p, n: Z * (math.sqrt(p * (1 - p) / n) + Z * Z / (4 * n * n))),
        with_half(lambda p, n: Z * math.sqrt(p * (1 - p) / n) + Z * Z / (4 * n * n)),
        with_half(lambda p, n: Z * (math.sqrt(p * (1 - p)) / n + Z * Z / (4 * n * n))),
    ],
    "a bracket is missing round 4 * n * n under the root": [
        with_half(root_of(lambda p, n: p * (1 - p) / n + Z * Z / 4 * n * n)),
        with_half(root_of(lambda p, n: p * (1 - p) / n + Z * Z / 4 * n**2)),
    ],
    "z*z / (4*n*n) under the root is another here: perhaps n or z is not squared, or 4 missing": [
        with_half(root_of(lambda p, n: p * (1 - p) / n + Z * Z / (4 * n))),
        with_half(root_of(lambda p, n: p * (1 - p) / n + Z / (4 * n * n))),
        with_half(root_of(lambda p, n: p * (1 - p) / n + Z * Z / (2 * n))),
        with_half(root_of(lambda p, n: p * (1 - p) / n + Z * Z / (2 * n * n))),
        with_half(root_of(lambda p, n: p * (1 - p) / n + Z * Z / (n * n))),
        with_half(root_of(lambda p, n: p * (1 - p) / n + Z * Z / (4 * n) ** 2)),
        with_half(root_of(lambda p, n: p * (1 - p) / n + (Z / (4 * n)) ** 2)),
        with_half(root_of(lambda p, n: p * (1 - p) / n + Z * Z / 4)),
    ],
    "z*z / (4*n*n) is missing under the root": [with_half(root_of(lambda p, n: p * (1 - p) / n))],
    "p * (1 - p) is not divided by n under the root": [
        with_half(root_of(lambda p, n: p * (1 - p) + Z * Z / (4 * n * n)))
    ],
    "the first term under the root is p * (1 - p) / n, with the bracket: here it is another": [
        with_half(root_of(lambda p, n: (p - p * p / n if p else 0) + Z * Z / (4 * n * n))),
        with_half(root_of(lambda p, n: p / n + Z * Z / (4 * n * n))),
        with_half(root_of(lambda p, n: p * (1 - p) / n / n + Z * Z / (4 * n * n))),
        with_half(root_of(lambda p, n: p * (1 - p) / (n - 1) + Z * Z / (4 * n * n))),
        with_half(root_of(lambda p, n: p * (1 - p / n) + Z * Z / (4 * n * n))),
        with_half(root_of(lambda p, n: p * p / n + Z * Z / (4 * n * n))),
    ],
    "correct // n is a division of whole numbers, 0 unless all are right: write correct / n": [
        with_share(lambda c, n: c // n)
    ],
    "the share was taken of 100 or n + 1 items: it is correct / n": [
        lambda c, n: wilson(c, 100),
        with_share(lambda c, n: c / (n + 1)),
        with_share(lambda c, n: (c + 1) / (n + 2)),
    ],
    "100 items are written into the formula: take n": [of_hundred],
    NEGATIVE_ROOT: [lambda c, n: wilson(n * n / c, n)],
}


def _under(p: float, n: int) -> float:
    """What stands under Wilson's root."""
    return p * (1 - p) / n + Z * Z / (4 * n * n)
