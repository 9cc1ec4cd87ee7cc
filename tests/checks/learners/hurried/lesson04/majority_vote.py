from collections import Counter
from statistics import multimode

import numpy as np
import torch
import torch.nn.functional as F


def right_one_hot(predictions):
    return F.one_hot(predictions).sum(dim=0).argmax(dim=-1)


def right_mode(predictions):
    return predictions.mode(dim=0).values


def right_bincount(predictions):
    votes = [column.bincount().argmax() for column in predictions.T]
    return torch.stack(votes)


def right_counter(predictions):
    winners = []
    for column in zip(*predictions.tolist()):
        counts = Counter(column)
        winners.append(min(counts, key=lambda label: (-counts[label], label)))
    return torch.tensor(winners, dtype=torch.int64)


def right_multimode(predictions):
    return torch.tensor([min(multimode(c)) for c in predictions.t().tolist()])


def right_numpy(predictions):
    array = predictions.cpu().numpy()
    votes = np.apply_along_axis(lambda column: np.bincount(column).argmax(), 0, array)
    return torch.from_numpy(votes)


def right_label_by_label(predictions):
    best = torch.zeros_like(predictions[0])
    most = torch.zeros_like(predictions[0])
    for label in range(int(predictions.max()) + 1):
        count = (predictions == label).sum(0)
        best[count > most] = label
        most = torch.maximum(most, count)
    return best


def right_pairs(predictions):
    support = (predictions[:, None] == predictions[None]).sum(0)
    out_of_reach = torch.iinfo(torch.int64).max
    return predictions.masked_fill(support < support.amax(0), out_of_reach).amin(0)


def right_unique(predictions):
    labels = predictions.unique(sorted=True)
    counts = torch.stack([predictions.eq(label).sum(0) for label in labels])
    return labels[counts.argmax(0)]


def wrong_median(predictions):
    """Takes the median, which is the commonest label only if there are two labels."""
    return predictions.median(dim=0).values


def wrong_rounded_mean(predictions):
    """Rounds the mean: votes for 0 and for 2 become a label 1 that nobody gave."""
    return predictions.float().mean(dim=0).round().long()


def wrong_two_labels(predictions):
    """Asks whether more than half the prompts say 1; other labels do not exist."""
    return ((predictions == 1).sum(0) > len(predictions) / 2).long()


def wrong_dim_1(predictions):
    """Takes the vote of each prompt over the texts, not of each text over the prompts."""
    return predictions.mode(dim=1).values


def wrong_tie_highest(predictions):
    """Gives the highest label if several are equally common."""
    counts = F.one_hot(predictions).sum(dim=0).flip(1)
    return counts.shape[1] - 1 - counts.argmax(dim=1)


def wrong_tie_first_voted(predictions):
    """Counter breaks ties by which label came first, not by which is lowest."""
    return torch.tensor([Counter(c).most_common(1)[0][0] for c in predictions.T.tolist()])


def wrong_counts(predictions):
    """Returns how many votes the winner has, not the winner."""
    return F.one_hot(predictions).sum(dim=0).max(dim=1).values


def wrong_one_for_all(predictions):
    """Counts all predictions together, so every text gets the same label."""
    return predictions.flatten().bincount().argmax().repeat(predictions.shape[1])


def wrong_argmax(predictions):
    """argmax of the predictions gives a prompt's number, not a label."""
    return predictions.argmax(dim=0)


def wrong_maximum(predictions):
    """Takes the highest label that any prompt gives, which is no vote."""
    return predictions.max(dim=0).values


def wrong_named_tuple(predictions):
    """Returns values and indices of the mode together, not the labels alone."""
    return torch.mode(predictions, dim=0)


def wrong_num_classes(predictions):
    """Fixes two classes, as in the lesson, so a label 2 raises an error."""
    return F.one_hot(predictions, num_classes=2).sum(dim=0).argmax(dim=1)


def wrong_return_in_loop(predictions):
    """Returns within the loop: the vote on the first text only."""
    votes = []
    for column in predictions.T:
        votes.append(column.bincount().argmax())
        return torch.stack(votes)


def wrong_absolute_majority(predictions):
    """Demands more than half the votes and falls back to 0, though the commonest label wins."""
    counts = F.one_hot(predictions).sum(dim=0)
    most, label = counts.max(dim=1)
    return torch.where(most > len(predictions) / 2, label, 0)


def wrong_sum_over_texts(predictions):
    """Sums the one-hot votes over the texts (dim=1), so it gives one label for each prompt."""
    return F.one_hot(predictions).sum(dim=1).argmax(dim=1)


def wrong_index_of_unique(predictions):
    """Returns the place in the list of labels given, which is the label only if none is missing."""
    votes = []
    for column in predictions.T:
        _, counts = column.unique(return_counts=True)
        votes.append(counts.argmax())
    return torch.stack(votes)


def wrong_lowest_given(predictions):
    """A set forgets how often a label was given: this is the lowest label, not the commonest."""
    return torch.tensor([min(set(column)) for column in predictions.T.tolist()])


def wrong_sorts_in_place(predictions):
    """Sorts the caller's predictions through a numpy view, so the prompts' answers are mixed."""
    votes = predictions.numpy()
    votes.sort(axis=0)
    return torch.from_numpy(votes).mode(dim=0).values


def wrong_one_column(predictions):
    """Votes on the first column of the matrix and repeats the result for every text."""
    return predictions[:, 0].bincount().argmax().expand(predictions.shape[1])


def wrong_first_prompt(predictions):
    """Returns the first prompt's answers without asking the others."""
    return predictions[0].clone()


SAYS = {
    "wrong_median": "the median of the labels",
    "wrong_rounded_mean": "the mean of the labels",
    "wrong_two_labels": "only the labels 0 and 1",
    "wrong_dim_1": "votes were counted over the texts",
    "wrong_tie_highest": "the highest label wins",
    "wrong_tie_first_voted": "the first prompt's label wins",
    "wrong_counts": "this is the number of votes",
    "wrong_one_for_all": "one label stands for all texts",
    "wrong_argmax": "the number of a prompt",
    "wrong_maximum": "the highest label that any prompt gave",
    "wrong_named_tuple": "give values and indices",
    "wrong_num_classes": "only the labels 0 and 1",
    "wrong_return_in_loop": "only one text has a label",
    "wrong_absolute_majority": "more than half the votes are demanded",
    "wrong_sum_over_texts": "votes were counted over the texts",
    "wrong_index_of_unique": "a place in the list of the labels",
    "wrong_lowest_given": "the lowest label that any prompt gave",
    "wrong_sorts_in_place": "changes its input in place",
    "wrong_one_column": "one label stands for all texts",
    "wrong_first_prompt": "the first prompt's answer",
}
