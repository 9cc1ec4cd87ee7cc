from collections import Counter

import numpy as np
import torch
from torch.nn import functional as F


def right_one_hot(predictions):
    return F.one_hot(predictions).sum(dim=0).argmax(dim=1)


def right_counter(predictions):
    winners = []
    for column in predictions.T.tolist():
        counts = Counter(column)
        winners.append(min(counts, key=lambda label: (-counts[label], label)))
    return torch.tensor(winners, dtype=predictions.dtype, device=predictions.device)


def right_bincount(predictions):
    return torch.stack([column.bincount().argmax() for column in predictions.unbind(dim=1)])


def right_numpy_unique(predictions):
    def commonest(column):
        labels, counts = np.unique(column, return_counts=True)
        return labels[counts.argmax()]

    return torch.from_numpy(np.apply_along_axis(commonest, 0, predictions.cpu().numpy()))


def right_pairwise(predictions):
    ordered = predictions.sort(dim=0).values  # the lowest first, so argmax's first one is lowest
    votes = (ordered[:, None] == ordered[None]).sum(dim=1)
    return ordered.gather(0, votes.argmax(dim=0, keepdim=True))[0]


def wrong_per_prompt(predictions):
    """Votes along dim 1, over the texts: one label a prompt instead of one a text."""
    return predictions.mode(dim=1).values


def wrong_rounded_mean(predictions):
    """Rounds the mean of the labels, which is a vote for the labels 0 and 1 only."""
    return predictions.float().mean(dim=0).round().long()


def wrong_median(predictions):
    """Takes the middle label and not the commonest: they differ from three labels up."""
    return predictions.median(dim=0).values


def wrong_highest_of_ties(predictions):
    """Settles a tie in favour of the highest label."""
    columns = predictions.T.tolist()
    return torch.tensor([max(set(c), key=lambda label: (c.count(label), label)) for c in columns])


def wrong_first_seen(predictions):
    """Settles a tie as Counter.most_common does: the label that the earliest prompt gave."""
    columns = predictions.T.tolist()
    return torch.tensor([Counter(column).most_common(1)[0][0] for column in columns])


def wrong_whole_mode(predictions):
    """Returns what torch.mode returns, values and indices, instead of the values alone."""
    return torch.mode(predictions, dim=0)


def wrong_counts(predictions):
    """Returns how many votes the winner has and not which label it is."""
    return F.one_hot(predictions).sum(dim=0).amax(dim=1)


def wrong_absolute_majority(predictions):
    """Wants more than half of the votes and otherwise answers 0."""
    votes = F.one_hot(predictions).sum(dim=0)
    count, label = votes.max(dim=1)
    return torch.where(count > len(predictions) / 2, label, 0)


def wrong_two_classes(predictions):
    """Counts with two classes, as in this lesson's tasks: a label 2 raises an error."""
    return F.one_hot(predictions, num_classes=2).sum(dim=0).argmax(dim=1)


def wrong_position_in_unique(predictions):
    """Returns the place among the labels that occur in the column, not the label there."""
    places = [column.unique(return_counts=True)[1].argmax() for column in predictions.T]
    return torch.stack(places)


def wrong_argmax_of_labels(predictions):
    """Takes argmax over the prompts as for scores: the number of a prompt, not a label."""
    return predictions.argmax(dim=0)


def wrong_list(predictions):
    """Returns a Python list, whose comparison with a tensor of labels gives no tensor."""
    return [int(column.bincount().argmax()) for column in predictions.T]


SAYS = {
    "wrong_per_prompt": "the votes were counted over the texts",
    "wrong_rounded_mean": "this is the mean of the labels",
    "wrong_median": "this is the median of the labels",
    "wrong_highest_of_ties": "ties go to the lowest label; here",
    "wrong_first_seen": "ties go to the lowest label; here",
    "wrong_whole_mode": "mode, max and sort give values and",
    "wrong_counts": "this is the number of votes: return",
    "wrong_absolute_majority": "more than half the votes are demanded",
    "wrong_two_classes": "only the labels 0 and 1 are",
    "wrong_position_in_unique": "this is a place in the list",
    "wrong_argmax_of_labels": "this is the number of a prompt",
    "wrong_list": "return a tensor, not a list",
}
