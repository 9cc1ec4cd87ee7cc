"""Answers to ``snap``."""

import torch
from torch.nn.functional import cosine_similarity, embedding, normalize

from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model import forward
from course_utils.model.tiny import tiny_model


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


def cosines(vectors, table):
    return normalize(vectors, dim=1) @ normalize(table, dim=1).T


def changed(name, change):
    """A wrong answer; ``change`` takes the right rows, the vectors and the table."""

    def wrong(vectors, table):
        return change(usual(vectors, table), vectors, table)

    wrong.__name__ = name
    return wrong


def chosen(name, score):
    """A wrong answer: the rows of the largest score of vectors and table."""

    def wrong(vectors, table):
        return table[score(vectors, table).argmax(1)]

    wrong.__name__ = name
    return wrong


def itself_left_out(vectors, table):
    equal = (vectors[:, None] == table).all(2)
    return table[cosines(vectors, table).masked_fill(equal, -9).argmax(1)]


def five(vectors, table):
    return table[cosines(vectors, table).topk(5).indices]


def flat_argmax(vectors, table):
    return table[cosines(vectors, table).argmax() % len(table)].repeat(len(vectors), 1)


def flat_for_one_vector(vectors, table):
    return usual(vectors, table).squeeze(0)


def NEXT(answer):
    """The rows become a soft prompt, behind which a model answers."""
    model = tiny_model()
    table = model.get_input_embeddings().weight.detach().clone()
    vectors = table[[5, 9, 7]] + 0.01 * torch.randn(3, 32)
    soft_prompt = SoftPrompt(answer(vectors, table))
    assert torch.allclose(soft_prompt.embedding.detach(), table[[5, 9, 7]])
    add_soft_prompt(model, soft_prompt)
    assert forward.embed(model, torch.tensor([[3, 4]])).shape == (1, 5, 32)


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
    (pair_returned, "two things came back"),
    (extra_dimension, "a dimension of size 1"),
    (best_of_all, "only one row came back"),
    (in_place, "changes its input in place"),
    (itself_left_out, "the vector itself is left out"),
    (five, "several neighbours"),
    (flat_argmax, "argmax without dim"),
    (flat_for_one_vector, "the shape should be that of the vectors"),
    (chosen("farthest", torch.cdist), "the largest distance"),
    (chosen("absolute", lambda v, t: cosines(v, t).abs()), "sign of the cosine"),
    (chosen("squared", lambda v, t: v @ (t.T / (t * t).sum(1))), "by the square"),
    (chosen("by_sum", lambda v, t: v @ normalize(t, p=1.0).T), "numbers' sizes"),
    (changed("multiplied", lambda x, v, t: x * v.norm(dim=1, keepdim=True)), "are multiplied"),
    (changed("projected", lambda x, v, t: (v * x).sum(1, True) / (v * v).sum(1, True) * v),
     "projections"),
    (changed("one_length", lambda x, v, t: normalize(x, dim=1) * t.norm(dim=1).mean()), "common l"),
    (changed("softmax", lambda x, v, t: t[cosines(v, t).softmax(0).argmax(1)]), "mixes the"),
    (changed("beside", lambda x, v, t: t[cosines(v, t).argmax(1) - 1]), "off by 1"),
    (changed("rounded", lambda x, v, t: x.bfloat16()), "were rounded"),
    (changed("whole", lambda x, v, t: t), "the whole table"),
    (changed("along_the_table", lambda x, v, t: t[cosines(v, t).argmax(0)]), "along dim=0"),
    (changed("unique", lambda x, v, t: x.unique(dim=0)), "once alone"),
    (changed("flat", lambda x, v, t: x.flatten()), "in one dimension"),
    (changed("columns", lambda x, v, t: x.T), "came back as columns"),
    (changed("difference", lambda x, v, t: v - x), "this is the difference"),
    (changed("mean", lambda x, v, t: t[cosines(v, t).topk(5).indices].mean(1)), "of several rows"),
    (changed("average", lambda x, v, t: cosines(v, t).softmax(1) @ t), "average of all"),
    (changed("cosines", lambda x, v, t: cosines(v, t).amax(1)), "the cosines themselves"),
    (changed("of_vectors", lambda x, v, t: v[cosines(v, t).argmax(1)]), "choose rows of `v"),
    (changed("of_columns", lambda x, v, t: t[:, cosines(v, t).argmax(1)]), "choose columns"),
]  # fmt: skip
