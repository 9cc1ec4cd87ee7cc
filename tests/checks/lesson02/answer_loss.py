"""Answers to ``answer_loss``."""

import math

import torch
import torch.nn.functional as F


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
    return by_indexing(logits, last + 1, answer_ids)


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


RIGHT = [by_indexing, by_loop, by_gather, by_ignored_targets]
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
]
