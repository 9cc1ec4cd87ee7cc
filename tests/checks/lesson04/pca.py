"""Answers to ``pca``."""

import torch
from sklearn.decomposition import PCA
from torch.nn.functional import normalize


def by_svd(points, k=2):
    centred = points - points.mean(0)
    return centred @ torch.linalg.svd(centred, full_matrices=False).Vh[:k].T


def by_eigenvectors(points, k=2):
    centred = points - points.mean(dim=0, keepdim=True)
    vectors = torch.linalg.eigh(centred.T @ centred / len(points)).eigenvectors
    return -centred @ vectors.flip(1)[:, :k]


def by_scikit_learn(points, k=2):
    return PCA(k).fit_transform(points.numpy())


def by_u_and_s(points, k=2):
    u, s, _ = torch.linalg.svd(points - points.mean(0), full_matrices=False)
    return u[:, :k] * s[:k]


def by_torch(points, k=2):
    vectors = torch.pca_lowrank(points, q=k)[2]
    return (points - points.mean(0)) @ vectors


def not_centred(points, k=2):
    return points @ torch.linalg.svd(points, full_matrices=False).Vh[:k].T


def projection_not_centred(points, k=2):
    centred = points - points.mean(0)
    return points @ torch.linalg.svd(centred, full_matrices=False).Vh[:k].T


def whitened(points, k=2):
    return torch.from_numpy(PCA(k, whiten=True).fit_transform(points.numpy()))


def u_alone(points, k=2):
    return torch.linalg.svd(points - points.mean(0), full_matrices=False).U[:, :k]


def standardised(points, k=2):
    return by_svd((points - points.mean(0)) / points.std(0), k)


def unit_points(points, k=2):
    return by_svd(normalize(points, dim=1), k)


def components(points, k=2):
    return torch.linalg.svd(points - points.mean(0), full_matrices=False).Vh[:k]


def components_in_columns(points, k=2):
    return components(points, k).T


def smallest_by_eigh(points, k=2):
    centred = points - points.mean(0)
    return centred @ torch.linalg.eigh(centred.T @ centred).eigenvectors[:, :k]


def last_of_svd(points, k=2):
    centred = points - points.mean(0)
    return centred @ torch.linalg.svd(centred, full_matrices=False).Vh[-k:].T


def columns_swapped(points, k=2):
    return by_svd(points, k).flip(1)


def eigh_from_the_end(points, k=2):
    centred = points - points.mean(0)
    return centred @ torch.linalg.eigh(centred.T @ centred).eigenvectors[:, -k:]


def mean_of_each_point(points, k=2):
    centred = points - points.mean(1, keepdim=True)
    return centred @ torch.linalg.svd(centred, full_matrices=False).Vh[:k].T


def one_mean(points, k=2):
    centred = points - points.mean()
    return centred @ torch.linalg.svd(centred, full_matrices=False).Vh[:k].T


def first_columns(points, k=2):
    return (points - points.mean(0))[:, :k]


def k_ignored(points, k=2):
    return by_svd(points, 2)


def all_components(points, k=2):
    return by_svd(points, points.shape[1])


def transposed(points, k=2):
    return by_svd(points, k).T


def divided(points, k=2):
    return by_svd(points, k) / (len(points) - 1) ** 0.5


def multiplied_twice(points, k=2):
    s = torch.linalg.svdvals(points - points.mean(0))
    return by_svd(points, k) * s[:k]


def centred_in_place(points, k=2):
    points -= points.mean(0)
    return by_svd(points, k)


def model_returned(points, k=2):
    return PCA(k).fit(points.numpy())


RIGHT = [by_svd, by_eigenvectors, by_scikit_learn, by_u_and_s, by_torch]
WRONG = [
    (not_centred, "were not centred"),
    (projection_not_centred, "the coordinates are not centred"),
    (whitened, "whitened"),
    (u_alone, "whitened"),
    (standardised, "standard deviations"),
    (unit_points, "scaled to length 1"),
    (components, "these are the components"),
    (components_in_columns, "these are the components"),
    (smallest_by_eigh, "least variance"),
    (last_of_svd, "least variance"),
    (columns_swapped, "reverse order"),
    (eigh_from_the_end, "reverse order"),
    (mean_of_each_point, "over each point's numbers"),
    (one_mean, "one mean"),
    (first_columns, "first columns of the points"),
    (k_ignored, "the shape is wrong"),
    (all_components, "the shape is wrong"),
    (transposed, "the shape is wrong"),
    (divided, "divided by sqrt"),
    (multiplied_twice, "once too often"),
    (centred_in_place, "changes its input in place"),
    (model_returned, "return a tensor"),
]
