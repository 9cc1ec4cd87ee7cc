"""Answers to ``perplexity``."""

import math

import torch
import torch.nn.functional as F


def by_ignored_targets(logits, input_ids, attention_mask):
    targets = input_ids[:, 1:].masked_fill(attention_mask[:, 1:] == 0, -100)
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), targets.flatten()).exp().item()


def by_loop(logits, input_ids, attention_mask):
    total, count = 0.0, 0
    for row, ids, mask in zip(logits, input_ids, attention_mask):
        for t in range(1, int(mask.sum())):
            total -= row[t - 1].log_softmax(-1)[ids[t]].item()
            count += 1
    return math.exp(total / count)


def by_boolean_index(logits, input_ids, attention_mask):
    real = attention_mask[:, 1:].bool()
    log_shares = logits[:, :-1][real].double().log_softmax(1)
    chosen = log_shares.gather(1, input_ids[:, 1:][real][:, None])
    return 2 ** float(-chosen.mean() / math.log(2))


def losses(logits, input_ids):
    """(batch, tokens - 1)."""
    log_shares = logits[:, :-1].log_softmax(-1)
    return -log_shares.gather(2, input_ids[:, 1:, None])[..., 0]


def mean_loss(logits, input_ids, attention_mask):
    return math.log(by_loop(logits, input_ids, attention_mask))


def row_means(logits, input_ids, attention_mask):
    mask = attention_mask[:, 1:]
    return (losses(logits, input_ids) * mask).sum(1) / mask.sum(1)


def no_shift(logits, input_ids, attention_mask):
    targets = input_ids.masked_fill(attention_mask == 0, -100)
    return F.cross_entropy(logits.transpose(1, 2), targets).exp().item()


def padding_counted(logits, input_ids, attention_mask):
    return losses(logits, input_ids).mean().exp().item()


def padding_in_the_denominator(logits, input_ids, attention_mask):
    return (losses(logits, input_ids) * attention_mask[:, 1:]).mean().exp().item()


def mean_of_row_perplexities(logits, input_ids, attention_mask):
    return row_means(logits, input_ids, attention_mask).exp().mean().item()


def mean_of_row_losses(logits, input_ids, attention_mask):
    return row_means(logits, input_ids, attention_mask).mean().exp().item()


def not_exponentiated(logits, input_ids, attention_mask):
    return mean_loss(logits, input_ids, attention_mask)


def base_2(logits, input_ids, attention_mask):
    return 2 ** mean_loss(logits, input_ids, attention_mask)


def base_10(logits, input_ids, attention_mask):
    return 10 ** mean_loss(logits, input_ids, attention_mask)


def summed(logits, input_ids, attention_mask):
    return math.exp((losses(logits, input_ids) * attention_mask[:, 1:]).sum())


def last_token_only(logits, input_ids, attention_mask):
    place = attention_mask.sum(1) - 1
    return losses(logits, input_ids)[torch.arange(len(place)), place - 1].mean().exp().item()


def first_token_counted(logits, input_ids, attention_mask):
    total = (losses(logits, input_ids) * attention_mask[:, 1:]).sum()
    return (total / attention_mask.sum()).exp().item()


def mask_of_the_wrong_side(logits, input_ids, attention_mask):
    mask = attention_mask[:, :-1].bool()
    return losses(logits, input_ids)[mask].mean().exp().item()


def sign_forgotten(logits, input_ids, attention_mask):
    return math.exp(-mean_loss(logits, input_ids, attention_mask))


def mean_after_exp(logits, input_ids, attention_mask):
    return losses(logits, input_ids)[attention_mask[:, 1:] == 1].exp().mean().item()


def one_for_each_row(logits, input_ids, attention_mask):
    return row_means(logits, input_ids, attention_mask).exp()


def of(logits, targets, mask):
    """Perplexity of targets that are judged by the logits at the same place."""
    loss = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return loss[mask == 1].mean().exp().item()


def shifted_backwards(logits, input_ids, attention_mask):
    return of(logits[:, 1:], input_ids[:, :-1], attention_mask[:, 1:])


def two_apart(logits, input_ids, attention_mask):
    return of(logits[:, :-2], input_ids[:, 2:], attention_mask[:, 2:])


def padding_in_the_sum(logits, input_ids, attention_mask):
    return (losses(logits, input_ids).sum() / attention_mask[:, 1:].sum()).exp().item()


def by_pad_id(logits, input_ids, attention_mask):
    padding = input_ids[attention_mask == 0]
    pad_id = padding[0] if len(padding) else -1
    return of(logits[:, :-1], input_ids[:, 1:], (input_ids[:, 1:] != pad_id).long())


def padding_set_to_0(logits, input_ids, attention_mask):
    return padding_counted(logits * attention_mask[..., None], input_ids, attention_mask)


