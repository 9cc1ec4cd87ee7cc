import numpy as np
import torch


def right_svd(points, k=2):
    centred = points - points.mean(dim=0)
    _, _, vh = torch.linalg.svd(centred, full_matrices=False)
    return centred @ vh[:k].T


def right_u_times_s(points, k=2):
    u, s, _ = torch.linalg.svd(points - points.mean(0, keepdim=True), full_matrices=False)
    return u[:, :k] * s[:k]


def right_eigh(points, k=2):
    centred = points - points.mean(0)
    _, directions = torch.linalg.eigh(centred.T @ centred / (len(points) - 1))
    return centred @ directions.flip(1)[:, :k]


def right_gram(points, k=2):
    centred = (points - points.mean(0)).double()
    values, u = torch.linalg.eigh(centred @ centred.T)
    order = values.argsort(descending=True)[:k]
    return (u[:, order] * values[order].clamp(min=0).sqrt()).to(points.dtype)


def right_numpy(points, k=2):
    x = points.detach().cpu().numpy().astype(np.float64)
    x = x - x.mean(axis=0)
    values, directions = np.linalg.eigh(np.cov(x, rowvar=False))
    best = np.argsort(values)[::-1][:k]
    return torch.from_numpy(x @ directions[:, best]).to(points)


def right_deflation(points, k=2):
    rest = (points - points.mean(0)).double()
    columns = []
    for _ in range(k):
        direction = torch.linalg.svd(rest, full_matrices=False).Vh[0]
        columns.append(rest @ direction)
        rest = rest - torch.outer(columns[-1], direction)
    return torch.stack(columns, dim=1).float()


def right_lowrank(points, k=2):
    q = min(points.shape)
    _, _, v = torch.pca_lowrank(points, q=q, center=True)
    return torch.einsum("nd,dk->nk", points - points.mean(0), v[:, :k])


def wrong_not_centred(points, k=2):
    """Does not centre, so the first direction points to the mean."""
    _, _, vh = torch.linalg.svd(points, full_matrices=False)
    return points @ vh[:k].T


def wrong_without_s(points, k=2):
    """Returns the columns of U without the singular values: all directions equally wide."""
    u, _, _ = torch.linalg.svd(points - points.mean(0), full_matrices=False)
    return u[:, :k]


def wrong_smallest(points, k=2):
    """eigh sorts upwards, so the first k are the directions of smallest variance."""
    centred = points - points.mean(0)
    _, directions = torch.linalg.eigh(centred.T @ centred)
    return centred @ directions[:, :k]


def wrong_row_means(points, k=2):
    """Subtracts each point's own mean (dim=1), not the mean point."""
    centred = points - points.mean(dim=1, keepdim=True)
    _, _, vh = torch.linalg.svd(centred, full_matrices=False)
    return centred @ vh[:k].T


def wrong_one_mean(points, k=2):
    """Subtracts the one mean of all numbers, so the columns are not centred."""
    centred = points - points.mean()
    _, _, vh = torch.linalg.svd(centred, full_matrices=False)
    return centred @ vh[:k].T


def wrong_in_place(points, k=2):
    """Centres the caller's points in place."""
    points -= points.mean(dim=0)
    _, _, vh = torch.linalg.svd(points, full_matrices=False)
    return points @ vh[:k].T


def wrong_first_columns(points, k=2):
    """Takes the first k columns, as if they were the principal components."""
    return (points - points.mean(0))[:, :k]


def wrong_directions(points, k=2):
    """Returns the directions, not the coordinates of the points along them."""
    _, _, vh = torch.linalg.svd(points - points.mean(0), full_matrices=False)
    return vh[:k]


def wrong_columns_of_vh(points, k=2):
    """Takes the columns of Vh, whose rows are the directions."""
    centred = points - points.mean(0)
    _, _, vh = torch.linalg.svd(centred)
    return centred @ vh[:, :k]


