import numpy as np
import torch
import torch.nn.functional as F


def right_matmul(vectors, table, metric, k):
    if metric == "cosine":
        scores = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    elif metric == "dot":
        scores = vectors @ table.T
    else:
        scores = -torch.cdist(vectors, table)
    return scores.topk(k, dim=1).indices


def right_formula(vectors, table, metric, k):
    dots = torch.einsum("nd,vd->nv", vectors, table)
    squares = table.pow(2).sum(1)
    far = {"cosine": -dots / squares.sqrt(), "dot": -dots, "euclidean": squares - 2 * dots}
    return far[metric].argsort(dim=1)[:, :k]


def right_one_by_one(vectors, table, metric, k):
    found = []
    for vector in vectors:
        if metric == "cosine":
            score = F.cosine_similarity(vector[None], table, dim=1)
        elif metric == "dot":
            score = torch.mv(table, vector)
        elif metric == "euclidean":
            score = -(table - vector).norm(dim=1)
        found.append(torch.topk(score, k)[1])
    return torch.stack(found)


def right_numpy(vectors, table, metric, k):
    v, t = (x.detach().cpu().numpy().astype(np.float64) for x in (vectors, table))
    dots, lengths = v @ t.T, np.linalg.norm(t, axis=1)
    if metric == "cosine":
        dots = dots / np.maximum(lengths, 1e-12)
    if metric == "euclidean":
        dots = dots - lengths**2 / 2
    return torch.from_numpy(np.argsort(-dots, axis=1, kind="stable")[:, :k].copy())


def right_double(vectors, table, metric, k):
    match metric:
        case "cosine":
            v, t = F.normalize(vectors.double()), F.normalize(table.double())
        case _:
            v, t = vectors.double(), table.double()
    if metric == "dot":
        return (v @ t.mT).sort(descending=True).indices[:, :k]
    return torch.cdist(v, t).topk(k, largest=False).indices


def right_lookup(vectors, table, metric, k):
    score = {
        "dot": lambda t: vectors @ t.T,
        "cosine": lambda t: vectors @ (t / t.norm(dim=1, keepdim=True)).T,
        "euclidean": lambda t: vectors @ t.T - (t * t).sum(1) / 2,
    }[metric]
    return torch.topk(score(table), k=k, dim=-1, largest=True, sorted=True).indices


def wrong_farthest(vectors, table, metric, k):
    """Takes the largest distances, so euclidean gives the farthest rows."""
    scores = {
        "cosine": F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T,
        "dot": vectors @ table.T,
        "euclidean": torch.cdist(vectors, table),
    }[metric]
    return scores.topk(k, dim=1).indices


def wrong_table_not_normalised(vectors, table, metric, k):
    """Normalises only the vectors for the cosine, so long rows win as with the dot product."""
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k, largest=False).indices
    if metric == "cosine":
        vectors = F.normalize(vectors, dim=1)
    return (vectors @ table.T).topk(k).indices


def wrong_dot_normalised(vectors, table, metric, k):
    """Normalises for the dot product too, which makes it the cosine."""
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k, largest=False).indices
    scores = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    return scores.topk(k).indices


def wrong_last_term_missing(vectors, table, metric, k):
    """Leaves out the last term of the distance, so euclidean ranks as the dot product does."""
    if metric == "cosine":
        vectors, table = F.normalize(vectors, dim=1), F.normalize(table, dim=1)
    dots = vectors @ table.T
    if metric == "euclidean":
        dots = 2 * dots - (vectors**2).sum(1, keepdim=True)
    return dots.topk(k).indices


def wrong_norm_not_squared(vectors, table, metric, k):
    """Takes the norm of the rows where the distance has its square."""
    if metric == "cosine":
        vectors, table = F.normalize(vectors, dim=1), F.normalize(table, dim=1)
    dots = vectors @ table.T
    if metric == "euclidean":
        dots = 2 * dots - table.norm(dim=1)
    return dots.topk(k).indices


def wrong_factor_two(vectors, table, metric, k):
    """Forgets the factor 2 before the product in the distance."""
    if metric == "cosine":
        vectors, table = F.normalize(vectors, dim=1), F.normalize(table, dim=1)
    dots = vectors @ table.T
    if metric == "euclidean":
        dots = dots - table.pow(2).sum(1)
    return dots.topk(k).indices


def wrong_normalised_columns(vectors, table, metric, k):
    """Normalises the columns (dim=0) for the cosine, not the rows."""
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k, largest=False).indices
    if metric == "cosine":
        vectors, table = F.normalize(vectors, dim=0), F.normalize(table, dim=0)
    return (vectors @ table.T).topk(k).indices


def wrong_values(vectors, table, metric, k):
    """Returns the similarities, not the row numbers."""
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k, largest=False).values
    if metric == "cosine":
        vectors, table = F.normalize(vectors, dim=1), F.normalize(table, dim=1)
    return (vectors @ table.T).topk(k).values


