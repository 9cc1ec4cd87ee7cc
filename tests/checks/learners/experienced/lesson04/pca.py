import numpy as np
import torch


def right_svd(points, k=2):
    centred = points - points.mean(dim=0)
    _, _, rows = torch.linalg.svd(centred, full_matrices=False)
    return centred @ rows[:k].T


def right_covariance(points, k=2):
    centred = points - points.mean(0, keepdim=True)
    _, directions = torch.linalg.eigh(centred.T @ centred / len(points))
    return centred @ directions.flip(1)[:, :k]


def right_scaled_u(points, k=2):
    u, s, _ = torch.linalg.svd(points.double() - points.double().mean(0), full_matrices=False)
    return (u[:, :k] * s[:k]).to(points.dtype)


def right_gram(points, k=2):
    n = len(points)
    centre = torch.eye(n, dtype=torch.float64) - 1 / n
    gram = centre @ points.double() @ points.double().T @ centre
    values, vectors = torch.linalg.eigh(gram)
    order = values.argsort(descending=True)[:k]
    return vectors[:, order] * values[order].clamp(min=0).sqrt()


def right_numpy(points, k=2):
    array = points.detach().cpu().numpy().astype(np.float64)
    array = array - array.mean(axis=0)
    _, _, directions = np.linalg.svd(array, full_matrices=False)
    return torch.from_numpy(-array @ directions[:k].T).to(points.dtype)


def wrong_not_centred(points, k=2):
    """Forgets to centre, so the first direction points at the mean."""
    _, _, rows = torch.linalg.svd(points, full_matrices=False)
    return points @ rows[:k].T


def wrong_standardised(points, k=2):
    """Divides each column by its standard deviation, as a StandardScaler does, and not asked."""
    scaled = (points - points.mean(0)) / (points.std(0) + 1e-8)
    _, _, rows = torch.linalg.svd(scaled, full_matrices=False)
    return scaled @ rows[:k].T


def wrong_smallest(points, k=2):
    """Takes the first columns of eigh, which sorts upwards: the smallest variances."""
    centred = points - points.mean(0)
    _, directions = torch.linalg.eigh(torch.cov(centred.T))
    return centred @ directions[:, :k]


def wrong_directions(points, k=2):
    """Returns the directions, (k, d), like scikit-learn's components_, and not coordinates."""
    _, _, rows = torch.linalg.svd(points - points.mean(0), full_matrices=False)
    return rows[:k]


def wrong_unscaled_u(points, k=2):
    """Returns U without the singular values, so all components have the same spread."""
    u, _, _ = torch.linalg.svd(points - points.mean(0), full_matrices=False)
    return u[:, :k]


def wrong_vh_as_v(points, k=2):
    """Takes columns of Vh, where the directions are its rows."""
    centred = points - points.mean(0)
    _, _, v = torch.linalg.svd(centred)
    return centred @ v[:, :k]


def wrong_row_means(points, k=2):
    """Subtracts the mean of each point (dim 1) and not the mean point (dim 0)."""
    centred = points - points.mean(dim=1, keepdim=True)
    _, _, rows = torch.linalg.svd(centred, full_matrices=False)
    return centred @ rows[:k].T


def wrong_always_two(points, k=2):
    """Returns two coordinates, whatever k is."""
    centred = points - points.mean(0)
    _, _, rows = torch.linalg.svd(centred, full_matrices=False)
    return centred @ rows[:2].T


def wrong_projects_uncentred(points, k=2):
    """Finds the directions of centred points, but projects the points as they were."""
    _, _, rows = torch.linalg.svd(points - points.mean(0), full_matrices=False)
    return points @ rows[:k].T


def wrong_in_place(points, k=2):
    """Centres the caller's points in place, so that all later figures see shifted ones."""
    points -= points.mean(0)
    _, _, rows = torch.linalg.svd(points, full_matrices=False)
    return points @ rows[:k].T


def wrong_second_first(points, k=2):
    """Takes the last columns of eigh without turning them: the largest component comes last."""
    centred = points - points.mean(0)
    _, directions = torch.linalg.eigh(centred.T @ centred)
    return centred @ directions[:, -k:]


def wrong_picks_columns(points, k=2):
    """Picks the k original coordinates of largest variance instead of new directions."""
    centred = points - points.mean(0)
    return centred[:, centred.var(0).topk(k).indices]


SAYS = {
    "wrong_not_centred": "the points were not centred: subtract points.mean(0)",
    "wrong_standardised": "the points were divided by their standard",
    "wrong_smallest": "these are the components of least variance",
    "wrong_directions": "these are the components: return the points'",
    "wrong_unscaled_u": "these are U's columns alone, or whitened",
    "wrong_vh_as_v": "the columns of Vh were taken: its",
    "wrong_row_means": "the mean was taken over each point's",
    "wrong_always_two": "k is not used: there are two",
    "wrong_projects_uncentred": "the components are right, the coordinates are",
    "wrong_in_place": "the function changes its input in place",
    "wrong_second_first": "the components are in reverse order: that",
    "wrong_picks_columns": "these are the columns of largest variance",
}