def padding_alone(logits, input_ids, attention_mask):
    return of(logits[:, :-1], input_ids[:, 1:], 1 - attention_mask[:, 1:])


def bits(logits, input_ids, attention_mask):
    return mean_loss(logits, input_ids, attention_mask) / math.log(2)


def first_row(logits, input_ids, attention_mask):
    for one in zip(logits, input_ids, attention_mask):
        return by_ignored_targets(*(part[None] for part in one))


def by_rows(logits, input_ids, attention_mask):
    total = (losses(logits, input_ids) * attention_mask[:, 1:]).sum()
    return (total / len(logits)).exp().item()


def last_left_out(logits, input_ids, attention_mask):
    mask = attention_mask.clone()
    mask[torch.arange(len(mask)), mask.sum(1) - 1] = 0
    return by_ignored_targets(logits, input_ids, mask)


def second_left_out(logits, input_ids, attention_mask):
    return by_ignored_targets(logits[:, 1:], input_ids[:, 1:], attention_mask[:, 1:])


def two_masks(logits, input_ids, attention_mask):
    total = (losses(logits, input_ids) * attention_mask[:, :-1]).sum()
    return (total / attention_mask[:, 1:].sum()).exp().item()


def mean_probability(logits, input_ids, attention_mask):
    return 1 / (-losses(logits, input_ids)[attention_mask[:, 1:] == 1]).exp().mean().item()


def exp_twice(logits, input_ids, attention_mask):
    return math.exp(by_ignored_targets(logits, input_ids, attention_mask))


def softmax_twice(logits, input_ids, attention_mask):
    return by_ignored_targets(logits.softmax(-1), input_ids, attention_mask)


def softmax_over_tokens(logits, input_ids, attention_mask):
    shares = logits[:, :-1].softmax(1).gather(2, input_ids[:, 1:, None])[..., 0]
    return (-shares[attention_mask[:, 1:] == 1].log().mean()).exp().item()


def logits_as_they_are(logits, input_ids, attention_mask):
    scores = logits[:, :-1].gather(2, input_ids[:, 1:, None])[..., 0]
    return (-scores[attention_mask[:, 1:] == 1].mean()).exp().item()


def best_guess(logits, input_ids, attention_mask):
    guesses = torch.cat([input_ids[:, :1], logits.argmax(-1)[:, :-1]], 1)
    return by_ignored_targets(logits, guesses, attention_mask)


def entropy(logits, input_ids, attention_mask):
    entropies = torch.distributions.Categorical(logits=logits[:, :-1]).entropy()
    return entropies[attention_mask[:, 1:] == 1].mean().exp().item()


def rounded(logits, input_ids, attention_mask):
    return round(by_ignored_targets(logits, input_ids, attention_mask), 2)


def tensor_returned(logits, input_ids, attention_mask):
    return torch.tensor(by_ignored_targets(logits, input_ids, attention_mask))


RIGHT = [by_ignored_targets, by_loop, by_boolean_index]
WRONG = [
    (no_shift, "judged by its own token"),
    (padding_counted, "padding counts as text"),
    (padding_in_the_denominator, "padding counts as text"),
    (mean_of_row_perplexities, "mean of the rows' perplexities"),
    (mean_of_row_losses, "mean of the rows' means"),
    (not_exponentiated, "the exponential is missing"),
    (base_2, "2 was raised"),
    (base_10, "10 was raised"),
    (summed, "the sum of the losses"),
    (last_token_only, "the last token of each row alone"),
    (first_token_counted, "the first tokens are counted"),
    (mask_of_the_wrong_side, "shifted the wrong way"),
    (sign_forgotten, "the sign"),
    (mean_after_exp, "mean of the tokens' perplexities"),
    (one_for_each_row, "one number"),
    (shifted_backwards, "are shifted the wrong way"),
    (two_apart, "two places apart"),
    (padding_in_the_sum, "in the sum as well"),
    (by_pad_id, "tokens with one id"),
    (padding_set_to_0, "changed before the loss"),
    (padding_alone, "the mask is the wrong way round"),
    (bits, "these are bits a token"),
    (first_row, "only one row counts"),
    (by_rows, "divided by the number of rows"),
    (last_left_out, "the last real token of each row is left out"),
    (second_left_out, "the second token of each row"),
    (two_masks, "is not that of the count"),
    (mean_probability, "made of the mean probability"),
    (exp_twice, "taken twice"),
    (softmax_twice, "softmax twice"),
    (softmax_over_tokens, "over the tokens or the batch"),
    (logits_as_they_are, "nll_loss was given logits"),
    (best_guess, "best guess"),
    (entropy, "entropy of the predictions"),
    (rounded, "the result is rounded"),
    (tensor_returned, "still a tensor"),
]
