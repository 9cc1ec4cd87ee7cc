"""Answers to exercise 2, answer_loss."""

import torch
import torch.nn.functional as F
from torch.nn.functional import cross_entropy


def right_indexing(logits, last, answer_ids):
    rows = torch.arange(logits.shape[0], device=logits.device)
    return cross_entropy(logits[rows, last].float(), answer_ids)


def right_take_along(logits, last, answer_ids):
    # the habit of jnp.take_along_axis, twice
    at_last = torch.take_along_dim(logits, last[:, None, None], dim=1)[:, 0]
    log_probs = at_last.to(torch.float32).log_softmax(dim=-1)
    return -torch.take_along_dim(log_probs, answer_ids[:, None], dim=-1).mean()


def right_loop(logits, last, answer_ids):
    losses = []
    for row, t, answer in zip(logits, last, answer_ids, strict=True):
        scores = row[t].float()
        losses.append(torch.logsumexp(scores, dim=0) - scores[answer])
    return torch.stack(losses).mean()


def right_ignore_index(logits, last, answer_ids):
    labels = torch.full(logits.shape[:2], -100, device=logits.device)
    labels.scatter_(1, last[:, None], answer_ids[:, None])
    return cross_entropy(logits.flatten(0, 1).float(), labels.flatten(), ignore_index=-100)


def right_float64_inside(logits, last, answer_ids):
    index = last.view(-1, 1, 1).expand(-1, 1, logits.size(-1))
    picked = logits.double().gather(1, index).squeeze(1)
    return F.nll_loss(F.log_softmax(picked, dim=1), answer_ids, reduction="mean").float()


def wrong_last_column(logits, last, answer_ids):
    """Reads the last column of the rectangle, which is padding in the shorter rows."""
    return cross_entropy(logits[:, -1].float(), answer_ids)


def wrong_shifts_once_more(logits, last, answer_ids):
    """Shifts as for a language model's labels: reads one position too early."""
    rows = torch.arange(len(last), device=logits.device)
    return cross_entropy(logits[rows, last - 1].float(), answer_ids)


def wrong_one_too_late(logits, last, answer_ids):
    """Reads the position of the answer itself, last + 1, instead of the one that predicts it."""
    rows = torch.arange(len(last), device=logits.device)
    position = (last + 1).clamp(max=logits.shape[1] - 1)
    return cross_entropy(logits[rows, position].float(), answer_ids)


def wrong_no_float(logits, last, answer_ids):
    """Forgets float32: with bfloat16 logits the loss is computed and returned in bfloat16."""
    rows = torch.arange(len(last), device=logits.device)
    return cross_entropy(logits[rows, last], answer_ids)


def wrong_sum(logits, last, answer_ids):
    """Adds the losses of the batch up and does not divide by its size."""
    rows = torch.arange(len(last), device=logits.device)
    return cross_entropy(logits[rows, last].float(), answer_ids, reduction="sum")


def wrong_per_item(logits, last, answer_ids):
    """Returns one loss for each row, as optax does, and not their mean."""
    rows = torch.arange(len(last), device=logits.device)
    return cross_entropy(logits[rows, last].float(), answer_ids, reduction="none")


def wrong_softmax_twice(logits, last, answer_ids):
    """Gives probabilities to cross_entropy, which takes the softmax itself."""
    rows = torch.arange(len(last), device=logits.device)
    probabilities = logits[rows, last].float().softmax(-1)
    return cross_entropy(probabilities, answer_ids)


def wrong_only_the_answers(logits, last, answer_ids):
    """Takes the softmax over the answer words only, not over the whole vocabulary."""
    rows = torch.arange(len(last), device=logits.device)
    words, labels = answer_ids.unique(return_inverse=True)
    return cross_entropy(logits[rows, last][:, words].float(), labels)


def wrong_every_position(logits, last, answer_ids):
    """Asks for the answer at every position of the row, also inside the prompt."""
    batch, tokens, vocabulary = logits.shape
    labels = answer_ids.repeat_interleave(tokens)
    return cross_entropy(logits.reshape(-1, vocabulary).float(), labels)


def wrong_detached(logits, last, answer_ids):
    """Returns a Python number, through which nothing can be trained."""
    rows = torch.arange(len(last), device=logits.device)
    return cross_entropy(logits[rows, last].float(), answer_ids).item()


def wrong_sign(logits, last, answer_ids):
    """Forgets the minus: the mean log-probability, which training would push down."""
    rows = torch.arange(len(last), device=logits.device)
    log_probs = logits[rows, last].float().log_softmax(-1)
    return log_probs[rows, answer_ids].mean()


def wrong_colon_for_rows(logits, last, answer_ids):
    """Writes logits[:, last], which takes every row at all of the positions: wrong shape."""
    return cross_entropy(logits[:, last].float(), answer_ids)


SAYS = {
    "wrong_last_column": "this is read in the last column",
    "wrong_shifts_once_more": "this is read one position early: the",
    "wrong_one_too_late": "this is read one position late, behind",
    "wrong_no_float": "the loss was computed in 16 bits",
    "wrong_sum": "this is the sum over the rows",
    "wrong_per_item": "there is one loss for each row",
    "wrong_softmax_twice": "softmax twice: cross_entropy takes logits, it has",
    "wrong_only_the_answers": "only the label words compete: the softmax",
    "wrong_every_position": "the loss runs over all positions: only",
    "wrong_detached": "return the tensor, without .item(): a plain",
    "wrong_sign": "the sign is the wrong way round",
    "wrong_colon_for_rows": "cross_entropy wants logits of shape (batch, vocabulary)",
}
