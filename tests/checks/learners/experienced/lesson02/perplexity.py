"""Answers to exercise 6, perplexity."""

import math

import numpy as np
import torch
from torch.nn.functional import cross_entropy


def right_mask_index(logits, input_ids, attention_mask):
    real = attention_mask[:, 1:].bool()
    loss = cross_entropy(logits[:, :-1][real].float(), input_ids[:, 1:][real])
    return math.exp(loss.item())


def right_ignore_index(logits, input_ids, attention_mask):
    labels = input_ids.masked_fill(attention_mask == 0, -100)[:, 1:]
    loss = cross_entropy(logits[:, :-1].float().transpose(1, 2), labels)
    return torch.exp(loss).item()


def right_weighted(logits, input_ids, attention_mask):
    log_probs = torch.log_softmax(logits[:, :-1].double(), dim=-1)
    picked = torch.take_along_dim(log_probs, input_ids[:, 1:, None], dim=-1)[..., 0]
    weights = attention_mask[:, 1:].double()
    return float(torch.exp(-(picked * weights).sum() / weights.sum()))


def right_loops(logits, input_ids, attention_mask):
    losses = []
    for row, ids, mask in zip(logits, input_ids, attention_mask, strict=True):
        for t in range(1, int(mask.sum())):
            scores = row[t - 1].float()
            losses.append(float(scores.logsumexp(0) - scores[ids[t]]))
    return math.exp(sum(losses) / len(losses))


def right_numpy(logits, input_ids, attention_mask):
    x = logits.detach().double().cpu().numpy()[:, :-1]
    ids, mask = input_ids.cpu().numpy()[:, 1:], attention_mask.cpu().numpy()[:, 1:]
    top = x.max(-1, keepdims=True)
    norm = np.log(np.exp(x - top).sum(-1)) + top[..., 0]
    loss = norm - np.take_along_axis(x, ids[..., None], -1)[..., 0]
    return float(np.exp(np.average(loss, weights=mask)))


def wrong_no_shift(logits, input_ids, attention_mask):
    """Compares the logits at t with the token at t, which the model has already read."""
    real = attention_mask.bool()
    return cross_entropy(logits[real].float(), input_ids[real]).exp().item()


def wrong_shift_backwards(logits, input_ids, attention_mask):
    """Shifts the wrong way: the logits at t + 1 against the token at t."""
    real = attention_mask[:, 1:].bool()
    return cross_entropy(logits[:, 1:][real].float(), input_ids[:, :-1][real]).exp().item()


def wrong_mask_of_the_source(logits, input_ids, attention_mask):
    """Masks by the token that predicts, so each row's first padding token counts too."""
    real = attention_mask[:, :-1].bool()
    return cross_entropy(logits[:, :-1][real].float(), input_ids[:, 1:][real]).exp().item()


def wrong_no_mask(logits, input_ids, attention_mask):
    """Counts the padding like real tokens."""
    loss = cross_entropy(logits[:, :-1].flatten(0, 1).float(), input_ids[:, 1:].flatten())
    return loss.exp().item()


def wrong_divides_by_all(logits, input_ids, attention_mask):
    """Sets the loss of padding to 0 but divides by all positions, padding included."""
    losses = cross_entropy(
        logits[:, :-1].float().transpose(1, 2), input_ids[:, 1:], reduction="none"
    )
    return (losses * attention_mask[:, 1:]).mean().exp().item()


def wrong_divides_by_first_too(logits, input_ids, attention_mask):
    """Divides by all real tokens, also the first of each row, which is not predicted."""
    losses = cross_entropy(
        logits[:, :-1].float().transpose(1, 2), input_ids[:, 1:], reduction="none"
    )
    total = (losses * attention_mask[:, 1:]).sum()
    return (total / attention_mask.sum()).exp().item()


def wrong_mean_of_perplexities(logits, input_ids, attention_mask):
    """Averages the perplexities of the rows and does not pool their tokens."""
    values = []
    for row, ids, mask in zip(logits, input_ids, attention_mask, strict=True):
        n = int(mask.sum())
        values.append(cross_entropy(row[: n - 1].float(), ids[1:n]).exp().item())
    return sum(values) / len(values)


def wrong_mean_of_row_means(logits, input_ids, attention_mask):
    """Averages the mean losses of the rows, so tokens of short rows weigh more."""
    means = []
    for row, ids, mask in zip(logits, input_ids, attention_mask, strict=True):
        n = int(mask.sum())
        means.append(cross_entropy(row[: n - 1].float(), ids[1:n]))
    return torch.stack(means).mean().exp().item()


def wrong_exp_first(logits, input_ids, attention_mask):
    """Takes the exponential of each token's loss before the mean, and not after it."""
    real = attention_mask[:, 1:].bool()
    losses = cross_entropy(logits[:, :-1][real].float(), input_ids[:, 1:][real], reduction="none")
    return losses.exp().mean().item()


def wrong_base_two(logits, input_ids, attention_mask):
    """Raises 2 to a loss in natural logarithms."""
    real = attention_mask[:, 1:].bool()
    return 2 ** cross_entropy(logits[:, :-1][real].float(), input_ids[:, 1:][real]).item()


def wrong_no_exp(logits, input_ids, attention_mask):
    """Returns the mean loss and forgets exp."""
    real = attention_mask[:, 1:].bool()
    return cross_entropy(logits[:, :-1][real].float(), input_ids[:, 1:][real]).item()


def wrong_pad_id_two(logits, input_ids, attention_mask):
    """Ignores every token 2, also the real ones, instead of using the mask."""
    targets = input_ids[:, 1:]
    loss = cross_entropy(logits[:, :-1].float().transpose(1, 2), targets, ignore_index=2)
    return loss.exp().item()


def wrong_changes_the_ids(logits, input_ids, attention_mask):
    """Writes -100 into the caller's input_ids, as labels is the same tensor."""
    labels = input_ids
    labels[attention_mask == 0] = -100
    shifted = logits[:, :-1].float().transpose(1, 2)
    return cross_entropy(shifted, labels[:, 1:], ignore_index=-100).exp().item()


def wrong_axis_of_the_classes(logits, input_ids, attention_mask):
    """Leaves the vocabulary in the last axis, where cross_entropy expects it second: raises."""
    labels = input_ids.masked_fill(attention_mask == 0, -100)[:, 1:]
    return cross_entropy(logits[:, :-1].float(), labels).exp().item()


SAYS = {
    "wrong_no_shift": "each position is judged by its own",
    "wrong_shift_backwards": "logits and tokens are shifted the wrong",
    "wrong_mask_of_the_source": "the mask is shifted the wrong way",
    "wrong_no_mask": "padding counts as text: leave out where",
    "wrong_divides_by_all": "padding counts as text: leave out where",
    "wrong_divides_by_first_too": "the first tokens are counted, but nothing",
    "wrong_mean_of_perplexities": "this is the mean of the rows'",
    "wrong_mean_of_row_means": "this is the mean of the rows'",
    "wrong_exp_first": "the mean of the tokens' perplexities was",
    "wrong_base_two": "2 was raised to a loss in",
    "wrong_no_exp": "the exponential is missing: this is the",
    "wrong_pad_id_two": "tokens with one id (such as 2)",
    "wrong_changes_the_ids": "the function changes its input in place",
    "wrong_axis_of_the_classes": "cross_entropy wants the vocabulary in dimension 1",
}