def wrong_always_two(points, k=2):
    """Ignores k and always returns two coordinates."""
    centred = points - points.mean(0)
    _, _, vh = torch.linalg.svd(centred, full_matrices=False)
    return centred @ vh[:2].T


def wrong_standardised(points, k=2):
    """Divides each column by its standard deviation, so large variance no longer counts."""
    centred = (points - points.mean(0)) / points.std(0)
    _, _, vh = torch.linalg.svd(centred, full_matrices=False)
    return centred @ vh[:k].T


def wrong_order(points, k=2):
    """Takes the last k of eigh without turning them round: the largest variance comes last."""
    centred = points - points.mean(0)
    _, directions = torch.linalg.eigh(centred.T @ centred)
    return centred @ directions[:, -k:]


def wrong_s_squared(points, k=2):
    """Multiplies U by the variances (S squared) instead of by S."""
    u, s, _ = torch.linalg.svd(points - points.mean(0), full_matrices=False)
    return u[:, :k] * s[:k] ** 2


def wrong_widest_columns(points, k=2):
    """Chooses the k columns with the largest variance, but directions may be oblique."""
    centred = points - points.mean(0)
    return centred[:, points.var(0).topk(k).indices]


def wrong_scaled(points, k=2):
    """Divides by the root of n - 1, so these are no longer the points' coordinates."""
    u, s, _ = torch.linalg.svd(points - points.mean(0), full_matrices=False)
    return u[:, :k] * s[:k] / (len(points) - 1) ** 0.5


def wrong_absolute(points, k=2):
    """Drops every point's sign; arbitrary is only the sign of a whole direction."""
    centred = points - points.mean(0)
    _, _, vh = torch.linalg.svd(centred, full_matrices=False)
    return (centred @ vh[:k].T).abs()


def wrong_transposed(points, k=2):
    """Returns (k, n) instead of (n, k)."""
    centred = points - points.mean(0)
    _, _, vh = torch.linalg.svd(centred, full_matrices=False)
    return vh[:k] @ centred.T


def wrong_rows_of_eigh(points, k=2):
    """Takes rows of the matrix of eigenvectors, whose columns are the directions."""
    centred = points - points.mean(0)
    _, directions = torch.linalg.eigh(centred.T @ centred)
    return centred @ directions.flip(1)[:k].T


def wrong_covariance_of_points(points, k=2):
    """Takes the covariance between points, not between columns, so the product raises an error."""
    centred = points - points.mean(0)
    _, directions = torch.linalg.eigh(torch.cov(centred))
    return centred @ directions.flip(1)[:, :k]


def wrong_random_projection(points, k=2):
    """Projects on random directions instead of those of largest variance."""
    directions, _ = torch.linalg.qr(torch.randn(points.shape[1], k))
    return (points - points.mean(0)) @ directions


SAYS = {
    "wrong_not_centred": "the points were not centred",
    "wrong_without_s": "these are U's columns alone",
    "wrong_smallest": "components of least variance",
    "wrong_row_means": "mean was taken over each point's numbers",
    "wrong_one_mean": "one mean was taken over all numbers",
    "wrong_in_place": "changes its input in place",
    "wrong_first_columns": "the first columns of the points",
    "wrong_directions": "these are the components",
    "wrong_columns_of_vh": "the columns of Vh were taken",
    "wrong_always_two": "k is not used",
    "wrong_standardised": "divided by their standard deviations",
    "wrong_order": "components are in reverse order",
    "wrong_s_squared": "by the singular values once too often",
    "wrong_widest_columns": "columns of largest variance",
    "wrong_scaled": "divided by sqrt(n - 1)",
    "wrong_absolute": "all numbers are positive",
    "wrong_transposed": "the result is transposed",
    "wrong_rows_of_eigh": "rows of eigh's matrix",
    "wrong_covariance_of_points": "these directions have n numbers",
    "wrong_random_projection": "nothing random belongs here",
}
