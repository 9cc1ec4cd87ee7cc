"""Answers to exercise 2, by the author of its check."""

import math
import statistics

import torch


def right_loop(count):
    normal = statistics.NormalDist()
    levels = [normal.inv_cdf((2 * i + 1) / (2 * count)) for i in range(count)]
    return torch.tensor([level / levels[-1] for level in levels])


def right_erfinv(count):
    shares = torch.arange(0.5, count) / count
    levels = torch.erfinv(2 * shares - 1)  # the factor sqrt(2) goes out with the largest
    return levels / levels[-1]


def right_one_side(count):
    shares = torch.arange(count // 2) / count + 0.5 + (0.5 if count % 2 == 0 else 1) / count
    above = torch.special.ndtri(shares)
    middle = torch.zeros(count % 2)
    return torch.cat([-above.flip(0), middle, above]) / above.max()


def right_by_medians(count):
    edges = torch.arange(count + 1, dtype=torch.float64) / count
    levels = torch.special.ndtri(torch.stack([edges[:-1], edges[1:]]).mean(0))
    return levels.div(levels.amax())


def right_numpy_free(count):
    step = 1 / count
    levels = torch.special.ndtri(torch.linspace(step / 2, 1 - step / 2, count))
    return levels / levels.abs().amax()


def wrong_evenly_spaced(count):
    """Levels at equal distances."""
    return torch.linspace(-1, 1, steps=count)


def wrong_shares(count):
    """Forgets the quantile."""
    return (torch.arange(count) + 0.5) / count


def wrong_infinite_ends(count):
    """Shares from 0 to 1."""
    levels = torch.special.ndtri(torch.linspace(0, 1, count))
    return levels / levels.max()


def wrong_lower_edges(count):
    """The lower edge of each slice, whose first is minus infinity."""
    levels = torch.special.ndtri(torch.arange(count) / count)
    return levels / levels.max()


def wrong_inner_edges(count):
    """The inner edges of count + 1 slices."""
    levels = torch.special.ndtri(torch.arange(1, count + 1) / (count + 1))
    return levels / levels.max()


def wrong_not_divided(count):
    """The levels of a normal with standard deviation 1."""
    return torch.special.ndtri((torch.arange(count) + 0.5) / count)


def wrong_from_the_top(count):
    """In falling order."""
    levels = torch.special.ndtri(1 - (torch.arange(count) + 0.5) / count)
    return levels / levels.max()


def wrong_always_sixteen(count):
    """Does not use the argument."""
    levels = torch.special.ndtri((torch.arange(16) + 0.5) / 16)
    return levels / levels.max()


def wrong_density(count):
    """Levels where the density, not the share, is evenly spaced."""
    heights = (torch.arange(count) + 0.5) / count
    return torch.sqrt(-2 * torch.log(heights))


def wrong_half_normal(count):
    """Uses ndtr, the share below a level."""
    return torch.special.ndtr((torch.arange(count) + 0.5) / count)


def wrong_edges(count):
    """All edges but the infinite ones: one level too few."""
    levels = torch.special.ndtri(torch.arange(1, count) / count)
    return levels / levels.max()


def wrong_centroids(count):
    """The mean of each slice, which makes the squared error small within the slices."""
    edges = torch.special.ndtri(torch.linspace(0, 1, count + 1).double())
    heights = torch.exp(-edges.square() / 2) / math.sqrt(2 * math.pi)
    means = (heights[:-1] - heights[1:]) * count
    return means / means.max()


SAYS = {
    "wrong_evenly_spaced": "evenly spaced",
    "wrong_shares": "these are shares",
    "wrong_infinite_ends": "infinite or nan",
    "wrong_lower_edges": "infinite or nan",
    "wrong_inner_edges": "one slice more",
    "wrong_not_divided": "divide by the largest",
    "wrong_from_the_top": "these fall from 1 to -1",
    "wrong_always_sixteen": "count is not used",
    "wrong_half_normal": "ndtr is the share itself",
    "wrong_edges": "one for each",
    "wrong_centroids": "means of the slices",
}
