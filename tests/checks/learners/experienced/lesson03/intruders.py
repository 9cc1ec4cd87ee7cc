"""Answers to intruders: new directions among those that the adapted weight writes."""

import numpy as np
import torch
import torch.nn.functional as F


def right_svd(weight, adapted, k=10, threshold=0.5):
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    nearest = (old.mT @ new).abs().amax(dim=0)
    return (nearest < threshold).nonzero().flatten().tolist()


def right_tensor(weight, adapted, k=10, threshold=0.5):
    (U0, _, _), (U, _, _) = (torch.svd(m.to(torch.float32)) for m in (weight, adapted))
    below = torch.abs(U[:, :k].T @ U0) < threshold
    return torch.where(below.all(dim=-1))[0]


def right_numpy_double(weight, adapted, k=10, threshold=0.5):
    def left(matrix):
        array = matrix.detach().cpu().double().numpy()
        return np.linalg.svd(array, full_matrices=False)[0]

    cosines = np.abs(left(weight).T @ left(adapted)[:, :k])
    return np.flatnonzero(cosines.max(axis=0) < threshold).tolist()


def right_loops(weight, adapted, k=10, threshold=0.5):
    U0 = torch.linalg.svd(weight.float(), full_matrices=False)[0]
    U = torch.linalg.svd(adapted.float(), full_matrices=False)[0]
    result = []
    for j in range(k):
        new = True
        for i in range(U0.shape[1]):
            if abs(torch.dot(U0[:, i], U[:, j]).item()) >= threshold:
                new = False
                break
        if new:
            result.append(j)
    return result


def right_einsum(weight, adapted, k=10, threshold=0.5):
    U0, U = (torch.linalg.svd(m.float(), full_matrices=False).U for m in (weight, adapted))
    squared = torch.einsum("on,ok->nk", U0, U[:, :k]) ** 2
    return torch.argwhere((squared < threshold**2).all(0)).squeeze(1)


def right_eigh(weight, adapted, k=10, threshold=0.5):
    def left(matrix):
        matrix = matrix.double()
        _, vectors = torch.linalg.eigh(matrix @ matrix.mT)  # upwards
        return vectors.flip(-1)[:, : min(matrix.shape)]

    cosines = left(weight).mT @ left(adapted)[:, :k]
    return [i for i, column in enumerate(cosines.T) if column.abs().max() < threshold]


def right_of_the_transposed(weight, adapted, k=10, threshold=0.5):
    old = torch.linalg.svd(weight.float().T, full_matrices=False).Vh
    new = torch.linalg.svd(adapted.float().T, full_matrices=False).Vh[:k]
    return (~((new @ old.T).abs() >= threshold).any(dim=1)).nonzero(as_tuple=True)[0]


def right_cosine_similarity(weight, adapted, k=10, threshold=0.5):
    U0 = torch.linalg.svd(weight.float(), full_matrices=False).U.T
    U = torch.linalg.svd(adapted.float(), full_matrices=False).U.T[:k]
    cosines = F.cosine_similarity(U.unsqueeze(1), U0.unsqueeze(0), dim=-1)
    numbers = torch.arange(len(U), device=U.device)
    return numbers[cosines.abs().max(dim=1).values.lt(threshold)]


def right_qr_first(weight, adapted, k=10, threshold=0.5):
    def left(matrix):
        Q, R = torch.linalg.qr(matrix.float())
        return Q @ torch.linalg.svd(R, full_matrices=False).U

    cosines = left(adapted)[:, :k].T @ left(weight)
    return [i for i in range(len(cosines)) if torch.all(cosines[i].abs() < threshold)]


def right_set(weight, adapted, k=10, threshold=0.5):
    U0 = torch.linalg.svd(weight.float(), full_matrices=False).U
    U = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    _, known = torch.nonzero((U0.T @ U).abs() >= threshold, as_tuple=True)
    return sorted(set(range(U.shape[1])) - set(known.tolist()))


