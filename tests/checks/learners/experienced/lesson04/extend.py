from collections import namedtuple

import numpy as np
import torch
from torch.nn import functional as F

_Extended = namedtuple("_Extended", "attention_mask last")


def right_cat(attention_mask, last, length):
    ones = attention_mask.new_ones(attention_mask.shape[0], length)
    return torch.cat([ones, attention_mask], dim=1), last + length


def right_pad(attention_mask, last, length):
    return F.pad(attention_mask, (length, 0), value=1), last.add(length)


def right_fill_ones(attention_mask, last, length):
    batch, tokens = attention_mask.shape
    mask = attention_mask.new_ones((batch, tokens + length))
    mask[:, length:] = attention_mask
    return _Extended(attention_mask=mask, last=last + length)


def right_numpy(attention_mask, last, length):
    mask = np.pad(attention_mask.cpu().numpy(), ((0, 0), (length, 0)), constant_values=1)
    new_last = last.clone()
    new_last += length
    return torch.from_numpy(mask).to(attention_mask.device), new_last


def right_rebuilt_from_last(attention_mask, last, length):
    new_last = last + length  # rows are padded on the right: real is what is not behind last
    places = torch.arange(attention_mask.shape[1] + length, device=last.device)
    return (places[None] <= new_last[:, None]).to(attention_mask.dtype), new_last


def wrong_last_not_shifted(attention_mask, last, length):
    """Lengthens the mask, but leaves `last` where it was."""
    ones = torch.ones_like(attention_mask[:, :1]).expand(-1, length)
    return torch.cat([ones, attention_mask], dim=1), last


def wrong_masked_prompt(attention_mask, last, length):
    """Gives soft tokens a 0 in the mask, as if they were padding, so nothing attends to them."""
    return F.pad(attention_mask, (length, 0)), last + length


def wrong_ones_behind(attention_mask, last, length):
    """Puts the ones of the prompt behind the row, although the prompt stands before it."""
    ones = attention_mask.new_ones(attention_mask.shape[0], length)
    return torch.cat([attention_mask, ones], dim=1), last + length


def wrong_one_too_few(attention_mask, last, length):
    """Shifts `last` by length - 1, because it takes `last` for a count and not for an index."""
    ones = attention_mask.new_ones(attention_mask.shape[0], length)
    return torch.cat([ones, attention_mask], dim=1), last + length - 1


def wrong_width_less_one(attention_mask, last, length):
    """Takes the end of the padded row as last token of each row, and so reads at padding."""
    ones = attention_mask.new_ones(attention_mask.shape[0], length)
    mask = torch.cat([ones, attention_mask], dim=1)
    return mask, torch.full_like(last, mask.shape[1] - 1)


def wrong_in_place(attention_mask, last, length):
    """Shifts the caller's `last` in place: a second call, or a comparison, finds it shifted."""
    ones = attention_mask.new_ones(attention_mask.shape[0], length)
    last += length
    return torch.cat([ones, attention_mask], dim=1), last


def wrong_all_ones(attention_mask, last, length):
    """Makes a new mask of ones only and forgets the padding of the shorter rows."""
    batch, tokens = attention_mask.shape
    return attention_mask.new_ones(batch, length + tokens), last + length


def wrong_hard_coded(attention_mask, last, length):
    """Uses the lesson's 20 soft tokens instead of `length`."""
    ones = attention_mask.new_ones(attention_mask.shape[0], 20)
    return torch.cat([ones, attention_mask], dim=1), last + 20


def wrong_argmax_of_mask(attention_mask, last, length):
    """Looks for `last` with argmax, which finds the first 1 of the mask and not the last one."""
    mask = F.pad(attention_mask, (length, 0), value=1)
    return mask, mask.argmax(dim=1)


def wrong_dictionary(attention_mask, last, length):
    """Returns a dictionary as a Hugging Face collator does, which unpacks to its two keys."""
    mask = F.pad(attention_mask, (length, 0), value=1)
    return {"attention_mask": mask, "last": last + length}


SAYS = {
    "wrong_last_not_shifted": "last was not shifted: the prompt moves",
    "wrong_masked_prompt": "the soft tokens are masked with 0",
    "wrong_ones_behind": "the ones stand at the end, behind",
    "wrong_one_too_few": "last is one too low: `length` soft",
    "wrong_width_less_one": "this is the last column, which is",
    "wrong_in_place": "the function changes its input in place",
    "wrong_all_ones": "the mask is all ones: padding counts",
    "wrong_hard_coded": "there are 20 soft tokens here, whatever",
    "wrong_argmax_of_mask": "this is the first place, of several",
    "wrong_dictionary": "return two tensors, the mask and last",
}
