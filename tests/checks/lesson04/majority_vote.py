"""Answers to ``majority_vote``."""

from collections import Counter

import numpy
import torch
from torch.nn.functional import one_hot


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


def by_votes(name, choose):
    """A wrong answer: ``choose`` takes the votes on one text, a list, and their right label."""

    def wrong(predictions):
        columns = zip(predictions.T.tolist(), by_one_hot(predictions).tolist())
        return torch.tensor([choose(votes, label) for votes, label in columns])

    wrong.__name__ = name
    return wrong


def changed(name, change):
    """A wrong answer; ``change`` takes the right labels and the predictions."""

    def wrong(predictions):
        return change(by_one_hot(predictions), predictions)

    wrong.__name__ = name
    return wrong


def over_half(votes, label):
    return label if votes.count(label) > len(votes) / 2 else 0


def among(labels):
    return lambda _, p: torch.stack([(p == label).sum(0) for label in labels(p)]).argmax(0)


def second_of_ties(predictions):
    counts = one_hot(predictions).sum(0)
    places = [(row == row.max()).nonzero()[:, 0].tolist() for row in counts]
    return torch.tensor([(row * 2)[1] if 0 in row else row[0] for row in places])


def NEXT(answer):
    """Nine prompts vote on scores of two labels, and on answers that are right or wrong."""
    scores = torch.randn(9, 4, 2)
    live = answer(scores.argmax(2)) == torch.tensor([0, 1, 1, 0])
    assert live.float().mean().isfinite() and live.shape == (4,)
    truth, right = torch.tensor([0, 1, 1]), torch.tensor([[True, False, True]] * 5)
    voted = answer(torch.where(right, truth, 1 - truth)) == truth
    assert "".join("01"[int(r)] for r in voted) == "101"


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
    (over_the_texts, "counted over the texts"),
    (one_for_all, "one label stands for all"),
    (counts_returned, "these are the counts"),
    (values_and_indices, "values and indices"),
    (plain_list, "return a tensor"),
    (floats, "whole numbers"),
    (second_of_ties, "another of the commonest"),
    (by_votes("over_half", over_half), "more than half the votes"),
    (by_votes("of_a_set", lambda v, _: max(set(v), key=v.count)), "order of a set"),
    (by_votes("minus_one", lambda v, x: -1 if [v.count(a) for a in set(v)].count(v.count(x)) > 1
              else x), "no label wins"),
    (by_votes("agreed", lambda v, _: v[0] if len(set(v)) == 1 else 0), "must agree"),
    (by_votes("any_at_all", lambda v, _: int(any(v))), "any prompt, or all"),
    (by_votes("second", lambda v, _: Counter(v).most_common(2)[-1][0]), "second commonest"),
    (by_votes("one_or_not", lambda v, _: v.count(1) > len(v) / 2), "the labels 0 and 1"),
    (by_votes("place_in_the_set", lambda v, x: sorted(set(v)).index(x)), "a place in the list"),
    (by_votes("who", lambda v, x: v.index(x)), "number of a prompt"),
    (by_votes("sum", lambda v, _: sum(v)), "sum of the labels"),
    (by_votes("different", lambda v, _: len(set(v))), "number of different"),
    (by_votes("from_one", lambda v, x: x + 1), "plus 1"),
    (changed("three", among(lambda p: range(3))), "only some labels"),
    (changed("up_to_ten", among(lambda p: range(10))), "only some labels"),
    (changed("as_many_as_prompts", among(lambda p: range(len(p)))), "only some labels"),
    (changed("highest_missing", among(lambda p: range(int(p.max())))), "highest label is left"),
    (changed("lowest_missing", among(lambda p: range(1, int(p.max()) + 1))), "label 0 is left"),
    (changed("as_many_as_different", among(lambda p: range(len(p.unique())))), "as many labels"),
    (changed("place_in_unique", among(lambda p: p.unique())), "a place in the list"),
    (changed("first_text", lambda x, p: x[:1]), "only one text"),
    (changed("of_all", lambda x, p: p.flatten().mode().values), "came back for all texts"),
    (changed("batch", lambda x, p: x[None]), "a dimension of size 1"),
    (changed("each_prompt", lambda x, p: p.max(1).values), "a label for each prompt"),
    (changed("twice", lambda x, p: torch.cat([x, x])), "one label for each text"),
    (changed("mean", lambda x, p: p.float().mean(0)), "the mean of the labels"),
    (changed("two_classes", lambda x, p: one_hot(p, 2).sum(0).argmax(1)), "the labels 0 and 1"),
]  # fmt: skip
