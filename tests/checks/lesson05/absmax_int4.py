"""Answers to ``absmax_int4``."""

import numpy
import torch

from course_utils.quantisation.error import relative_rmse


def usual(weight):
    scale = weight.abs().max() / 7
    return (weight / scale).round().to(torch.int8), scale


def by_norm(weight):
    step = torch.linalg.vector_norm(weight, ord=float("inf")).item() / 7
    return torch.round(weight / step).to(torch.int8), step


def by_nearest(weight):
    scale = max(weight.max(), -weight.min()) / 7
    levels = torch.arange(-7, 8)
    nearest = (weight[..., None] - levels * scale).abs().argmin(-1)
    return levels[nearest].to(torch.int8), numpy.float64(scale.item())


def made(name, scale, how=torch.round, change=lambda codes, scale: (codes, scale)):
    """A wrong answer with another scale, another rounding or another result."""

    def wrong(weight):
        step = scale(weight)
        return change(how(weight / step), step)

    wrong.__name__ = name
    return wrong


def largest(weight):
    return weight.abs().max() / 7


def from_the_smallest(weight):
    step = (weight.max() - weight.min()) / 15
    return ((weight - weight.min()) / step).round().to(torch.int8), step


def codes_alone(weight):
    return usual(weight)[0]


def scale_first(weight):
    codes, scale = usual(weight)
    return scale.expand(codes.shape), codes


def scale_per_row(weight):
    rows = weight.reshape(-1, weight.shape[-1])
    scale = rows.abs().amax(1, keepdim=True) / 7
    return (rows / scale).round().to(torch.int8).view(weight.shape), scale


def flattened(weight):
    codes, scale = usual(weight)
    return codes.flatten()[:-1], scale


def NEXT(answer):
    """The lesson turns the codes back into weights, and counts those that are 0."""
    weight = torch.randn(6, 32)
    codes, scale = answer(weight)
    assert codes.dtype == torch.int8
    assert relative_rmse(codes * scale, weight) < 0.3
    assert 0 <= (codes == 0).float().mean() < 1


RIGHT = [usual, by_norm, by_nearest]
WRONG = [
    (made("cut_off", largest, torch.trunc), "cuts the digits off"),
    (made("floor", largest, torch.floor), "rounds down"),
    (made("ceil", largest, torch.ceil), "rounds up"),
    (made("eighths", lambda w: w.abs().max() / 8), "not absmax / 8"),
    (made("fifteenths", lambda w: w.abs().max() / 15), "not absmax / 15"),
    (made("eight_bits", lambda w: w.abs().max() / 127), "for 8 bits"),
    (made("no_step", lambda w: w.abs().max()), "only -1, 0 and 1"),
    (made("span", lambda w: (w.max() - w.min()) / 15), "need not hold 0"),
    (made("deviation", lambda w: w.std() / 7), "standard deviation"),
    (made("unsigned", largest, change=lambda codes, scale: (codes + 7, scale)), "have a sign"),
    (made("upside_down", largest, change=lambda c, s: (c, 1 / s)), "upside down"),
    (made("whole_absmax", largest, change=lambda c, s: (c, 7 * s)), "absmax itself"),
    (made("dequantised", largest, change=lambda c, s: (c * s, s)), "these are the rounded weights"),
    (codes_alone, "return two things"),
    (scale_first, "codes first"),
    (scale_per_row, "one scale for the whole weight"),
    (flattened, "the shape should be"),
    (made("in_float", largest), "the codes are right, and still float32"),
    (made("uint8", largest, lambda x: x.round().to(torch.uint8)), "uint8 has none"),
    (
        made("early", largest, lambda x: x, lambda c, s: ((c * s).round() / s, s)),
        "before you round",
    ),
    (made("int64", largest, lambda x: x.round().long()), "and still int64"),
    (made("unsigned_steps", largest, lambda x: x.abs().round()), "the sign is lost"),
    (made("mean", lambda w: w.abs().mean() / 7), "nor a mean is a bound"),
    (made("half_span", lambda w: (w.max() - w.min()) / 14), "both sides are of one length"),
    (made("multiplied", largest, lambda x: x, lambda c, s: ((c * s * s).round(), s)), "multiply"),
    (made("seven_late", largest, lambda x: (x / 7).round() * 7), "round once, at the end"),
    (made("rounded_scale", largest, change=lambda c, s: (c, s.round(decimals=2))), "is rounded"),
    (from_the_smallest, "no smallest weight is taken away"),
]
