"""Answers to exercise 6, perplexity."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.functional import cross_entropy


def right_masked_select(logits, input_ids, attention_mask):
    real = attention_mask[:, 1:].bool()
    return cross_entropy(logits[:, :-1][real].float(), input_ids[:, 1:][real]).exp().item()


def right_ignore_index(logits, input_ids, attention_mask):
    labels = input_ids[:, 1:].masked_fill(attention_mask[:, 1:] == 0, -100)
    loss = cross_entropy(logits[:, :-1].float().transpose(1, 2), labels, ignore_index=-100)
    return math.exp(loss.item())


def right_weighted_mean(logits, input_ids, attention_mask):
    log_p = logits[:, :-1].double().log_softmax(dim=-1)
    token = log_p.gather(-1, input_ids[:, 1:, None]).squeeze(-1)
    weight = attention_mask[:, 1:].to(token.dtype)
    return float(torch.exp(-(token * weight).sum() / weight.sum()))


def right_loop(logits, input_ids, attention_mask):
    total, count = 0.0, 0
    for row, ids, mask in zip(logits, input_ids, attention_mask, strict=True):
        for t in range(len(ids) - 1):
            if mask[t + 1]:
                total -= row[t].float().log_softmax(0)[ids[t + 1]].item()
                count += 1
    return math.exp(total / count)


def right_rows_by_length(logits, input_ids, attention_mask):
    losses = []
    for row, ids, n in zip(logits, input_ids, attention_mask.sum(1).tolist(), strict=True):
        losses.append(cross_entropy(row[: n - 1].float(), ids[1:n], reduction="none"))
    return torch.cat(losses).mean().exp().item()


def right_numpy(logits, input_ids, attention_mask):
    x = logits.detach().cpu().double().numpy()[:, :-1]
    ids, mask = input_ids.cpu().numpy()[:, 1:], attention_mask.cpu().numpy()[:, 1:]
    x = x - x.max(axis=-1, keepdims=True)
    log_p = x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, ids[..., None], axis=-1)[..., 0]
    return float(np.exp(-picked[mask > 0].mean()))


def right_einsum(logits, input_ids, attention_mask):
    log_p = F.log_softmax(logits[:, :-1].float(), dim=2)
    wanted = F.one_hot(input_ids[:, 1:], logits.shape[-1]).float()
    weight = attention_mask[:, 1:].float()
    total = torch.einsum("btv,btv,bt->", log_p, wanted, weight)
    return (-total / weight.sum()).exp().item()


def wrong_no_shift(logits, input_ids, attention_mask):
    """Compares the logits at t with the token at t, without the shift by one."""
    real = attention_mask.bool()
    return cross_entropy(logits[real].float(), input_ids[real]).exp().item()


def wrong_shift_backwards(logits, input_ids, attention_mask):
    """Shifts the wrong way: the logits at t + 1 are compared with the token at t."""
    real = attention_mask[:, 1:].bool()
    return cross_entropy(logits[:, 1:][real].float(), input_ids[:, :-1][real]).exp().item()


def wrong_counts_padding(logits, input_ids, attention_mask):
    """Ignores the mask, so the padding counts."""
    shifted = logits[:, :-1].float().flatten(0, 1)
    return cross_entropy(shifted, input_ids[:, 1:].flatten()).exp().item()


def wrong_mask_of_positions(logits, input_ids, attention_mask):
    """Takes the mask at t instead of t + 1, so the first padding token of a row counts."""
    real = attention_mask[:, :-1].bool()
    return cross_entropy(logits[:, :-1][real].float(), input_ids[:, 1:][real]).exp().item()


def wrong_pad_id_as_mask(logits, input_ids, attention_mask):
    """Leaves out every token with id 2, though that token can be a real one."""
    labels = input_ids[:, 1:].flatten()
    shifted = logits[:, :-1].float().flatten(0, 1)
    return cross_entropy(shifted, labels, ignore_index=2).exp().item()


def wrong_mean_of_perplexities(logits, input_ids, attention_mask):
    """Averages the perplexities of the rows instead of pooling their tokens."""
    values = []
    for row, ids, n in zip(logits, input_ids, attention_mask.sum(1).tolist(), strict=True):
        values.append(cross_entropy(row[: n - 1].float(), ids[1:n]).exp().item())
    return sum(values) / len(values)


def wrong_mean_of_row_means(logits, input_ids, attention_mask):
    """Averages each row first and then the rows, so tokens of short rows weigh more."""
    log_p = logits[:, :-1].float().log_softmax(-1).gather(-1, input_ids[:, 1:, None])[..., 0]
    weight = attention_mask[:, 1:].float()
    rows = -(log_p * weight).sum(1) / weight.sum(1)
    return rows.mean().exp().item()


def wrong_divides_by_all(logits, input_ids, attention_mask):
    """Sets the loss of padding to 0 but still divides by all the positions."""
    losses = cross_entropy(
        logits[:, :-1].float().transpose(1, 2), input_ids[:, 1:], reduction="none"
    )
    return (losses * attention_mask[:, 1:]).mean().exp().item()


def wrong_counts_first_token(logits, input_ids, attention_mask):
    """Divides by all the real tokens, the given first ones included."""
    losses = cross_entropy(
        logits[:, :-1].float().transpose(1, 2), input_ids[:, 1:], reduction="none"
    )
    return math.exp((losses * attention_mask[:, 1:]).sum() / attention_mask.sum())


def wrong_no_exp(logits, input_ids, attention_mask):
    """Returns the mean loss itself and forgets the exponential."""
    real = attention_mask[:, 1:].bool()
    return cross_entropy(logits[:, :-1][real].float(), input_ids[:, 1:][real]).item()


def wrong_base_two(logits, input_ids, attention_mask):
    """Raises 2, not e, to a loss that is in natural logarithms."""
    real = attention_mask[:, 1:].bool()
    return 2.0 ** cross_entropy(logits[:, :-1][real].float(), input_ids[:, 1:][real]).item()


def wrong_mean_of_exps(logits, input_ids, attention_mask):
    """Takes the mean of the tokens' exponentials, not the exponential of their mean."""
    real = attention_mask[:, 1:].bool()
    scores, labels = logits[:, :-1][real].float(), input_ids[:, 1:][real]
    return cross_entropy(scores, labels, reduction="none").exp().mean().item()


