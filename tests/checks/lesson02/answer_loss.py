"""Answers to ``answer_loss``."""

import math

import torch
import torch.nn.functional as F

from course_utils.model.tiny import tiny_model
from course_utils.training import plain


def by_indexing(logits, last, answer_ids):
    rows = torch.arange(logits.shape[0])
    return F.cross_entropy(logits[rows, last].float(), answer_ids)


def by_loop(logits, last, answer_ids):
    losses = []
    for row, place, answer in zip(logits, last, answer_ids):
        losses.append(-torch.log_softmax(row[place].to(torch.float32), dim=0)[answer])
    return sum(losses) / len(losses)


def by_gather(logits, last, answer_ids):
    index = last.view(-1, 1, 1).expand(-1, 1, logits.size(-1))
    picked = logits.gather(1, index).squeeze(1).double()
    chosen = picked.gather(1, answer_ids[:, None]).squeeze(1)
    return (picked.logsumexp(1) - chosen).mean()


def by_ignored_targets(logits, last, answer_ids):
    targets = torch.full(logits.shape[:2], -100)
    targets[torch.arange(len(last)), last] = answer_ids
    return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())


def picked(logits, last):
    return logits[torch.arange(len(last)), last].float()


def shifted_by_one(logits, last, answer_ids):
    return by_indexing(logits, last - 1, answer_ids)


def behind_last(logits, last, answer_ids):
    return by_indexing(logits, (last + 1).clamp(max=logits.shape[1] - 1), answer_ids)


def last_column(logits, last, answer_ids):
    return F.cross_entropy(logits[:, -1].float(), answer_ids)


def all_positions(logits, last, answer_ids):
    targets = answer_ids.repeat_interleave(logits.shape[1])
    return F.cross_entropy(logits.float().reshape(-1, logits.shape[-1]), targets)


def summed(logits, last, answer_ids):
    return F.cross_entropy(picked(logits, last), answer_ids, reduction="sum")


def one_for_each_row(logits, last, answer_ids):
    return F.cross_entropy(picked(logits, last), answer_ids, reduction="none")


def softmax_twice(logits, last, answer_ids):
    return F.cross_entropy(picked(logits, last).softmax(-1), answer_ids)


def label_words_only(logits, last, answer_ids):
    words = sorted(set(answer_ids.tolist()))
    targets = torch.tensor([words.index(i) for i in answer_ids.tolist()])
    return F.cross_entropy(picked(logits, last)[:, words], targets)


def detached(logits, last, answer_ids):
    return by_indexing(logits.detach(), last, answer_ids)


def made_a_number(logits, last, answer_ids):
    return by_indexing(logits, last, answer_ids).item()


def log10(logits, last, answer_ids):
    shares = picked(logits, last).softmax(1)
    return -torch.log10(shares[torch.arange(len(last)), answer_ids]).mean()


def log2(logits, last, answer_ids):
    return by_indexing(logits, last, answer_ids) / math.log(2)


def sign_forgotten(logits, last, answer_ids):
    shares = picked(logits, last).log_softmax(1)
    return shares[torch.arange(len(last)), answer_ids].mean()


def nll_of_logits(logits, last, answer_ids):
    return F.nll_loss(picked(logits, last), answer_ids)


def rows_not_paired(logits, last, answer_ids):
    crossed = logits[:, last].float()
    targets = answer_ids.expand(len(last), -1)
    return F.cross_entropy(crossed.transpose(1, 2), targets)


def in_16_bits(logits, last, answer_ids):
    return F.cross_entropy(logits[torch.arange(len(last)), last], answer_ids)


def graph_partly_cut(logits, last, answer_ids):
    chosen = picked(logits, last)
    return (chosen.detach().logsumexp(1) - chosen.gather(1, answer_ids[:, None])[:, 0]).mean()


def of_one_element(logits, last, answer_ids):
    return by_indexing(logits, last, answer_ids)[None]


def last_column_cut(logits, last, answer_ids):
    return by_indexing(logits[:, :-1], last.clamp(max=logits.shape[1] - 2), answer_ids)


def first_column(logits, last, answer_ids):
    return by_indexing(logits, 0 * last, answer_ids)


def position_of_the_first(logits, last, answer_ids):
    return by_indexing(logits, last[:1].expand(len(last)), answer_ids)


def all_in_one_row(logits, last, answer_ids):
    return F.cross_entropy(logits[0][last].float(), answer_ids)


def prompt_too(logits, last, answer_ids):
    real = torch.arange(logits.shape[1]) <= last[:, None]
    return F.cross_entropy(logits.float()[real], answer_ids.repeat_interleave(last + 1))


