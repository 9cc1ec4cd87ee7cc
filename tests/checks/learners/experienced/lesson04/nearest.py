import numpy as np
import torch
from torch.nn import functional as F


def right_topk(vectors, table, metric, k):
    if metric == "cosine":
        scores = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    elif metric == "dot":
        scores = vectors @ table.T
    elif metric == "euclidean":
        scores = -torch.cdist(vectors, table, compute_mode="donot_use_mm_for_euclid_dist")
    else:
        raise ValueError(f"no such metric: {metric}")
    return scores.topk(k, dim=1).indices


def right_formula(vectors, table, metric, k):
    dots = torch.einsum("nd,vd->nv", vectors.double(), table.double())
    lengths = torch.linalg.vector_norm(table.double(), dim=1)
    distance = {
        "cosine": -dots / lengths.clamp(min=1e-12),  # a vector's own length changes no order
        "dot": -dots,
        "euclidean": lengths**2 - 2 * dots,
    }[metric]
    return distance.argsort(dim=1, stable=True)[:, :k]


def right_one_by_one(vectors, table, metric, k):
    found = []
    for vector in vectors:
        if metric == "cosine":
            score = F.cosine_similarity(vector[None], table, dim=1)
        elif metric == "dot":
            score = table.mv(vector)
        else:
            score = -(table - vector).pow(2).sum(1)
        found.append(score.sort(descending=True).indices[:k])
    return torch.stack(found)


def right_numpy(vectors, table, metric, k):
    v = vectors.detach().cpu().numpy().astype(np.float64)
    t = table.detach().cpu().numpy().astype(np.float64)
    if metric == "euclidean":
        far = np.stack([np.linalg.norm(t - one, axis=1) for one in v])
    else:
        far = -np.inner(v, t)
    if metric == "cosine":
        far = far / np.maximum(np.linalg.norm(t, axis=1), 1e-12)
    return torch.from_numpy(np.argsort(far, axis=1, kind="stable")[:, :k].copy())


def wrong_half_cosine(vectors, table, metric, k):
    """Normalises the vectors but not the table: its cosine ranks like the dot product."""
    if metric == "cosine":
        vectors = F.normalize(vectors, dim=1)
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k, largest=False).indices
    return (vectors @ table.T).topk(k).indices


def wrong_normalise_columns(vectors, table, metric, k):
    """Normalises along dim 0, each column of the table, instead of each row."""
    if metric == "cosine":
        scores = F.normalize(vectors, dim=0) @ F.normalize(table, dim=0).T
    elif metric == "dot":
        scores = vectors @ table.T
    else:
        scores = -torch.cdist(vectors, table)
    return scores.topk(k).indices


def wrong_farthest(vectors, table, metric, k):
    """Takes the largest distances: by euclidean distance the farthest rows are returned."""
    if metric == "cosine":
        scores = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    elif metric == "dot":
        scores = vectors @ table.T
    else:
        scores = torch.cdist(vectors, table)
    return scores.topk(k).indices


def wrong_no_last_term(vectors, table, metric, k):
    """Forgets the rows' squared length in the distance, which then ranks like the dot product."""
    dots = vectors @ table.T
    if metric == "cosine":
        dots = dots / table.norm(dim=1)
    if metric == "euclidean":
        dots = -((vectors**2).sum(1, keepdim=True) - 2 * dots)
    return dots.topk(k).indices


def wrong_values(vectors, table, metric, k):
    """Returns the scores of the nearest rows and not their numbers."""
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k, largest=False)[0]
    if metric == "cosine":
        vectors, table = F.normalize(vectors, dim=1), F.normalize(table, dim=1)
    return (vectors @ table.T).topk(k)[0]


def wrong_skips_first(vectors, table, metric, k):
    """Drops the nearest row as "the word itself", which nobody asked for."""
    if metric == "euclidean":
        scores = -torch.cdist(vectors, table)
    elif metric == "cosine":
        scores = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    else:
        scores = vectors @ table.T
    return scores.topk(k + 1).indices[:, 1:]


def wrong_nearest_last(vectors, table, metric, k):
    """Cuts the last k of an ascending argsort, so the nearest row comes last, not first."""
    if metric == "euclidean":
        scores = -torch.cdist(vectors, table)
    elif metric == "cosine":
        scores = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    else:
        scores = vectors @ table.T
    return scores.argsort(dim=1)[:, -k:]


def wrong_transposed(vectors, table, metric, k):
    """Puts the table's rows first and forgets to turn the result: (k, n) instead of (n, k)."""
    if metric == "euclidean":
        scores = -torch.cdist(table, vectors)
    elif metric == "cosine":
        scores = F.normalize(table, dim=1) @ F.normalize(vectors, dim=1).T
    else:
        scores = table @ vectors.T
    return scores.topk(k, dim=0).indices


def wrong_other_name(vectors, table, metric, k):
    """Asks for "dot_product", so "dot" falls through to the euclidean distance."""
    if metric == "cosine":
        scores = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    elif metric == "dot_product":
        scores = vectors @ table.T
    else:
        scores = -torch.cdist(vectors, table)
    return scores.topk(k).indices


def wrong_changes_table(vectors, table, metric, k):
    """Normalises the caller's table in place: all later look-ups see rows of length 1."""
    if metric == "cosine":
        table /= table.norm(dim=1, keepdim=True)
        return (vectors @ table.T).topk(k).indices
    if metric == "dot":
        return (vectors @ table.T).topk(k).indices
    return torch.cdist(vectors, table).topk(k, largest=False).indices


def wrong_squeezed(vectors, table, metric, k):
    """Squeezes the result, so k = 1 gives (n,) and one vector gives (k,)."""
    if metric == "euclidean":
        scores = -torch.cdist(vectors, table)
    elif metric == "cosine":
        scores = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    else:
        scores = vectors @ table.T
    return scores.topk(k).indices.squeeze()


def wrong_no_pairs(vectors, table, metric, k):
    """Multiplies vectors and table item by item, without an axis for pairs: shapes do not fit."""
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k, largest=False).indices
    if metric == "cosine":
        return F.cosine_similarity(vectors, table, dim=1).topk(k).indices
    return (vectors * table).sum(1).topk(k).indices


SAYS = {
    "wrong_half_cosine": "these are by dot product, so long",
    "wrong_normalise_columns": "normalised along the wrong dimension: each row",
    "wrong_farthest": "these are the farthest: a small distance",
    "wrong_no_last_term": "these are by dot product: the Euclidean",
    "wrong_values": "these are values: return the ids, topk(k).indices",
    "wrong_skips_first": "the nearest itself is left out",
    "wrong_nearest_last": "the order is the wrong way round",
    "wrong_transposed": "the result is transposed: (n, k), one",
    "wrong_other_name": "these are by Euclidean distance, not by",
    "wrong_changes_table": "the function changes its input in place",
    "wrong_squeezed": "one number for each vector came back",
    "wrong_no_pairs": "sizes 12 and 40 stand in the",
}