def wrong_inverse_mean_probability(logits, input_ids, attention_mask):
    """Takes one over the mean probability, an arithmetic instead of a geometric mean."""
    p = logits[:, :-1].float().softmax(-1).gather(-1, input_ids[:, 1:, None])[..., 0]
    return 1 / p[attention_mask[:, 1:].bool()].mean().item()


def wrong_exp_of_sum(logits, input_ids, attention_mask):
    """Adds the losses up instead of taking their mean."""
    real = attention_mask[:, 1:].bool()
    scores, labels = logits[:, :-1][real].float(), input_ids[:, 1:][real]
    return cross_entropy(scores, labels, reduction="sum").exp().item()


def wrong_sign(logits, input_ids, attention_mask):
    """Forgets the minus sign, so gives the mean probability, below 1."""
    log_p = logits[:, :-1].float().log_softmax(-1).gather(-1, input_ids[:, 1:, None])[..., 0]
    return log_p[attention_mask[:, 1:].bool()].mean().exp().item()


def wrong_softmax_twice(logits, input_ids, attention_mask):
    """Hands probabilities to cross_entropy, which applies softmax again."""
    real = attention_mask[:, 1:].bool()
    scores = logits[:, :-1][real].float().softmax(-1)
    return cross_entropy(scores, input_ids[:, 1:][real]).exp().item()


def wrong_softmax_over_tokens(logits, input_ids, attention_mask):
    """Normalises over the tokens of the text (dim 1) instead of the vocabulary."""
    log_p = logits[:, :-1].float().log_softmax(1).gather(-1, input_ids[:, 1:, None])[..., 0]
    return (-log_p[attention_mask[:, 1:].bool()].mean()).exp().item()


