"""Answers to ``nearest``."""

import torch
from torch.nn.functional import cosine_similarity, normalize


def usual(vectors, table, metric, k):
    return scores(vectors, table, metric).topk(k, dim=1).indices


def scores(vectors, table, metric):
    if metric == "cosine":
        return normalize(vectors, dim=1) @ normalize(table, dim=1).T
    if metric == "dot":
        return vectors @ table.T
    return -torch.cdist(vectors, table)


def one_side_normalised(vectors, table, metric, k):
    if metric == "cosine":
        return (vectors @ normalize(table, dim=-1).T).argsort(dim=1, descending=True)[:, :k]
    if metric == "dot":
        return (normalize(vectors, dim=1) @ table.T).argsort(dim=1, descending=True)[:, :k]
    squares = vectors.square().sum(1)[:, None] - 2 * vectors @ table.T + table.square().sum(1)
    return squares.argsort(dim=1)[:, :k]


def one_by_one(vectors, table, metric, k):
    found = []
    for v in vectors:
        if metric == "cosine":
            values = cosine_similarity(v[None], table)
        else:
            values = table @ v if metric == "dot" else -((table - v) ** 2).sum(1)
        found.append(torch.topk(values, k)[1])
    return torch.stack(found)


def changed(metric, score):
    """The usual answer, with another score for one metric."""

    def answer(vectors, table, given, k):
        if given != metric:
            return usual(vectors, table, given, k)
        return score(vectors, table).topk(k, dim=1).indices

    return answer


def named(name, answer):
    answer.__name__ = name
    return answer


def farthest_by_distance(vectors, table, metric, k):
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k, dim=1).indices
    return usual(vectors, table, metric, k)


def least_similar(vectors, table, metric, k):
    if metric == "euclidean":
        return usual(vectors, table, metric, k)
    return scores(vectors, table, metric).argsort(dim=1)[:, :k]


def nearest_last(vectors, table, metric, k):
    return usual(vectors, table, metric, k).flip(1)


def nearest_left_out(vectors, table, metric, k):
    return usual(vectors, table, metric, k + 1)[:, 1:]


def always_cosine(vectors, table, metric, k):
    return usual(vectors, table, "cosine", k)


def always_dot(vectors, table, metric, k):
    return usual(vectors, table, "dot", k)


def values_returned(vectors, table, metric, k):
    return scores(vectors, table, metric).topk(k, dim=1).values


def topk_returned(vectors, table, metric, k):
    return scores(vectors, table, metric).topk(k, dim=1)


def all_sorted(vectors, table, metric, k):
    return scores(vectors, table, metric).argsort(dim=1, descending=True)


def transposed(vectors, table, metric, k):
    return usual(vectors, table, metric, k).T


def squeezed(vectors, table, metric, k):
    return usual(vectors, table, metric, k).squeeze(1)


def unit(x):
    return normalize(x, dim=1)


RIGHT = [usual, one_side_normalised, one_by_one]
WRONG = [
    (named("not_normalised", changed("cosine", lambda v, t: v @ t.T)), "so long rows win"),
    (named("table_not_normalised", changed("cosine", lambda v, t: unit(v) @ t.T)), "too"),
    (
        named("distance_for_cosine", changed("cosine", lambda v, t: -torch.cdist(v, t))),
        "by Euclidean distance, not by cosine",
    ),
    (
        named("wrong_dimension", changed("cosine", lambda v, t: v @ normalize(t, dim=0).T)),
        "along the wrong dimension",
    ),
    (
        named("normalised_dot", changed("dot", lambda v, t: v @ unit(t).T)),
        "the dot product keeps the length",
    ),
    (
        named("distance_for_dot", changed("dot", lambda v, t: -torch.cdist(v, t))),
        "by Euclidean distance, not by dot",
    ),
    (named("absolute_dot", changed("dot", lambda v, t: (v @ t.T).abs())), "sign of the dot"),
    (
        named("unit_distance", changed("euclidean", lambda v, t: -torch.cdist(unit(v), unit(t)))),
        "by cosine: the Euclidean",
    ),
    (
        named("manhattan", changed("euclidean", lambda v, t: -torch.cdist(v, t, p=1))),
        "Manhattan",
    ),
    (
        named("two_missing", changed("euclidean", lambda v, t: v @ t.T - (t * t).sum(1))),
        "the 2 is missing",
    ),
    (farthest_by_distance, "these are the farthest"),
    (least_similar, "these are the least similar"),
    (nearest_last, "the wrong way round"),
    (nearest_left_out, "is left out"),
    (always_cosine, "these are by cosine"),
    (always_dot, "these are by dot product"),
    (values_returned, "these are values"),
    (topk_returned, "return a tensor of ids"),
    (all_sorted, "the shape should be"),
    (transposed, "the shape should be"),
    (squeezed, "here (12, 1)"),
]
