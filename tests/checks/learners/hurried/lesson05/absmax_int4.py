"""Answers to exercise 1: absmax rounding."""

import numpy as np
import torch


def right_formula(weight):
    scale = weight.abs().max() / 7
    return torch.round(weight / scale).to(torch.int8), scale


def right_numpy(weight):
    numbers = weight.detach().cpu().numpy().astype(np.float64)
    scale = np.abs(numbers).max() / 7
    return torch.from_numpy(np.rint(numbers / scale).astype(np.int8)), float(scale)


def right_python_float_scale(weight):
    low, high = weight.aminmax()
    scale = max(-low.item(), high.item()) / 7.0
    return (weight / scale).round().clamp(-7, 7).char(), scale


def right_double(weight):
    wide = weight.double()
    scale = torch.linalg.vector_norm(wide, ord=float("inf")) / 7
    return wide.div(scale).round_().to(dtype=torch.int8), scale.float()


def right_nearest_level(weight):
    scale = weight.abs().amax() / 7
    steps = torch.arange(-7, 8)
    distances = (weight.unsqueeze(-1) - steps * scale).abs()
    return steps[distances.argmin(dim=-1)].to(torch.int8), scale


def right_loop(weight):
    flat = [float(w) for w in weight.flatten()]
    scale = max(abs(w) for w in flat) / 7
    codes = torch.zeros(len(flat), dtype=torch.int8)
    for i, w in enumerate(flat):
        codes[i] = round(w / scale)
    return codes.view(weight.shape), torch.tensor(scale)


def right_half_up(weight):
    scale = weight.abs().max() / 7
    magnitudes = torch.floor(weight.abs() / scale + 0.5)
    return (weight.sign() * magnitudes).to(torch.int8), scale


def right_own_copy(weight):
    work = weight.clone()
    scale = work.abs().max().div(7)
    work /= scale
    work.round_()
    return work.type(torch.int8), scale


def wrong_eight(weight):
    """Divides the largest magnitude by 8, so that codes run up to 8 instead of 7."""
    scale = weight.abs().max() / 8
    return torch.round(weight / scale).to(torch.int8), scale


def wrong_fifteen(weight):
    """Divides the largest magnitude by the number of codes, 15, so codes reach 15."""
    scale = weight.abs().max() / 15
    return torch.round(weight / scale).to(torch.int8), scale


def wrong_no_abs(weight):
    """Takes the largest weight and not the largest magnitude: a negative outlier overflows."""
    scale = weight.max() / 7
    return torch.round(weight / scale).to(torch.int8), scale


def wrong_truncates(weight):
    """Casts to int8 without rounding, which cuts the fraction off towards 0."""
    scale = weight.abs().max() / 7
    return (weight / scale).to(torch.int8), scale


def wrong_floor(weight):
    """Rounds down instead of to the nearest whole number."""
    scale = weight.abs().max() / 7
    return torch.floor(weight / scale).to(torch.int8), scale


def wrong_row_scales(weight):
    """Takes a scale for each row, where one for the whole tensor is asked for."""
    scale = weight.abs().amax(dim=-1, keepdim=True) / 7
    return torch.round(weight / scale).to(torch.int8), scale


def wrong_order(weight):
    """Returns the scale first and the codes second."""
    scale = weight.abs().max() / 7
    return scale, torch.round(weight / scale).to(torch.int8)


def wrong_largest_as_scale(weight):
    """Returns the largest magnitude as the scale, seven times what one step is worth."""
    largest = weight.abs().max()
    return torch.round(weight / largest * 7).to(torch.int8), largest


def wrong_inverse_scale(weight):
    """Returns steps per unit, 7 / max, instead of what one step is worth."""
    scale = 7 / weight.abs().max()
    return torch.round(weight * scale).to(torch.int8), scale


def wrong_float_codes(weight):
    """Rounds, but leaves the codes in floating point instead of int8."""
    scale = weight.abs().max() / 7
    return torch.round(weight / scale), scale


def wrong_uint8(weight):
    """Stores the codes unsigned, so that negative codes become 249 to 255."""
    scale = weight.abs().max() / 7
    return torch.round(weight / scale).to(torch.int8).to(torch.uint8), scale


def wrong_in_place(weight):
    """Divides the caller's weight in place, so that the weight is destroyed."""
    scale = weight.abs().max() / 7
    return weight.div_(scale).round_().to(torch.int8), scale


def wrong_flat(weight):
    """Returns the codes as one long vector and not in the shape of the weight."""
    flat = weight.flatten()
    scale = flat.abs().max() / 7
    return torch.round(flat / scale).to(torch.int8), scale


def wrong_rounded_too_early(weight):
    """Rounds the weights before dividing by the scale, so small weights are lost."""
    scale = weight.abs().max() / 7
    return (torch.round(weight) / scale).to(torch.int8), scale


def wrong_min_max(weight):
    """Spreads the codes between the smallest and the largest weight: 0 is not code 0."""
    scale = (weight.max() - weight.min()) / 14
    return (torch.round((weight - weight.min()) / scale) - 7).to(torch.int8), scale


def wrong_dequantised(weight):
    """Returns the rounded weights, codes times scale, instead of the codes."""
    scale = weight.abs().max() / 7
    return torch.round(weight / scale) * scale, scale


def wrong_max_dim(weight):
    """Uses max(dim), which returns values and indices, and divides that pair: TypeError."""
    scale = weight.abs().max(dim=0) / 7
    return torch.round(weight / scale).to(torch.int8), scale


SAYS = {
    "wrong_eight": "the scale should make the largest magnitude",
    "wrong_fifteen": "the scale should make the largest magnitude",
    "wrong_no_abs": "a negative weight can be the largest",
    "wrong_truncates": "this cuts the digits off: round to",
    "wrong_floor": "this rounds down: round to the nearest",
    "wrong_row_scales": "there is one scale for the whole",
    "wrong_order": "codes first, then the scale",
    "wrong_largest_as_scale": "the codes are right, the scale is",
    "wrong_inverse_scale": "the codes are right, the scale is",
    "wrong_float_codes": "the codes are right, and still float32",
    "wrong_uint8": "codes have a sign, and uint8 has",
    "wrong_in_place": "the function changes its input in place",
    "wrong_flat": "the codes keep the shape of the",
    "wrong_rounded_too_early": "divide by the scale before you round",
    "wrong_min_max": "the zero of the weights is code",
    "wrong_dequantised": "these are the rounded weights: return the",
    "wrong_max_dim": "max(dim) returns two things, the values and",
}