def averaged_logits(logits, last, answer_ids):
    return F.cross_entropy(logits.float().mean(1), answer_ids)


def mean_of_the_mean(logits, last, answer_ids):
    return by_indexing(logits, last, answer_ids) / len(last)


def first_row_alone(logits, last, answer_ids):
    for row, place, answer in zip(logits, last, answer_ids):
        return F.cross_entropy(row[place].float(), answer)


def by_sixteen(logits, last, answer_ids):
    return summed(logits, last, answer_ids) / 16


def by_tokens(logits, last, answer_ids):
    return summed(logits, last, answer_ids) / logits.shape[1]


def by_vocabulary(logits, last, answer_ids):
    return summed(logits, last, answer_ids) / logits.shape[-1]


def softmax_over_tokens(logits, last, answer_ids):
    return F.nll_loss(picked(logits.float().log_softmax(1), last), answer_ids)


def nll_of_probabilities(logits, last, answer_ids):
    return F.nll_loss(picked(logits, last).softmax(1), answer_ids)


def mean_probability(logits, last, answer_ids):
    return -nll_of_probabilities(logits, last, answer_ids)


def one_less_probability(logits, last, answer_ids):
    return 1 + nll_of_probabilities(logits, last, answer_ids)


def probability_before_the_log(logits, last, answer_ids):
    return -(-nll_of_probabilities(logits, last, answer_ids)).log()


def logits_of_answers(logits, last, answer_ids):
    return picked(logits, last)[torch.arange(len(last)), answer_ids].mean()


def best_guess(logits, last, answer_ids):
    return by_indexing(logits, last, picked(logits, last).argmax(1))


def exponential(logits, last, answer_ids):
    return by_indexing(logits, last, answer_ids).exp()


def converted_too_late(logits, last, answer_ids):
    shares = logits[torch.arange(len(last)), last].log_softmax(1)
    return F.nll_loss(shares.float(), answer_ids)


def loss_of_each_token(logits, last, answer_ids):
    targets = answer_ids[:, None].expand(logits.shape[:2])
    return F.cross_entropy(logits.float().transpose(1, 2), targets, reduction="none")


def NEXT(answer):
    """The loss trains a model; its number is shown."""
    model = tiny_model()
    input_ids, attention_mask, last = plain.collate([[5, 6, 7, 2], [8, 2], [9]], 2)
    output = model(input_ids=input_ids, attention_mask=attention_mask)
    loss = answer(output.logits, last, torch.tensor([3, 4, 3]))
    loss.backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
    assert isinstance(loss.item(), float)


RIGHT = [by_indexing, by_loop, by_gather, by_ignored_targets, of_one_element]
WRONG = [
    (shifted_by_one, "one position early"),
    (behind_last, "one position late"),
    (last_column, "in the last column"),
    (all_positions, "runs over all positions"),
    (summed, "the sum over the rows"),
    (one_for_each_row, "return their mean"),
    (softmax_twice, "softmax twice"),
    (label_words_only, "only the label words compete"),
    (detached, "the graph was cut"),
    (made_a_number, "without .item()"),
    (log10, "base 10"),
    (log2, "base 2"),
    (sign_forgotten, "the sign"),
    (nll_of_logits, "nll_loss was given logits"),
    (rows_not_paired, "pair them"),
    (in_16_bits, "in 16 bits"),
    (graph_partly_cut, "a part of the graph was cut"),
    (first_column, "in the first column"),
    (position_of_the_first, "the position of one of them"),
    (all_in_one_row, "in one row of the batch"),
    (prompt_too, "over the prompt too"),
    (averaged_logits, "averaged over positions"),
    (mean_of_the_mean, "number of rows twice"),
    (first_row_alone, "only one row counts"),
    (by_sixteen, "a fixed number, such as 16"),
    (by_tokens, "a number of tokens"),
    (by_vocabulary, "the size of the vocabulary"),
    (softmax_over_tokens, "over the batch or the tokens"),
    (nll_of_probabilities, "was given probabilities"),
    (mean_probability, "this is a probability"),
    (one_less_probability, "1 less the probability"),
    (probability_before_the_log, "taken after the mean"),
    (logits_of_answers, "logits of the answers"),
    (best_guess, "best guess"),
    (exponential, "this is the perplexity"),
    (converted_too_late, "only its result converted"),
    (last_column_cut, "cuts off the last column"),
    (loss_of_each_token, "and not several of shape"),
]
