"""What learners get wrong in ``majority_vote``."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from course_utils.checks.core.compare import Mistakes


def by_text(choose: Callable[[list[int]], float]) -> Callable[[Tensor], Tensor]:
    """A rule for the votes on one text, applied to every text."""
    return lambda predictions: torch.tensor([choose(votes) for votes in predictions.T.tolist()])


def commonest(votes: list[int]) -> int:
    """The label with the most votes; of equally many, the lowest."""
    return max(sorted(set(votes)), key=votes.count)


def if_over_half(otherwise: Callable[[list[int]], int]) -> Callable[[list[int]], int]:
    """The label of more than half the votes, or else another one."""

    def choose(votes: list[int]) -> int:
        winner = commonest(votes)
        return winner if votes.count(winner) > len(votes) / 2 else otherwise(votes)

    return choose


def unless_tied(otherwise: Callable[[list[int]], int]) -> Callable[[list[int]], int]:
    """The commonest label, or another one if several are equally common."""

    def choose(votes: list[int]) -> int:
        counts = [votes.count(label) for label in set(votes)]
        return otherwise(votes) if counts.count(max(counts)) > 1 else commonest(votes)

    return choose


def among(labels: Callable[[Tensor], Any]) -> Callable[[Tensor], Tensor]:
    """The commonest of these labels alone, by their places in the list."""
    return lambda p: torch.stack([(p == label).sum(0) for label in labels(p)]).argmax(0)


right_vote = by_text(commonest)
TIES = "ties go to the lowest label; here "
ZERO_AND_ONE = "only the labels 0 and 1 are thought of: there may be more"
VOTE_MISTAKES: Mistakes = {
    TIES + "the first prompt's label wins": [
        by_text(lambda votes: Counter(votes).most_common(1)[0][0])
    ],
    TIES + "the highest label wins": [
        by_text(lambda votes: max(sorted(set(votes), reverse=True), key=votes.count))
    ],
    TIES + "the order of a set decides, which is not that of its numbers: sorted(set(...))": [
        by_text(lambda votes: max(set(votes), key=votes.count))
    ],
    TIES + "no label wins, and another number came back": [
        by_text(unless_tied(lambda votes: 0)),
        by_text(unless_tied(lambda votes: 1)),
        by_text(unless_tied(lambda votes: -1)),
        by_text(unless_tied(min)),
        by_text(unless_tied(lambda votes: votes[0])),
    ],
    TIES + "the last prompt's label wins": [
        by_text(lambda votes: Counter(votes[::-1]).most_common(1)[0][0])
    ],
    "one label stands for all texts: count for each text by itself": [
        lambda p: torch.full(p.shape[1:], commonest(p.flatten().tolist())),
        lambda p: torch.full(p.shape[1:], commonest(p[:, 0].tolist())),
        lambda p: torch.full(p.shape[1:], commonest(p[:, -1].tolist())),
    ],
    ZERO_AND_ONE: [
        by_text(lambda votes: votes.count(1) > len(votes) / 2),
        by_text(lambda votes: votes.count(1) >= len(votes) / 2),
        by_text(lambda votes: votes.count(1) > votes.count(0)),
        by_text(lambda votes: votes.count(1) >= votes.count(0)),
        by_text(lambda votes: sum(votes) > len(votes) / 2),
        by_text(lambda votes: sum(votes) >= len(votes) / 2),
        lambda p: one_hot(p, 2),
        lambda p: one_hot(p, num_classes=2),
    ],
    "only some labels are counted: there may be any number of them": [
        among(lambda p: range(2)),
        among(lambda p: range(3)),
        among(lambda p: range(4)),
        among(lambda p: range(5)),
        among(lambda p: range(10)),
        among(lambda p: range(len(p))),
        among(lambda p: range(p.shape[1])),
        lambda p: one_hot(p, 3),
        lambda p: one_hot(p, 4),
        lambda p: one_hot(p, 5),
        lambda p: one_hot(p, 10),
        lambda p: one_hot(p, len(p)),
    ],
    "the highest label is left out: range(predictions.max() + 1)": [
        among(lambda p: range(int(p.max()))),
        lambda p: one_hot(p, int(p.max())),
    ],
    "the label 0 is left out": [
        lambda p: among(lambda p: range(1, int(p.max()) + 1))(p) + 1,
        among(lambda p: range(1, int(p.max()) + 1)),
    ],
    "as many labels are counted as there are different ones: a label in between may be missing": [
        among(lambda p: range(len(p.unique()))),
        lambda p: one_hot(p, len(p.unique())),
    ],
    "this is a place in the list of the labels given: look the label up there": [
        among(lambda p: p.unique()),
        by_text(lambda votes: sorted(set(votes)).index(commonest(votes))),
        by_text(lambda votes: list(dict.fromkeys(votes)).index(commonest(votes))),
    ],
    "more than half the votes are demanded: the commonest label wins with fewer, too": [
        by_text(if_over_half(lambda votes: 0)),
        by_text(if_over_half(lambda votes: -1)),
        by_text(if_over_half(lambda votes: -100)),
        by_text(if_over_half(min)),
        by_text(if_over_half(max)),
        by_text(if_over_half(lambda votes: votes[0])),
        by_text(if_over_half(lambda votes: votes[-1])),
    ],
    "this is the number of a prompt, not a label: argmax of the votes finds who gave it": [
        lambda p: p.argmax(0),
        lambda p: p.argmin(0),
        lambda p: p.mode(0).indices,
        by_text(lambda votes: votes.index(commonest(votes))),
        lambda p: p.median(0).indices,
    ],
    "this is the rarest label: take the commonest": [
        by_text(lambda votes: min(sorted(set(votes)), key=votes.count)),
        lambda p: one_hot(p).sum(0).argmin(1),
    ],
    "all prompts must agree here: the commonest label wins": [
        by_text(lambda votes: votes[0] if len(set(votes)) == 1 else 0),
        by_text(lambda votes: votes[0] if len(set(votes)) == 1 else -1),
        by_text(lambda votes: len(set(votes)) == 1),
    ],
    "this tells whether any prompt, or all, gave another label than 0: take the commonest": [
        by_text(any),
        by_text(all),
    ],
    "this is the second commonest label": [
        lambda p: one_hot(p, int(p.max()) + 2).sum(0).topk(2, dim=1).indices[:, 1],
        by_text(lambda votes: Counter(votes).most_common(2)[-1][0]),
    ],
    "this is the mean of the labels: they are names, count them": [
        by_text(lambda votes: round(sum(votes) / len(votes))),
        by_text(lambda votes: sum(votes) // len(votes)),
        by_text(lambda votes: int(sum(votes) / len(votes) + 0.5)),
        by_text(lambda votes: -(-sum(votes) // len(votes))),
        by_text(lambda votes: sum(votes) / len(votes)),
    ],
    "this is the median of the labels: they are names, count them": [
        by_text(lambda votes: sorted(votes)[(len(votes) - 1) // 2]),
        by_text(lambda votes: sorted(votes)[len(votes) // 2]),
    ],
    "this is the first prompt's answer: let all of them vote": [by_text(lambda votes: votes[0])],
    "this is the last prompt's answer: let all of them vote": [by_text(lambda votes: votes[-1])],
    "this is the highest label that any prompt gave: take the commonest": [by_text(max)],
    "this is the lowest label that any prompt gave: take the commonest": [by_text(min)],
    "this is the sum of the labels: count each label's votes": [by_text(sum)],
    "this is the number of votes: return the label that got them": [
        by_text(lambda votes: votes.count(commonest(votes)))
    ],
    "this is the number of different labels: return the commonest": [
        by_text(lambda votes: len(set(votes)))
    ],
    "this is the commonest label plus 1: count labels from 0": [
        by_text(lambda votes: commonest(votes) + 1)
    ],
    "only one text has a label: perhaps a `return` within the loop": [
        lambda p: right_vote(p)[:1],
        lambda p: right_vote(p)[0],
        lambda p: right_vote(p)[-1:],
        lambda p: right_vote(p)[-1],
    ],
    "one label came back for all texts: count for each text by itself": [
        lambda p: torch.tensor(commonest(p.flatten().tolist())),
        lambda p: torch.tensor([commonest(p.flatten().tolist())]),
    ],
    "these are the counts of the votes: return the label with the most, argmax": [
        lambda p: one_hot(p).sum(0),
        lambda p: one_hot(p).sum(0).T,
        lambda p: p.flatten().bincount(),
    ],
    "a dimension of size 1 is left: the shape is (texts,)": [
        lambda p: right_vote(p)[None],
        lambda p: right_vote(p)[:, None],
    ],
    "the votes were counted over the texts: each text has a vote of the prompts, dimension 0": [
        lambda p: right_vote(p.T),
        lambda p: one_hot(p).sum(1).argmax(1),
        lambda p: one_hot(p).sum(0).argmax(0),
        lambda p: one_hot(p).sum(1).argmax(0),
    ],
}