def wrong_skips_the_first(vectors, table, metric, k):
    """Leaves out the nearest row, as if it were always the vector itself."""
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k + 1, largest=False).indices[:, 1:]
    if metric == "cosine":
        vectors, table = F.normalize(vectors, dim=1), F.normalize(table, dim=1)
    return (vectors @ table.T).topk(k + 1).indices[:, 1:]


def wrong_nearest_last(vectors, table, metric, k):
    """Sorts upwards and takes the end, so the nearest row comes last."""
    if metric == "cosine":
        vectors, table = F.normalize(vectors, dim=1), F.normalize(table, dim=1)
    scores = -torch.cdist(vectors, table) if metric == "euclidean" else vectors @ table.T
    return scores.argsort(dim=1)[:, -k:]


def wrong_transposed(vectors, table, metric, k):
    """Returns (k, n): one column for each vector instead of one row."""
    if metric == "cosine":
        vectors, table = F.normalize(vectors, dim=1), F.normalize(table, dim=1)
    scores = -torch.cdist(table, vectors) if metric == "euclidean" else table @ vectors.T
    return scores.topk(k, dim=0).indices


def wrong_always_cosine(vectors, table, metric, k):
    """Ignores the metric and always uses the cosine."""
    scores = F.normalize(vectors, dim=1) @ F.normalize(table, dim=1).T
    return scores.topk(k).indices


def wrong_distance_of_directions(vectors, table, metric, k):
    """Normalises before the distance too, so euclidean ranks as the cosine does."""
    if metric != "dot":
        vectors, table = F.normalize(vectors, dim=1), F.normalize(table, dim=1)
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k, largest=False).indices
    return (vectors @ table.T).topk(k).indices


def wrong_in_place(vectors, table, metric, k):
    """Normalises the caller's table and vectors in place, so later look-ups are wrong."""
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k, largest=False).indices
    if metric == "cosine":
        vectors /= vectors.norm(dim=1, keepdim=True)
        table /= table.norm(dim=1, keepdim=True)
    return (vectors @ table.T).topk(k).indices


def wrong_keepdim(vectors, table, metric, k):
    """Forgets keepdim=True, so dividing rows by their lengths raises a shape error."""
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k, largest=False).indices
    if metric == "cosine":
        table = table / table.norm(dim=1)
    return (vectors @ table.T).topk(k).indices


def wrong_first_vector(vectors, table, metric, k):
    """Returns within the loop: the neighbours of the first vector only."""
    for vector in vectors:
        if metric == "cosine":
            return F.cosine_similarity(vector[None], table).topk(k).indices
        if metric == "dot":
            return (table @ vector).topk(k).indices
        return (table - vector).norm(dim=1).topk(k, largest=False).indices


def wrong_absolute_cosine(vectors, table, metric, k):
    """Takes the absolute cosine, so rows in the opposite direction count as near."""
    if metric == "euclidean":
        return torch.cdist(vectors, table).topk(k, largest=False).indices
    if metric == "dot":
        return (vectors @ table.T).topk(k).indices
    return (F.normalize(vectors) @ F.normalize(table).T).abs().topk(k).indices


def wrong_manhattan(vectors, table, metric, k):
    """Adds up absolute differences (p=1), which is not the Euclidean distance."""
    if metric == "euclidean":
        return torch.cdist(vectors, table, p=1).topk(k, largest=False).indices
    if metric == "cosine":
        vectors, table = F.normalize(vectors, dim=1), F.normalize(table, dim=1)
    return (vectors @ table.T).topk(k).indices


def wrong_five(vectors, table, metric, k):
    """Always returns the lesson's five neighbours."""
    if metric == "cosine":
        vectors, table = F.normalize(vectors, dim=1), F.normalize(table, dim=1)
    scores = -torch.cdist(vectors, table) if metric == "euclidean" else vectors @ table.T
    return scores.topk(5).indices


SAYS = {
    "wrong_farthest": "these are the farthest",
    "wrong_table_not_normalised": "needs the table's rows normalised, too",
    "wrong_dot_normalised": "these are by cosine",
    "wrong_last_term_missing": "has |t|^2 as well",
    "wrong_norm_not_squared": "|t| is not squared",
    "wrong_factor_two": "the 2 is missing",
    "wrong_normalised_columns": "along the wrong dimension",
    "wrong_values": "these are values",
    "wrong_skips_the_first": "the nearest itself is left out",
    "wrong_nearest_last": "the wrong way round",
    "wrong_transposed": "the result is transposed",
    "wrong_always_cosine": "these are by cosine",
    "wrong_distance_of_directions": "these are by cosine",
    "wrong_in_place": "changes its input in place",
    "wrong_keepdim": "keepdim=True",
    "wrong_first_vector": "only the first vector's neighbours",
    "wrong_absolute_cosine": "sign of the cosine is lost",
    "wrong_manhattan": "the Manhattan distance",
    "wrong_five": "five neighbours came back",
}
