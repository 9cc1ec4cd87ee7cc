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
    return torch.from_numpy(PCA(k).fit_transform(points.numpy()))


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


def array_returned(points, k=2):
    return PCA(k).fit_transform(points.numpy())


def changed(name, change):
    """A wrong answer; ``change`` takes the right coordinates, the points and k."""

    def wrong(points, k=2):
        return change(by_svd(points, k), points, k)

    wrong.__name__ = name
    return wrong


def onto(name, directions):
    """A wrong answer: centred points along other directions, from points and k."""
    return changed(name, lambda x, p, k: (p - p.mean(0)) @ directions(p - p.mean(0), p, k))


def at_random(points, k=2):
    return (points - points.mean(0)) @ torch.randn(points.shape[1], k)


def flat_for_one(points, k=2):
    return by_svd(points, k).squeeze(1)


def NEXT(answer):
    """Groups of points are projected as one and cut apart; and 12 points of many numbers."""
    groups = [torch.randn(3, 4, 40).flatten(0, 1), torch.randn(2, 40), torch.randn(20, 40)]
    paths, few, others = answer(torch.cat(groups)).split([12, 2, 20])
    assert paths.view(3, 4, 2).shape == (3, 4, 2)
    assert dict(zip("ab", few))["b"].tolist() == few[1].tolist()
    assert torch.as_tensor(answer(groups[0])).isfinite().all() and len(others.numpy()) == 20


RIGHT = [by_svd, by_eigenvectors, by_scikit_learn, by_u_and_s, by_torch]
WRONG = [
    (not_centred, "were not centred"),
    (projection_not_centred, "the coordinates are not centred"),
    (whitened, "whitened"),
    (u_alone, "whitened"),
    (standardised, "standard deviations"),
    (unit_points, "were scaled to length 1"),
    (components, "these are the components"),
    (components_in_columns, "these are the components"),
    (smallest_by_eigh, "least variance"),
    (last_of_svd, "least variance"),
    (columns_swapped, "reverse order"),
    (eigh_from_the_end, "reverse order"),
    (mean_of_each_point, "over each point's numbers"),
    (one_mean, "one mean"),
    (first_columns, "first columns of the points"),
    (k_ignored, "k is not used"),
    (all_components, "all components came back"),
    (transposed, "is transposed"),
    (divided, "divided by sqrt"),
    (multiplied_twice, "once too often"),
    (centred_in_place, "changes its input in place"),
    (model_returned, "return a tensor"),
    (array_returned, "not an array"),
    (at_random, "nothing random"),
    (flat_for_one, "the shape was lost"),
    (onto("not_centred_before", lambda c, p, k: torch.linalg.svd(p).Vh[:k].T), "are those of po"),
    (onto("columns_of_vh", lambda c, p, k: torch.linalg.svd(c).Vh[:, :k]), "columns of Vh"),
    (onto("rows_of_eigh", lambda c, p, k: torch.linalg.eigh(c.T @ c).eigenvectors[-k:].T),
     "rows of eigh's"),
    (changed("first_left_out", lambda x, p, k: by_svd(p, k + 1)[:, 1:]), "is left out"),
    (changed("median", lambda x, p, k: not_centred(p - p.median(0).values, k)), "median was s"),
    (changed("first_point", lambda x, p, k: not_centred(p - p[0], k)), "first point was"),
    (changed("widest", lambda x, p, k: p[:, p.var(0).topk(k).indices]), "of largest variance"),
    (changed("absolute", lambda x, p, k: x.abs()), "are positive"),
    (changed("squared", lambda x, p, k: x**2), "are squared"),
    (changed("unit", lambda x, p, k: normalize(x, dim=1)), "or their coordinates"),
    (changed("by_n", lambda x, p, k: x / len(p)), "by n - 1 or n"),
    (changed("by_variance", lambda x, p, k: x * x.var(0)), "multiplied by variances"),
    (changed("u_over_s", lambda x, p, k: x / (x**2).sum(0)), "divided by the singular"),
    (changed("by_root", lambda x, p, k: x / x.norm(dim=0) ** 0.5), "roots of the singular"),
    (changed("one_number", lambda x, p, k: x / p.std()), "one number for all"),
    (changed("range", lambda x, p, k: by_svd(p / (p.amax(0) - p.amin(0)), k)), "range from 0 to 1"),
    (onto("absolute_axes", lambda c, p, k: torch.linalg.svd(c).Vh[:k].T.abs()), "signs within"),
    (changed("rebuilt", lambda x, p, k: x @ torch.linalg.lstsq(x, p - p.mean(0)).solution),
     "points rebuilt"),
    (changed("one_more", lambda x, p, k: by_svd(p, k + 1)), "one component too many"),
    (changed("of_columns", lambda x, p, k: by_svd(p.T, k)), "for the points"),
    (changed("first_alone", lambda x, p, k: x[:, 0]), "only the first component"),
    (changed("another_shape", lambda x, p, k: x[None]), "the shape is wrong"),
    (changed("whole", lambda x, p, k: x.round().long()), "are real numbers"),
    (onto("of_points", lambda c, p, k: torch.linalg.svd(c).U[:, :k]), "n numbers, one a point"),
]  # fmt: skip