def right_newest_first(weight, adapted, k=10, threshold=0.5):
    """The statement asks for no order: here the one with the smallest cosine comes first."""
    U0 = torch.linalg.svd(weight.float(), full_matrices=False).U
    U = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    nearest = (U0.T @ U).abs().max(0).values
    return [i for i in nearest.argsort().tolist() if nearest[i] < threshold]


def right_full_matrices(weight, adapted, k=10, threshold=0.5):
    """Has the full U, as is the default: the statement does not say which U is meant."""
    old = torch.linalg.svd(weight.float()).U
    new = torch.linalg.svd(adapted.float()).U[:, :k]
    nearest = (old.T @ new).abs().amax(dim=0)
    return (nearest < threshold).nonzero().flatten().tolist()


def right_column(weight, adapted, k=10, threshold=0.5):
    """Returns what nonzero gives, the numbers in a column, (n, 1)."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    return torch.nonzero((old.T @ new).abs().amax(dim=0) < threshold)


def wrong_right_vectors(weight, adapted, k=10, threshold=0.5):
    """Compares the right singular vectors, those that are read."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).Vh
    new = torch.linalg.svd(adapted.float(), full_matrices=False).Vh[:k]
    nearest = (new @ old.T).abs().amax(dim=1)
    return (nearest < threshold).nonzero().flatten().tolist()


def wrong_no_abs(weight, adapted, k=10, threshold=0.5):
    """Forgets the bars: a direction of the opposite sign counts as new."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    nearest = (old.T @ new).amax(dim=0)
    return (nearest < threshold).nonzero().flatten().tolist()


def wrong_any(weight, adapted, k=10, threshold=0.5):
    """Asks for a small cosine with any old direction, not with every one."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    below = (old.T @ new).abs() < threshold
    return below.any(dim=0).nonzero().flatten().tolist()


def wrong_axis(weight, adapted, k=10, threshold=0.5):
    """Takes the largest cosine over the new directions: numbers the old ones that were lost."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    nearest = (old.T @ new).abs().amax(dim=1)
    return (nearest < threshold).nonzero().flatten().tolist()


def wrong_same_place(weight, adapted, k=10, threshold=0.5):
    """Compares each new direction only with the old one in the same place."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U[:, :k]
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    cosines = (old * new).sum(dim=0).abs()
    return (cosines < threshold).nonzero().flatten().tolist()


def wrong_first_k_of_both(weight, adapted, k=10, threshold=0.5):
    """Cuts the old directions to the first k as well: one that moved up counts as new."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U[:, :k]
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    nearest = (old.T @ new).abs().amax(dim=0)
    return (nearest < threshold).nonzero().flatten().tolist()


def wrong_rows_of_u(weight, adapted, k=10, threshold=0.5):
    """Takes the first k rows of U, not its columns."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:k]
    nearest = (new @ old.T).abs().amax(dim=1)
    return (nearest < threshold).nonzero().flatten().tolist()


def wrong_from_one(weight, adapted, k=10, threshold=0.5):
    """Numbers the directions from 1."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    nearest = (old.T @ new).abs().amax(dim=0)
    return [i for i, value in enumerate(nearest.tolist(), 1) if value < threshold]


def wrong_kept_ones(weight, adapted, k=10, threshold=0.5):
    """Returns the directions that are known, not the intruders."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    nearest = (old.T @ new).abs().amax(dim=0)
    return (nearest > threshold).nonzero().flatten().tolist()


def wrong_count(weight, adapted, k=10, threshold=0.5):
    """Returns how many there are, not which."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    return ((old.T @ new).abs().amax(dim=0) < threshold).sum().item()


def wrong_mask(weight, adapted, k=10, threshold=0.5):
    """Returns a mask of k truth values, not the numbers."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    return (old.T @ new).abs().amax(dim=0) < threshold


