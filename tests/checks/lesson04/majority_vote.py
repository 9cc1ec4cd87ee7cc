"""Answers to ``majority_vote``."""

from collections import Counter

import numpy
import torch


def by_one_hot(predictions):
    return torch.nn.functional.one_hot(predictions).sum(0).argmax(1)


def by_bincount(predictions):
    return torch.stack([torch.bincount(votes).argmax() for votes in predictions.T])


def by_counter(predictions):
    winners = []
    for votes in predictions.T.tolist():
        counts = Counter(votes)
        winners.append(min(counts, key=lambda label, c=counts: (-c[label], label)))
    return torch.tensor(winners)


def by_mode(predictions):
    return predictions.mode(dim=0).values


def first_seen(predictions):
    return torch.tensor([Counter(v).most_common(1)[0][0] for v in predictions.T.tolist()])


def highest_of_ties(predictions):
    counts = torch.nn.functional.one_hot(predictions).sum(0)
    return counts.shape[1] - 1 - counts.flip(1).argmax(1)


def last_seen(predictions):
    return first_seen(predictions.flip(0))


def rarest(predictions):
    columns = predictions.T.tolist()
    return torch.tensor([min(sorted(set(v)), key=v.count) for v in columns])


def rounded_mean(predictions):
    return predictions.float().mean(0).round().long()


def truncated_mean(predictions):
    return predictions.float().mean(0).long()


def median(predictions):
    return predictions.median(dim=0).values


def first_prompt(predictions):
    return predictions[0]


def last_prompt(predictions):
    return predictions[-1]


def highest_label(predictions):
    return predictions.max(dim=0).values


def lowest_label(predictions):
    return predictions.min(dim=0).values


def number_of_votes(predictions):
    return torch.nn.functional.one_hot(predictions).sum(0).max(1).values


def over_the_texts(predictions):
    return predictions.mode(dim=1).values


def one_for_all(predictions):
    return torch.full(predictions.shape[1:], int(numpy.bincount(predictions.flatten()).argmax()))


def counts_returned(predictions):
    return torch.nn.functional.one_hot(predictions).sum(0)


def values_and_indices(predictions):
    return predictions.mode(dim=0)


def plain_list(predictions):
    return by_one_hot(predictions).tolist()


def floats(predictions):
    return by_one_hot(predictions).float()


RIGHT = [by_one_hot, by_bincount, by_counter, by_mode]
WRONG = [
    (first_seen, "the first prompt's label wins"),
    (highest_of_ties, "the highest label wins"),
    (last_seen, "the last prompt's label wins"),
    (rarest, "the rarest"),
    (rounded_mean, "the mean of the labels"),
    (truncated_mean, "the mean of the labels"),
    (median, "the median"),
    (first_prompt, "the first prompt's answer"),
    (last_prompt, "the last prompt's answer"),
    (highest_label, "the highest label that"),
    (lowest_label, "the lowest label that"),
    (number_of_votes, "the number of votes"),
    (over_the_texts, "a label for each prompt"),
    (one_for_all, "one label stands for all"),
    (counts_returned, "one label for each text"),
    (values_and_indices, "return a tensor"),
    (plain_list, "return a tensor"),
    (floats, "whole numbers"),
]
