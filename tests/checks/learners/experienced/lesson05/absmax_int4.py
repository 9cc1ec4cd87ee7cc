import numpy as np
import torch


def right_plain(weight):
    scale = weight.abs().max() / 7
    return torch.round(weight / scale).to(torch.int8), scale


def right_guarded_float64(weight):
    wide = weight.double()
    scale = torch.linalg.vector_norm(wide, ord=float("inf")) / 7
    if scale == 0:
        return torch.zeros_like(weight, dtype=torch.int8), torch.ones(())
    return (wide / scale).round().clamp(-7, 7).to(torch.int8), scale.to(weight.dtype)


def right_numpy(weight):
    values = weight.detach().cpu().float().numpy()
    step = float(np.abs(values).max()) / 7 or 1.0
    codes = np.rint(values / step).astype(np.int8)
    return torch.from_numpy(codes).to(weight.device), step


def right_min_max_in_place_on_a_copy(weight):
    low, high = weight.aminmax()
    scale = torch.maximum(-low, high).div(7)
    codes = weight.clone().mul_(7).div_(scale * 7).round_()
    return codes.nan_to_num_(0).char(), scale


def right_loop(weight):
    numbers = weight.flatten().tolist()
    step = max(abs(number) for number in numbers) / 7 or 1.0
    codes = torch.tensor([round(number / step) for number in numbers], dtype=torch.int8)
    return codes.view(weight.shape), torch.tensor(step)


def wrong_max_without_abs(weight):
    """Takes the largest weight, not the largest magnitude; a large negative leaves the range."""
    scale = weight.max() / 7
    return torch.round(weight / scale).to(torch.int8), scale


def wrong_eight_steps(weight):
    """Divides by 8 as if the codes went to -8..8, so the largest weight gets code 8."""
    scale = weight.abs().max() / 8
    return torch.round(weight / scale).to(torch.int8), scale


def wrong_truncates(weight):
    """Casts to int8 without rounding, which cuts towards 0."""
    scale = weight.abs().max() / 7
    return (weight / scale).to(torch.int8), scale


def wrong_scale_for_each_row(weight):
    """Gives each row a scale of its own (per channel), not one for the whole tensor."""
    scale = weight.abs().amax(dim=-1, keepdim=True) / 7
    return torch.round(weight / scale).to(torch.int8), scale


def wrong_int8_range(weight):
    """Uses 127 as the largest code: this is 8-bit absmax rounding."""
    scale = weight.abs().max() / 127
    return torch.round(weight / scale).to(torch.int8), scale


def wrong_returns_absmax(weight):
    """Returns the largest magnitude in place of what one step is worth."""
    absmax = weight.abs().max()
    return torch.round(weight / absmax * 7).to(torch.int8), absmax


def wrong_inverse_scale(weight):
    """Returns the factor that weights are multiplied by, the reciprocal of the scale."""
    scale = 7 / weight.abs().max()
    return torch.round(weight * scale).to(torch.int8), scale


def wrong_float_codes(weight):
    """Leaves the codes in floating point, not int8."""
    scale = weight.abs().max() / 7
    return torch.round(weight / scale), scale


def wrong_min_max_zero_point(weight):
    """Rounds from the minimum over 15 steps (affine, as scikit-learn's MinMaxScaler)."""
    scale = (weight.max() - weight.min()) / 15
    return (torch.round((weight - weight.min()) / scale) - 8).to(torch.int8), scale


def wrong_divides_in_place(weight):
    """Divides the caller's weight in place, so the layer holds codes afterwards."""
    scale = weight.abs().max() / 7
    return weight.div_(scale).round_().to(torch.int8), scale


SAYS = {
    "wrong_max_without_abs": "a negative weight can be the largest",
    "wrong_eight_steps": "the scale should make the largest magnitude",
    "wrong_truncates": "this cuts the digits off: round to",
    "wrong_scale_for_each_row": "there is one scale for the whole",
    "wrong_int8_range": "the scale should make the largest magnitude",
    "wrong_returns_absmax": "the codes are right, the scale is",
    "wrong_inverse_scale": "the codes are right, the scale is",
    "wrong_float_codes": "the codes are right, and still float32",
    "wrong_min_max_zero_point": "the zero of the weights is code",
    "wrong_divides_in_place": "the function changes its input in place",
}
