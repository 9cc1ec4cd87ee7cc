import math

import numpy as np
from scipy.stats import binom


def right_formula(accuracy, n, k):
    return float(sum(1 - binom.cdf(m, n, accuracy) ** k for m in range(n)) / n)


def right_mean(accuracy, n, k):
    return np.mean(1 - binom.cdf(np.arange(n), n, accuracy) ** k)


def right_loop_goes_to_n(accuracy, n, k):
    # m = n adds nothing, F(n) is 1
    total = 0.0
    for m in range(0, n + 1):
        all_at_most_m = 1.0
        for _ in range(k):
            all_at_most_m *= float(binom.cdf(m, n, accuracy))
        total += 1 - all_at_most_m
    return total / n


def right_each_count_times_its_probability(accuracy, n, k):
    best, before = 0.0, 0.0
    for m in range(n + 1):
        now = binom.cdf(m, n, accuracy) ** k
        best += m * (now - before)
        before = now
    return float(best / n)


def right_one_minus(accuracy, n, k):
    prompt = binom(n, accuracy)
    return 1 - sum(prompt.cdf(range(n)) ** k) / n


def right_adds_pmf_up(accuracy, n, k):
    at_most = np.cumsum(binom.pmf(np.arange(n), n, accuracy))
    return float((1 - at_most**k).sum() / n)


def right_upper_tail(accuracy, n, k):
    more = [float(binom.sf(m, n, accuracy)) for m in range(n)]
    return math.fsum(1 - (1 - q) ** k for q in more) / n


def wrong_starts_at_one(accuracy, n, k):
    """Sums m from 1 to n, so the term of m = 0 is missing."""
    return float(sum(1 - binom.cdf(m, n, accuracy) ** k for m in range(1, n + 1)) / n)


def wrong_stops_too_early(accuracy, n, k):
    """Reads "to n - 1" as range(n - 1), so the term of m = n - 1 is missing."""
    return float(sum(1 - binom.cdf(m, n, accuracy) ** k for m in range(n - 1)) / n)


def wrong_count(accuracy, n, k):
    """Forgets to divide by n: a number of reviews, not a share."""
    return float(sum(1 - binom.cdf(m, n, accuracy) ** k for m in range(n)))


def wrong_cdf_arguments(accuracy, n, k):
    """Gives binom.cdf n and m in the wrong order."""
    return float(sum(1 - binom.cdf(n, m, accuracy) ** k for m in range(n)) / n)


def wrong_pmf(accuracy, n, k):
    """Takes the probability of exactly m right, not of at most m."""
    return float(sum(1 - binom.pmf(m, n, accuracy) ** k for m in range(n)) / n)


def wrong_power_of_bracket(accuracy, n, k):
    """Raises 1 - F to the power, not F: the expected share of the worst prompt."""
    return float(sum((1 - binom.cdf(m, n, accuracy)) ** k for m in range(n)) / n)


def wrong_without_k(accuracy, n, k):
    """Forgets the power k, so the result is the accuracy of one prompt."""
    return float(sum(1 - binom.cdf(m, n, accuracy) for m in range(n)) / n)


def wrong_times_k(accuracy, n, k):
    """Multiplies F by k where it should raise F to the power k."""
    return float(sum(1 - binom.cdf(m, n, accuracy) * k for m in range(n)) / n)


def wrong_xor(accuracy, n, k):
    """Writes ^ for the power, which raises an error."""
    return float(sum(1 - (binom.cdf(m, n, accuracy) ^ k) for m in range(n)) / n)


def wrong_without_one_minus(accuracy, n, k):
    """Sums the probabilities of at most m, not of more than m."""
    return float(sum(binom.cdf(m, n, accuracy) ** k for m in range(n)) / n)


def wrong_simulated(accuracy, n, k):
    """Simulates 2,000 times instead of computing the value."""
    tries = np.random.default_rng().binomial(n, accuracy, size=(2000, k))
    return float(tries.max(axis=1).mean() / n)


def wrong_percent(accuracy, n, k):
    """Returns a percentage, not a share."""
    return float(100 * sum(1 - binom.cdf(m, n, accuracy) ** k for m in range(n)) / n)


def wrong_array(accuracy, n, k):
    """Forgets the sum and returns an array with a number for each m."""
    return (1 - binom.cdf(np.arange(n), n, accuracy) ** k) / n


def wrong_mean_of_n_plus_one(accuracy, n, k):
    """Takes the mean over m from 0 to n, so it divides by n + 1."""
    return float(np.mean(1 - binom.cdf(np.arange(n + 1), n, accuracy) ** k))


def wrong_integer_division(accuracy, n, k):
    """Computes 1 // n first, which is 0 for every n above 1."""
    return float(1 // n * sum(1 - binom.cdf(m, n, accuracy) ** k for m in range(n)))


def wrong_n_and_k_swapped(accuracy, n, k):
    """Swaps n and k: n prompts, each tried on k reviews."""
    return float(sum(1 - binom.cdf(m, k, accuracy) ** n for m in range(k)) / k)


def wrong_bracket(accuracy, n, k):
    """Has no bracket round 1 - F^k, so only F^k is divided by n."""
    return float(sum(1 - binom.cdf(m, n, accuracy) ** k / n for m in range(n)))


def wrong_median(accuracy, n, k):
    """Returns the median of the best share, not its expected value."""
    m = 0
    while binom.cdf(m, n, accuracy) ** k < 0.5:
        m += 1
    return m / n


def wrong_rule_of_thumb(accuracy, n, k):
    """Adds sqrt(2 ln k) standard errors, a rule of thumb for the largest of k normal numbers."""
    return accuracy + math.sqrt(2 * math.log(k)) * math.sqrt(accuracy * (1 - accuracy) / n)


def wrong_return_in_loop(accuracy, n, k):
    """Returns inside the loop, so only the first term is in the sum."""
    total = 0.0
    for m in range(n):
        total += 1 - float(binom.cdf(m, n, accuracy)) ** k
        return total / n


SAYS = {
    "wrong_starts_at_one": "the sum starts at m = 1: it starts at 0",
    "wrong_stops_too_early": "the last term is missing: m runs from 0 to n - 1, which is",
    "wrong_count": "this is a number of reviews: divide the sum by n",
    "wrong_cdf_arguments": "this is 0 each time: perhaps // stands for /, or binom.cdf",
    "wrong_pmf": "this is pmf, the probability of exactly m: at most m is cdf",
    "wrong_power_of_bracket": "this is the share of the worst prompt: perhaps the power",
    "wrong_without_k": "this is the share of one prompt, or of all reviews together:",
    "wrong_times_k": "F was multiplied by k: all k get at most m with probability",
    "wrong_xor": "^ is no power in Python: write **",
    "wrong_without_one_minus": "this is 1 less the share: 1 - is missing before F**k, the",
    "wrong_simulated": "the same call gives another value the second time: nothing",
    "wrong_percent": "these are percents: return a share between 0 and 1",
    "wrong_array": "these are several numbers, perhaps one for each m: return",
    "wrong_mean_of_n_plus_one": "the sum is divided by n + 1: its mean over 0 to n was taken",
    "wrong_integer_division": "this is 0 each time: perhaps // stands for /, or binom.cdf",
    "wrong_n_and_k_swapped": "n and k are swapped: there are k prompts, and n reviews for",
    "wrong_bracket": "a bracket is missing: n divides the last part alone, and",
    "wrong_median": "this is the likeliest or the middle value of the best share:",
    "wrong_rule_of_thumb": "this takes the normal distribution for the binomial one,",
    "wrong_return_in_loop": "the first term alone is there: perhaps `return` stands inside",
}
