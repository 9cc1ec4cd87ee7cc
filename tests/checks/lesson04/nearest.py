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


def reshaped(name, change):
    """A wrong answer: the right numbers, changed; ``change`` takes table and vectors as well."""

    def wrong(vectors, table, metric, k):
        return change(usual(vectors, table, metric, k), table, vectors)

    return named(name, wrong)


def itself_left_out(vectors, table, metric, k):
    values = scores(vectors, table, metric)
    return values.masked_fill((vectors[:, None] == table).all(2), -9e9).topk(k).indices


def five(vectors, table, metric, k):
    return usual(vectors, table, metric, 5)


def one(vectors, table, metric, k):
    return usual(vectors, table, metric, 1)


def one_too_many(vectors, table, metric, k):
    return usual(vectors, table, metric, k + 1)


def along_the_table(vectors, table, metric, k):
    return scores(vectors, table, metric).topk(k, dim=0).indices


def flat_for_one_vector(vectors, table, metric, k):
    found = usual(vectors, table, metric, k)
    return found[0] if len(vectors) == 1 else found


def distances(name, score):
    return named(name, changed("euclidean", score))


def NEXT(answer):
    """Neighbours are counted, leaving out the word itself, and their rows are looked up."""
    table = torch.randn(50, 6)
    for metric in ("cosine", "dot", "euclidean"):
        ids = answer(table[3:9], table, metric, 6)
        itself = (table[ids] == table[3:9][:, None]).all(2)
        counts = ids[~itself].bincount(minlength=len(table))
        assert counts.sum() == ids.numel() - itself.sum()
        assert metric == "dot" or itself[:, 0].all()
    assert len(answer(table[:2], table, "cosine", 3).unique().tolist()) > 2
    assert answer(table[:2], table, "cosine", 1)[:, 0].tolist() == [0, 1]


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
    (topk_returned, "values and indices"),
    (all_sorted, "keep k for each"),
    (transposed, "is transposed"),
    (squeezed, "also where k is 1"),
    (named("absolute_cosine", changed("cosine", lambda v, t: scores(v, t, "cosine").abs())),
     "sign of the cosine"),
    (named("by_sum", changed("cosine", lambda v, t: v @ normalize(t, p=1.0).T)), "numbers' sizes"),
    (named("squared", changed("cosine", lambda v, t: v @ (t.T / (t * t).sum(1)))), "by the square"),
    (named("root", changed("cosine", lambda v, t: v @ (t.T / t.norm(dim=1) ** 0.5))), "by the ro"),
    (named("multiplied", changed("cosine", lambda v, t: v @ (t.T * t.norm(dim=1)))), "multiplied"),
    (named("columns_for_dot", changed("dot", lambda v, t: v @ normalize(t, dim=0).T)),
     "normalised along columns"),
    (named("smallest_dot", changed("dot", lambda v, t: -v @ t.T)), "these are the smallest"),
    (distances("largest", lambda v, t: -torch.cdist(v, t, p=torch.inf)), "difference of single"),
    (distances("not_squared", lambda v, t: 2 * v @ t.T - t.norm(dim=1)), "|t| is not squared"),
    (distances("sign", lambda v, t: 2 * v @ t.T + (t * t).sum(1)), "is the other one"),
    (distances("shortest", lambda v, t: -t.norm(dim=1).expand(len(v), -1)), "v.t is missing"),
    (distances("cancel", lambda v, t: -(v[:, None] - t).sum(2).abs()), "so they cancel"),
    (distances("lengths", lambda v, t: -(v.norm(dim=1)[:, None] - t.norm(dim=1)).abs()),
     "only the lengths"),
    (itself_left_out, "the vector itself is left out"),
    (five, "five neighbours"),
    (one, "one neighbour"),
    (one_too_many, "one too many"),
    (along_the_table, "along dim=0"),
    (reshaped("by_number", lambda ids, t, v: ids.sort(1).values), "sorted by size"),
    (reshaped("from_one", lambda ids, t, v: ids + 1), "too high by 1"),
    (reshaped("nearest_alone", lambda ids, t, v: ids[:, 0]), "one number for each vector"),
    (reshaped("first_alone", lambda ids, t, v: ids[0]), "only the first vector's"),
    (reshaped("flat", lambda ids, t, v: ids.flatten()), "in one dimension"),
    (reshaped("rows", lambda ids, t, v: t[ids]), "the rows themselves"),
    (reshaped("lists", lambda ids, t, v: ids.tolist()), "return a tensor of ids"),
    (reshaped("bytes", lambda ids, t, v: ids.byte()), "int64, not torch.uint8"),
    (reshaped("one_too_few", lambda ids, t, v: ids[:, :-1]), "one too few"),
    (distances("softmax", lambda v, t: (-torch.cdist(v, t)).softmax(0)), "mixes the vectors"),
    (distances("over_the_rows", lambda v, t: -(v[:, None] - t).norm(dim=1)), "the sum runs over"),
    (flat_for_one_vector, "the shape should be (n, k): here (1, 2)"),
]  # fmt: skip
