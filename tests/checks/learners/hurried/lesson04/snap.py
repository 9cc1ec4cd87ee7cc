import numpy as np
import torch
import torch.nn.functional as F


def _nearest(vectors, table, metric, k):
    if metric == "cosine":
        vectors, table = F.normalize(vectors, dim=1), F.normalize(table, dim=1)
    scores = -torch.cdist(vectors, table) if metric == "euclidean" else vectors @ table.T
    return scores.topk(k, dim=1).indices


def right_with_nearest(vectors, table):
    return table[_nearest(vectors, table, "cosine", 1)[:, 0]]


def right_argmax(vectors, table):
    return table[(F.normalize(vectors, dim=-1) @ F.normalize(table, dim=-1).T).argmax(dim=-1)]


def right_one_by_one(vectors, table):
    rows = []
    for vector in vectors:
        rows.append(table[F.cosine_similarity(vector, table, dim=-1).argmax()])
    return torch.stack(rows)


def right_numpy(vectors, table):
    v, t = vectors.detach().cpu().numpy(), table.detach().cpu().numpy()
    cosines = (v @ t.T) / np.maximum(np.linalg.norm(t, axis=1), 1e-12)
    return torch.from_numpy(t[cosines.argmax(axis=1)])


def right_only_the_table(vectors, table):
    directions = table / table.norm(dim=1, keepdim=True)
    ids = torch.einsum("vd,ld->vl", directions, vectors).max(dim=0).indices
    return F.embedding(ids, table)


def right_by_distance(vectors, table):
    distance = torch.cdist(F.normalize(vectors.double()), F.normalize(table.double()))
    return torch.index_select(table, dim=0, index=distance.argmin(1)).clone()


def right_python(vectors, table):
    out = torch.empty_like(vectors, dtype=table.dtype)
    lengths = table.norm(dim=1).clamp(min=1e-9)
    for i, vector in enumerate(vectors):
        out[i] = table[max(enumerate((table @ vector / lengths).tolist()), key=lambda x: x[1])[0]]
    return out


def wrong_ids(vectors, table):
    """Returns the numbers of the rows, not the rows."""
    return (F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T).argmax(dim=1)


def wrong_dot(vectors, table):
    """Finds the nearest row by dot product, so long rows win."""
    return table[(vectors @ table.T).argmax(dim=1)]


def wrong_euclidean(vectors, table):
    """Finds the nearest row by distance, not by cosine."""
    return table[torch.cdist(vectors, table).argmin(dim=1)]


def wrong_unit_rows(vectors, table):
    """Returns rows scaled to length 1, not the table's own."""
    table = F.normalize(table, dim=1)
    return table[(F.normalize(vectors, dim=1) @ table.T).argmax(dim=1)]


def wrong_table_not_normalised(vectors, table):
    """Normalises the vectors alone, which leaves the ranking that of the dot product."""
    return table[(F.normalize(vectors, dim=1) @ table.T).argmax(dim=1)]


def wrong_normalised_columns(vectors, table):
    """Normalises columns (dim=0) instead of rows."""
    return table[(F.normalize(vectors, dim=0) @ F.normalize(table, dim=0).T).argmax(dim=1)]


def wrong_nearest_to_mean(vectors, table):
    """Snaps the mean of the prompt and repeats that one row."""
    row = table[F.cosine_similarity(vectors.mean(0, keepdim=True), table).argmax()]
    return row.repeat(len(vectors), 1)


def wrong_argmin(vectors, table):
    """Takes the smallest cosine, as if it were a distance."""
    return table[(F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T).argmin(dim=1)]


def wrong_length_kept(vectors, table):
    """Gives the rows the lengths of the soft tokens, so they are not the table's own."""
    rows = table[(F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T).argmax(dim=1)]
    return F.normalize(rows, dim=1) * vectors.norm(dim=1, keepdim=True)


def wrong_unique(vectors, table):
    """Returns each row found only once and in the table's order, so tokens go missing."""
    ids = (F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T).argmax(dim=1)
    return table[ids.unique()]


def wrong_dim_0(vectors, table):
    """Takes the maximum over the vectors, so it finds one vector for each row of the table."""
    return table[(F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T).argmax(dim=0)]


def wrong_flat_argmax(vectors, table):
    """Forgets dim: the place in the flattened matrix is no row number (mostly an IndexError)."""
    cosines = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    return table[cosines.argmax()].expand(len(vectors), -1)


def wrong_in_place(vectors, table):
    """Writes the rows into the caller's vectors, so the soft prompt itself is lost."""
    for i in range(len(vectors)):
        vectors[i] = table[F.cosine_similarity(vectors[i : i + 1], table).argmax()]
    return vectors


def wrong_extra_dimension(vectors, table):
    """Keeps the dimension of k = 1: (length, 1, d_model)."""
    return table[_nearest(vectors, table, "cosine", 1)]


def wrong_second_nearest(vectors, table):
    """Leaves out the nearest row as if it were the vector itself, and takes the second."""
    return table[_nearest(vectors, table, "cosine", 2)[:, 1]]


def wrong_mean_of_five(vectors, table):
    """Averages the five nearest rows, which gives no row of the table."""
    return table[_nearest(vectors, table, "cosine", 5)].mean(dim=1)


def wrong_pair(vectors, table):
    """Returns the row numbers along with the rows, where only the rows are asked for."""
    ids = (F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T).argmax(dim=1)
    return ids, table[ids]


def wrong_table_changed(vectors, table):
    """Normalises the caller's table in place, and returns rows of length 1."""
    table /= table.norm(dim=1, keepdim=True)
    return table[(vectors @ table.T).argmax(dim=1)]


def wrong_soft_average(vectors, table):
    """Averages all rows by softmax instead of choosing one."""
    cosines = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    return cosines.softmax(dim=1) @ table


def wrong_from_vectors(vectors, table):
    """Looks the row numbers up in vectors instead of in the table (IndexError)."""
    ids = (F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T).argmax(dim=1)
    return vectors[ids]


def wrong_absolute(vectors, table):
    """Takes the absolute cosine, so a row in the opposite direction can be the nearest."""
    return table[(F.normalize(vectors) @ F.normalize(table).T).abs().argmax(dim=1)]


def wrong_first_only(vectors, table):
    """Returns within the loop: the row of the first vector only."""
    for vector in vectors:
        return table[F.cosine_similarity(vector[None], table).argmax()]


SAYS = {
    "wrong_ids": "these are ids",
    "wrong_dot": "nearest by dot product",
    "wrong_euclidean": "nearest by Euclidean distance",
    "wrong_unit_rows": "rows are scaled to length 1",
    "wrong_table_not_normalised": "normalise the table's rows",
    "wrong_normalised_columns": "along the wrong dimension",
    "wrong_nearest_to_mean": "one row stands for all vectors",
    "wrong_argmin": "the least similar rows",
    "wrong_length_kept": "rows have the vectors' lengths",
    "wrong_unique": "each row stands there once alone",
    "wrong_dim_0": "taken along dim=0",
    "wrong_flat_argmax": "argmax without dim",
    "wrong_in_place": "changes its input in place",
    "wrong_extra_dimension": "a dimension of size 1 is left",
    "wrong_second_nearest": "the second nearest rows",
    "wrong_mean_of_five": "the mean of several rows",
    "wrong_pair": "two things came back",
    "wrong_table_changed": "changes its input in place",
    "wrong_soft_average": "an average of all rows",
    "wrong_from_vectors": "the ids choose rows of `vectors`",
    "wrong_absolute": "sign of the cosine is lost",
    "wrong_first_only": "only one row came back",
}
