from collections import namedtuple

import numpy as np
import torch
import torch.nn.functional as F

_Longer = namedtuple("_Longer", "attention_mask last")


def right_cat(attention_mask, last, length):
    front = attention_mask.new_ones(len(attention_mask), length)
    return torch.cat([front, attention_mask], dim=1), last + length


def right_pad(attention_mask, last, length):
    return F.pad(attention_mask, (length, 0), value=1), torch.add(last, length)


def right_filled(attention_mask, last, length):
    batch, tokens = attention_mask.shape
    mask = torch.ones(batch, length + tokens).to(attention_mask)
    mask[:, length:] = attention_mask
    last = last.clone()
    last += length
    return mask, last


def right_row_by_row(attention_mask, last, length):
    rows = [torch.tensor([1] * length + row) for row in attention_mask.tolist()]
    ends = [end + length for end in last.tolist()]
    mask = torch.stack(rows).to(attention_mask)
    return mask, torch.tensor(ends, dtype=last.dtype, device=last.device)


def right_numpy(attention_mask, last, length):
    mask = np.pad(attention_mask.cpu().numpy(), ((0, 0), (length, 0)), constant_values=1)
    mask = torch.from_numpy(mask).to(attention_mask.device)
    return mask, torch.from_numpy(last.cpu().numpy() + length).to(last.device)


def right_from_the_mask(attention_mask, last, length):
    front = torch.ones_like(attention_mask[:, :1]).expand(-1, length)
    mask = torch.hstack((front, attention_mask))
    places = torch.arange(mask.shape[1], device=mask.device)
    return mask, (mask * places).argmax(dim=1)


def right_named_tuple(attention_mask, last, length):
    front = torch.full(
        size=(attention_mask.size(0), length),
        fill_value=1,
        dtype=attention_mask.dtype,
        device=attention_mask.device,
    )
    return _Longer(attention_mask=torch.cat((front, attention_mask), -1), last=length + last)


def wrong_zeros(attention_mask, last, length):
    """Masks the soft tokens out with zeros, so the model cannot see them."""
    front = attention_mask.new_zeros(len(attention_mask), length)
    return torch.cat([front, attention_mask], dim=1), last + length


def wrong_behind(attention_mask, last, length):
    """Puts the ones behind the text, so padding is attended and the mask is displaced."""
    back = attention_mask.new_ones(len(attention_mask), length)
    return torch.cat([attention_mask, back], dim=1), last + length


def wrong_last_not_shifted(attention_mask, last, length):
    """Lengthens the mask but forgets to shift last."""
    front = attention_mask.new_ones(len(attention_mask), length)
    return torch.cat([front, attention_mask], dim=1), last


def wrong_one_short(attention_mask, last, length):
    """Shifts last by length - 1, though it is an index already."""
    front = attention_mask.new_ones(len(attention_mask), length)
    return torch.cat([front, attention_mask], dim=1), last + length - 1


def wrong_in_place(attention_mask, last, length):
    """Shifts the caller's own last in place, so a second use of the batch is wrong."""
    front = attention_mask.new_ones(len(attention_mask), length)
    last += length
    return torch.cat([front, attention_mask], dim=1), last


def wrong_sliced_ones(attention_mask, last, length):
    """Cuts the ones from the mask's shape: too few if the text is shorter than the prompt."""
    front = torch.ones_like(attention_mask)[:, :length]
    return torch.cat([front, attention_mask], dim=1), last + length


def wrong_last_column(attention_mask, last, length):
    """Takes the last column for every row, which is padding in the shorter rows."""
    front = attention_mask.new_ones(len(attention_mask), length)
    mask = torch.cat([front, attention_mask], dim=1)
    return mask, torch.full_like(last, mask.shape[1] - 1)


def wrong_all_ones(attention_mask, last, length):
    """Makes the whole mask ones, so the padding is attended to."""
    batch, tokens = attention_mask.shape
    return attention_mask.new_ones(batch, length + tokens), last + length


def wrong_count_for_index(attention_mask, last, length):
    """Takes the number of real tokens for the index of the last one: one too far."""
    front = attention_mask.new_ones(len(attention_mask), length)
    mask = torch.cat([front, attention_mask], dim=1)
    return mask, mask.sum(dim=1)


def wrong_dim_0(attention_mask, last, length):
    """Adds rows to the batch instead of columns to each row."""
    front = attention_mask.new_ones(length, attention_mask.shape[1])
    return torch.cat([front, attention_mask], dim=0), last + length


def wrong_swapped(attention_mask, last, length):
    """Returns last before the mask."""
    front = attention_mask.new_ones(len(attention_mask), length)
    return last + length, torch.cat([front, attention_mask], dim=1)


def wrong_twenty(attention_mask, last, length):
    """Uses the lesson's 20 soft tokens, whatever length is."""
    front = attention_mask.new_ones(len(attention_mask), 20)
    return torch.cat([front, attention_mask], dim=1), last + 20


def wrong_batch_of_one(attention_mask, last, length):
    """Makes one row of ones, so a batch of several rows raises an error."""
    front = attention_mask.new_ones(1, length)
    return torch.cat([front, attention_mask], dim=1), last + length


def wrong_one_column(attention_mask, last, length):
    """Adds a single column for the whole prompt instead of one for each soft token."""
    front = attention_mask.new_ones(len(attention_mask), 1)
    return torch.cat([front, attention_mask], dim=1), last + length


def wrong_shift_by_tokens(attention_mask, last, length):
    """Shifts last by the width of the text, not by that of the prompt."""
    front = attention_mask.new_ones(len(attention_mask), length)
    return torch.cat([front, attention_mask], dim=1), last + attention_mask.shape[1]


def wrong_sum_over_all(attention_mask, last, length):
    """Forgets dim=1 in the sum, so last is one number for the whole batch."""
    front = attention_mask.new_ones(len(attention_mask), length)
    mask = torch.cat([front, attention_mask], dim=1)
    return mask, mask.sum() - 1


def wrong_mask_alone(attention_mask, last, length):
    """Returns the mask only; last is shifted and thrown away."""
    front = attention_mask.new_ones(len(attention_mask), length)
    last = last + length
    return torch.cat([front, attention_mask], dim=1)


SAYS = {
    "wrong_zeros": "masked with 0",
    "wrong_behind": "ones stand at the end",
    "wrong_last_not_shifted": "last was not shifted",
    "wrong_one_short": "last is one too low",
    "wrong_in_place": "changes its input in place",
    "wrong_sliced_ones": "cut out of the mask",
    "wrong_last_column": "this is the last column, which",
    "wrong_all_ones": "the mask is all ones",
    "wrong_count_for_index": "last is one too high",
    "wrong_dim_0": "rows were added to the batch",
    "wrong_swapped": "stands in the place of the mask",
    "wrong_twenty": "there are 20 soft tokens here",
    "wrong_batch_of_one": "the ones have a single row",
    "wrong_one_column": "one new column for the whole prompt",
    "wrong_shift_by_tokens": "shifted by the width of the text",
    "wrong_sum_over_all": "sum over the whole mask",
    "wrong_mask_alone": "return two tensors, the mask and last",
}
