"""Answers to ``snap``."""

import torch
from torch.nn.functional import cosine_similarity, embedding, normalize


def usual(vectors, table):
    ids = (normalize(vectors, dim=1) @ normalize(table, dim=1).T).argmax(dim=1)
    return table[ids]


def one_by_one(vectors, table):
    return torch.stack([table[cosine_similarity(v[None], table).argmax()] for v in vectors])


def by_topk(vectors, table):
    ids = (vectors @ normalize(table, dim=1).T).topk(1).indices.squeeze(1)
    return embedding(ids, table).clone()


def by_dot(vectors, table):
    return table[(vectors @ table.T).argmax(1)]


def by_distance(vectors, table):
    return table[torch.cdist(vectors, table).argmin(1)]


def unit_rows(vectors, table):
    rows = normalize(table, dim=1)
    return rows[(normalize(vectors, dim=1) @ rows.T).argmax(1)]


def lengths_kept(vectors, table):
    return normalize(usual(vectors, table), dim=1) * vectors.norm(dim=1, keepdim=True)


def least_similar(vectors, table):
    return table[(vectors @ normalize(table, dim=1).T).argmin(1)]


def second(vectors, table):
    return table[(vectors @ normalize(table, dim=1).T).topk(2).indices[:, 1]]


def vectors_returned(vectors, table):
    return vectors.clone()


def one_for_all(vectors, table):
    return usual(vectors, table)[0].expand(len(vectors), -1)


def nearest_to_the_mean(vectors, table):
    return usual(vectors.mean(0, keepdim=True), table).repeat(len(vectors), 1)


def half_way(vectors, table):
    return (vectors + usual(vectors, table)) / 2


def wrong_dimension(vectors, table):
    return table[(normalize(vectors, dim=0) @ normalize(table, dim=0).T).argmax(1)]


def ids_returned(vectors, table):
    return (vectors @ normalize(table, dim=1).T).argmax(1)


def pair_returned(vectors, table):
    return ids_returned(vectors, table), usual(vectors, table)


def extra_dimension(vectors, table):
    return usual(vectors, table)[:, None]


def best_of_all(vectors, table):
    return usual(vectors, table)[:1]


def in_place(vectors, table):
    return vectors.copy_(usual(vectors, table))


RIGHT = [usual, one_by_one, by_topk]
WRONG = [
    (by_dot, "by dot product"),
    (by_distance, "by Euclidean distance"),
    (unit_rows, "scaled to length 1"),
    (lengths_kept, "the vectors' lengths"),
    (least_similar, "least similar"),
    (second, "second nearest"),
    (vectors_returned, "as they came"),
    (one_for_all, "one row stands for all"),
    (nearest_to_the_mean, "one row stands for all"),
    (half_way, "half-way"),
    (wrong_dimension, "along the wrong dimension"),
    (ids_returned, "these are ids"),
    (pair_returned, "not a tuple"),
    (extra_dimension, "the shape should be that of the vectors"),
    (best_of_all, "the shape should be that of the vectors"),
    (in_place, "changes its input in place"),
]