def wrong_pair(weight, adapted, k=10, threshold=0.5):
    """Returns the tuple of torch.where as it is, with the tensor of numbers inside."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    return torch.where((old.T @ new).abs().amax(dim=0) < threshold)


def wrong_all_directions(weight, adapted, k=10, threshold=0.5):
    """Leaves k out: looks at all the directions of adapted."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U
    nearest = (old.T @ new).abs().amax(dim=0)
    return (nearest < threshold).nonzero().flatten().tolist()


def wrong_one_more(weight, adapted, k=10, threshold=0.5):
    """Off by one: looks at the first k + 1."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, : k + 1]
    nearest = (old.T @ new).abs().amax(dim=0)
    return (nearest < threshold).nonzero().flatten().tolist()


def wrong_of_the_update(weight, adapted, k=10, threshold=0.5):
    """Decomposes the update, adapted less weight, not the adapted weight."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    change = adapted.float() - weight.float()
    new = torch.linalg.svd(change, full_matrices=False).U[:, :k]
    nearest = (old.T @ new).abs().amax(dim=0)
    return (nearest < threshold).nonzero().flatten().tolist()


def wrong_threshold_fixed(weight, adapted, k=10, threshold=0.5):
    """Writes 0.5 into the code and ignores the threshold."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    nearest = (old.T @ new).abs().amax(dim=0)
    return (nearest < 0.5).nonzero().flatten().tolist()


def wrong_squared_cosine(weight, adapted, k=10, threshold=0.5):
    """Squares the cosines to lose the sign, but not the threshold."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    nearest = (old.T @ new).square().amax(dim=0)
    return (nearest < threshold).nonzero().flatten().tolist()


def wrong_mean_cosine(weight, adapted, k=10, threshold=0.5):
    """Puts the mean of the cosines in the place of the largest."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    return ((old.T @ new).abs().mean(dim=0) < threshold).nonzero().flatten().tolist()


def wrong_no_float(weight, adapted, k=10, threshold=0.5):
    """Decomposes in the dtype of the weight: an error in bfloat16."""
    old = torch.linalg.svd(weight, full_matrices=False).U
    new = torch.linalg.svd(adapted, full_matrices=False).U[:, :k]
    nearest = (old.T @ new).abs().amax(dim=0)
    return (nearest < threshold).nonzero().flatten().tolist()


def wrong_scales_the_input(weight, adapted, k=10, threshold=0.5):
    """Divides by the norms in place: float() makes no copy of a float32 weight."""
    weight, adapted = weight.float(), adapted.float()
    weight /= weight.norm()
    adapted /= adapted.norm()
    old = torch.linalg.svd(weight, full_matrices=False).U
    new = torch.linalg.svd(adapted, full_matrices=False).U[:, :k]
    nearest = (old.T @ new).abs().amax(dim=0)
    return (nearest < threshold).nonzero().flatten().tolist()


SAYS = {
    "wrong_right_vectors": "the right singular vectors are compared",
    "wrong_no_abs": "a direction has no sign",
    "wrong_any": "take the largest cosine with all of them, not the mean, the smallest",
    "wrong_axis": "the largest cosine over the new directions is taken",
    "wrong_same_place": "or that of the same number",
    "wrong_first_k_of_both": "only the first k directions of the weight are compared",
    "wrong_rows_of_u": "the directions are the columns of U, U[:, :k]; these are rows",
    "wrong_from_one": "Python counts from 0",
    "wrong_kept_ones": "these are the directions that are no intruders",
    "wrong_count": "this is how many there are",
    "wrong_mask": "these are truth values",
    "wrong_all_directions": "all directions of the adapted weight are looked at",
    "wrong_of_the_update": "these are the directions of the update",
    "wrong_threshold_fixed": "the argument threshold is not used",
    "wrong_squared_cosine": "the cosines are squared",
    "wrong_mean_cosine": "take the largest cosine with all of them, not the mean",
    "wrong_no_float": "the decomposition does not know bfloat16",
    "wrong_scales_the_input": "the function changes its input in place",
}