def wrong_best_guess(logits, input_ids, attention_mask):
    """Measures the loss of the model's own best guess, not of the real next token."""
    best = logits[:, :-1].float().log_softmax(-1).max(-1).values
    return (-best[attention_mask[:, 1:].bool()].mean()).exp().item()


def wrong_entropy(logits, input_ids, attention_mask):
    """Takes the entropy of the predictions, which does not look at the tokens at all."""
    log_p = logits[:, :-1].float().log_softmax(-1)
    entropy = -(log_p.exp() * log_p).sum(-1)
    return entropy[attention_mask[:, 1:].bool()].mean().exp().item()


def wrong_return_in_loop(logits, input_ids, attention_mask):
    """Returns within the loop, so only the first row counts."""
    total, count = 0.0, 0
    for row, ids, n in zip(logits, input_ids, attention_mask.sum(1).tolist(), strict=True):
        total += cross_entropy(row[: n - 1].float(), ids[1:n], reduction="sum").item()
        count += n - 1
        return math.exp(total / count)


def wrong_drops_last_token(logits, input_ids, attention_mask):
    """Leaves out the last real token of each row as well."""
    rows, labels = [], []
    for row, ids, n in zip(logits, input_ids, attention_mask.sum(1).tolist(), strict=True):
        rows.append(row[: n - 2].float())
        labels.append(ids[1 : n - 1])
    return cross_entropy(torch.cat(rows), torch.cat(labels)).exp().item()


def wrong_answer_position_only(logits, input_ids, attention_mask):
    """Looks at the last real token of each row only, as the loss of exercise 2 does."""
    last, rows = attention_mask.sum(1) - 1, torch.arange(len(logits))
    return cross_entropy(logits[rows, last - 1].float(), input_ids[rows, last]).exp().item()


def wrong_changes_input_ids(logits, input_ids, attention_mask):
    """Writes -100 into the caller's input_ids, which are spoilt for whoever uses them next."""
    labels = input_ids
    labels[attention_mask == 0] = -100
    return cross_entropy(logits[:, :-1].float().mT, labels[:, 1:]).exp().item()


def wrong_not_flattened(logits, input_ids, attention_mask):
    """Hands (batch, tokens, vocabulary) to cross_entropy, which wants classes in dim 1."""
    labels = input_ids[:, 1:].masked_fill(attention_mask[:, 1:] == 0, -100)
    return cross_entropy(logits[:, :-1].float(), labels).exp().item()


SAYS = {
    "wrong_no_shift": "judged by its own token",
    "wrong_shift_backwards": "are shifted the wrong way",
    "wrong_counts_padding": "padding counts as text",
    "wrong_mask_of_positions": "the mask is shifted the wrong way",
    "wrong_pad_id_as_mask": "tokens with one id",
    "wrong_mean_of_perplexities": "mean of the rows' perplexities",
    "wrong_mean_of_row_means": "mean of the rows' means",
    "wrong_divides_by_all": "in the count as well",
    "wrong_counts_first_token": "the first tokens are counted",
    "wrong_no_exp": "the exponential is missing",
    "wrong_base_two": "2 was raised",
    "wrong_mean_of_exps": "mean of the tokens' perplexities",
    "wrong_inverse_mean_probability": "made of the mean probability",
    "wrong_exp_of_sum": "the sum of the losses was taken",
    "wrong_sign": "the sign is the wrong way round",
    "wrong_softmax_twice": "softmax twice",
    "wrong_softmax_over_tokens": "over the tokens or the batch",
    "wrong_best_guess": "best guess",
    "wrong_entropy": "the entropy of the predictions",
    "wrong_return_in_loop": "`return` within the loop",
    "wrong_drops_last_token": "last real token of each row is left out",
    "wrong_answer_position_only": "last token of each row alone",
    "wrong_changes_input_ids": "changes its input in place",
    "wrong_not_flattened": "vocabulary in dimension 1",
}
