import numpy as np
import torch
from torch.nn import functional as F


def right_normalise(vectors, table):
    cosines = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    return table[cosines.argmax(dim=1)]


def right_one_by_one(vectors, table):
    out = torch.empty(len(vectors), table.shape[1], dtype=table.dtype, device=table.device)
    for i, vector in enumerate(vectors):
        out[i] = table[torch.cosine_similarity(vector.unsqueeze(0), table).argmax()]
    return out


def right_einsum(vectors, table):
    dots = torch.einsum("ld,vd->lv", vectors, table)
    ids = (dots / table.norm(dim=1).clamp(min=1e-12)).topk(1).indices.flatten()
    return F.embedding(ids, table)


def right_numpy(vectors, table):
    v, t = vectors.detach().double().cpu().numpy(), table.detach().double().cpu().numpy()
    cosines = v @ (t / np.maximum(np.linalg.norm(t, axis=1, keepdims=True), 1e-12)).T
    return table.index_select(0, torch.from_numpy(cosines.argmax(axis=1)))


def right_distance_of_directions(vectors, table):
    near = torch.cdist(
        F.normalize(vectors.double(), dim=1),
        F.normalize(table.double(), dim=1),
        compute_mode="donot_use_mm_for_euclid_dist",
    )
    return torch.stack([table[i] for i in near.argmin(dim=-1).tolist()])


def wrong_dot_product(vectors, table):
    """Looks by dot product, where the longest rows win, and not by cosine."""
    return table[(vectors @ table.T).argmax(dim=1)]


def wrong_euclidean(vectors, table):
    """Looks by Euclidean distance, which prefers short rows, and not by cosine."""
    return table[torch.cdist(vectors, table).argmin(dim=1)]


def wrong_unit_rows(vectors, table):
    """Returns the normalised row, of length 1, and not the table's own."""
    table = F.normalize(table, dim=1)
    return table[(F.normalize(vectors, dim=1) @ table.T).argmax(dim=1)]


def wrong_ids(vectors, table):
    """Returns the numbers of the nearest rows and not the rows."""
    return (F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T).argmax(dim=1)


def wrong_keeps_length(vectors, table):
    """Stretches the found row to the length of the soft token: no row of the table any more."""
    table_directions = F.normalize(table, dim=1)
    ids = (F.normalize(vectors, dim=1) @ table_directions.T).argmax(dim=1)
    return table_directions[ids] * vectors.norm(dim=1, keepdim=True)


def wrong_dim(vectors, table):
    """Takes argmax over the vectors (dim 0): a soft token for every word, not the reverse."""
    cosines = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    return table[cosines.argmax(dim=0)]


def wrong_one_norm(vectors, table):
    """Divides by the norm of the whole table, one number, so the rows keep their lengths."""
    cosines = (vectors / vectors.norm()) @ (table / table.norm()).T
    return table[cosines.argmax(dim=1)]


def wrong_extra_axis(vectors, table):
    """Looks up with (length, 1) indices, which gives (length, 1, d_model)."""
    cosines = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    return table[cosines.topk(1, dim=1).indices]


def wrong_in_place(vectors, table):
    """Writes the rows over the caller's vectors, so the trained soft prompt is lost."""
    cosines = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    vectors[:] = table[cosines.argmax(dim=1)]
    return vectors


def wrong_argmin(vectors, table):
    """Takes the smallest cosine, as if it were a distance: the most opposite row."""
    cosines = F.cosine_similarity(vectors[:, None], table[None], dim=-1)
    return table[cosines.argmin(dim=1)]


def wrong_one_for_all(vectors, table):
    """Snaps the mean of the vectors and gives every soft token the same row."""
    cosines = F.cosine_similarity(vectors.mean(dim=0, keepdim=True), table)
    return table[cosines.argmax()].expand(len(vectors), -1)


SAYS = {
    "wrong_dot_product": "the nearest by dot product was taken",
    "wrong_euclidean": "the nearest by Euclidean distance was taken",
    "wrong_unit_rows": "the rows are scaled to length 1",
    "wrong_ids": "these are ids: return their rows, table[ids]",
    "wrong_keeps_length": "the rows have the vectors' lengths: return",
    "wrong_dim": "the largest was taken along dim=0, which",
    "wrong_one_norm": "the nearest by dot product was taken",
    "wrong_extra_axis": "a dimension of size 1 is left",
    "wrong_in_place": "the function changes its input in place",
    "wrong_argmin": "these are the least similar rows: a",
    "wrong_one_for_all": "one row stands for all vectors: look",
}
