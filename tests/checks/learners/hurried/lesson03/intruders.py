"""Learners' answers to exercise 7, intruders."""

import numpy as np
import torch
from torch.nn import functional as F


def right_matrix(weight, adapted, k=10, threshold=0.5):
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    cosines = (old.T @ new).abs()
    return [i for i in range(new.shape[1]) if cosines[:, i].max() < threshold]


def right_loops(weight, adapted, k=10, threshold=0.5):
    u_old, _, _ = torch.linalg.svd(weight.to(torch.float32), full_matrices=False)
    u_new, _, _ = torch.linalg.svd(adapted.to(torch.float32), full_matrices=False)
    found = []
    for i in range(min(k, u_new.shape[1])):
        is_new = True
        for j in range(u_old.shape[1]):
            cosine = float(torch.dot(u_new[:, i], u_old[:, j]))
            if abs(cosine) >= threshold:
                is_new = False
        if is_new:
            found.append(i)
    return found


def right_divides_by_lengths(weight, adapted, k=10, threshold=0.5):
    u_old = torch.linalg.svd(weight.float(), full_matrices=False)[0]
    u_new = torch.linalg.svd(adapted.float(), full_matrices=False)[0]
    intruders = []
    for number, direction in enumerate(u_new.T[:k]):
        cosines = F.cosine_similarity(direction[None], u_old.T, dim=1)
        if bool((cosines.abs() < threshold).all()):
            intruders.append(number)
    return intruders


def right_tensor(weight, adapted, k=10, threshold=0.5):
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U
    best = (new[:, :k].mT @ old).abs().amax(dim=1)
    return torch.where(best < threshold)[0]


def right_flat_nonzero(weight, adapted, k=10, threshold=0.5):
    old, _, _ = torch.linalg.svd(weight.float(), full_matrices=False)
    new, _, _ = torch.linalg.svd(adapted.float(), full_matrices=False)
    table = torch.abs(torch.matmul(torch.transpose(new, 0, 1), old))
    table = table[:k, :]
    below = table < threshold
    everywhere = torch.all(below, dim=1)
    return torch.nonzero(everywhere).flatten().to(torch.int64)


def right_nonzero_column(weight, adapted, k=10, threshold=0.5):
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    return ((new.T @ old).abs().max(dim=1).values < threshold).nonzero()


def right_lists(weight, adapted, k=10, threshold=0.5):
    old = torch.linalg.svd(weight.float(), full_matrices=False).U.T
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U.T
    rows = torch.mm(new, old.T).tolist()[:k]
    answer = []
    for i, row in enumerate(rows):
        row = [abs(value) for value in row]
        if max(row) < threshold:
            answer = answer + [i]
    return answer


def right_numpy(weight, adapted, k=10, threshold=0.5):
    old = np.linalg.svd(weight.detach().float().cpu().numpy(), full_matrices=False)[0]
    new = np.linalg.svd(adapted.detach().float().cpu().numpy(), full_matrices=False)[0]
    highest = np.abs(old.T @ new[:, :k]).max(axis=0)
    return np.flatnonzero(highest < threshold).tolist()


def right_default_svd(weight, adapted, k=10, threshold=0.5):
    u_old, s_old, vh_old = torch.linalg.svd(weight.float())
    u_new, s_new, vh_new = torch.linalg.svd(adapted.float())
    best = (u_old.T @ u_new[:, :k]).abs().max(dim=0).values
    return [i for i, value in enumerate(best.tolist()) if value < threshold]


def right_other_order(weight, adapted, k=10, threshold=0.5):
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    best = (old.T @ new).abs().max(dim=0).values
    order = best.argsort()  # the clearest intruder first
    return [int(i) for i in order if best[i] < threshold]


def right_takes_out_the_others(weight, adapted, k=10, threshold=0.5):
    old = torch.linalg.svd(weight.double(), full_matrices=False).U.float()
    new = torch.linalg.svd(adapted.double(), full_matrices=False).U.float()
    numbers = list(range(min(k, new.size(1))))
    for i in list(numbers):
        if ((old.T @ new[:, i]).abs() >= threshold).any():
            numbers.remove(i)
    return torch.tensor(numbers, dtype=torch.long)


def right_range_k(weight, adapted, k=10, threshold=0.5):
    """Trusts that there are k directions: the statement names no smaller matrix."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U
    return [i for i in range(k) if (old.T @ new[:, i]).abs().max() < threshold]


def wrong_no_absolute_value(weight, adapted, k=10, threshold=0.5):
    """Forgets the absolute value: a direction with its sign turned looks new."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    cosines = old.T @ new
    return [i for i in range(new.shape[1]) if cosines[:, i].max() < threshold]


def wrong_above(weight, adapted, k=10, threshold=0.5):
    """Compares the wrong way round: returns the directions that are old."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    cosines = (old.T @ new).abs()
    return [i for i in range(new.shape[1]) if cosines[:, i].max() > threshold]


def wrong_any(weight, adapted, k=10, threshold=0.5):
    """Is content with one small cosine, where every one has to be small."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    small = (old.T @ new).abs() < threshold
    return [i for i in range(new.shape[1]) if small[:, i].any()]


def wrong_mean(weight, adapted, k=10, threshold=0.5):
    """Takes the mean of the cosines where the largest counts."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    return torch.where((old.T @ new).abs().mean(dim=0) < threshold)[0]


def wrong_first_k_of_both(weight, adapted, k=10, threshold=0.5):
    """Compares with the first k directions of the weight only, not with every one."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U[:, :k]
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    return torch.where((old.T @ new).abs().amax(0) < threshold)[0].tolist()


def wrong_all_of_adapted(weight, adapted, k=10, threshold=0.5):
    """Forgets k: looks at all the directions of adapted."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U
    return torch.where((old.T @ new).abs().amax(0) < threshold)[0].tolist()


def wrong_max_over_the_new(weight, adapted, k=10, threshold=0.5):
    """Takes the maximum along the wrong dimension: the numbers belong to the weight."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    best = (old.T @ new).abs().max(dim=1).values
    return torch.nonzero(best < threshold).flatten()


def wrong_swapped(weight, adapted, k=10, threshold=0.5):
    """Mixes up the two: the first k of the weight against every one of adapted."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U[:, :k]
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U
    best = (old.T @ new).abs().max(dim=1).values
    return torch.nonzero(best < threshold).flatten()


def wrong_right_vectors(weight, adapted, k=10, threshold=0.5):
    """Takes the right singular vectors, the directions that are read."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).Vh
    new = torch.linalg.svd(adapted.float(), full_matrices=False).Vh[:k]
    best = (new @ old.T).abs().max(dim=1).values
    return torch.nonzero(best < threshold).flatten().tolist()


def wrong_rows_of_u(weight, adapted, k=10, threshold=0.5):
    """Takes rows of U for the singular vectors, which are its columns."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:k]
    best = (new @ old.T).abs().max(dim=1).values
    return torch.nonzero(best < threshold).flatten().tolist()


def wrong_same_number(weight, adapted, k=10, threshold=0.5):
    """Compares each direction only with the old one of the same number."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U
    cosines = F.cosine_similarity(old, new, dim=0).abs()[:k]
    return [i for i, cosine in enumerate(cosines) if cosine < threshold]


def wrong_last_k(weight, adapted, k=10, threshold=0.5):
    """Takes the last k directions, which are the weakest."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, -k:]
    best = (old.T @ new).abs().max(dim=0).values
    return [i for i in range(len(best)) if best[i] < threshold]


def wrong_of_the_update(weight, adapted, k=10, threshold=0.5):
    """Takes the directions of adapted - weight, the update, where those of adapted count."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    update = adapted.float() - weight.float()
    new = torch.linalg.svd(update, full_matrices=False).U[:, :k]
    best = (old.T @ new).abs().max(dim=0).values
    return [i for i in range(len(best)) if best[i] < threshold]


def wrong_sum_of_squares(weight, adapted, k=10, threshold=0.5):
    """Adds up the squared cosines: how much of a direction the old ones span together."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    return torch.where((old.T @ new).square().sum(0) < threshold)[0]


def wrong_squared(weight, adapted, k=10, threshold=0.5):
    """Squares the cosine to get rid of its sign, and compares the square with threshold."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    return torch.where(((old.T @ new) ** 2).amax(0) < threshold)[0].tolist()


def wrong_threshold_fixed(weight, adapted, k=10, threshold=0.5):
    """Writes 0.5 into the code and ignores threshold."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    return torch.where((old.T @ new).abs().amax(0) < 0.5)[0].tolist()


def wrong_k_fixed(weight, adapted, k=10, threshold=0.5):
    """Writes 10 into the code and ignores k."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :10]
    return torch.where((old.T @ new).abs().amax(0) < threshold)[0].tolist()


def wrong_none_if_nobody(weight, adapted, k=10, threshold=0.5):
    """Returns only if something was found: None for no intruder, where len(None) then raises."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    found = torch.where((old.T @ new).abs().amax(0) < threshold)[0].tolist()
    if len(found) > 0:
        return found


def wrong_stack_of_nothing(weight, adapted, k=10, threshold=0.5):
    """Stacks the numbers: torch.stack raises where there is no intruder, as in the lesson."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U
    found = []
    for i in range(min(k, new.shape[1])):
        if (old.T @ new[:, i]).abs().max() < threshold:
            found.append(torch.tensor(i))
    return torch.stack(found)


def wrong_squeeze(weight, adapted, k=10, threshold=0.5):
    """Squeezes: a single intruder becomes a tensor without dimensions, which has no len()."""
    old = torch.linalg.svd(weight.float(), full_matrices=False).U
    new = torch.linalg.svd(adapted.float(), full_matrices=False).U[:, :k]
    return ((old.T @ new).abs().amax(0) < threshold).nonzero().squeeze()


SAYS = {
    "wrong_no_absolute_value": "take the absolute value of the cosine",
    "wrong_above": "directions that are no intruders",
    "wrong_any": "one old direction that is alike is enough",
    "wrong_mean": "not the mean, the smallest",
    "wrong_first_k_of_both": "only the first k directions of the weight",
    "wrong_all_of_adapted": "only its first k are asked for",
    "wrong_max_over_the_new": "largest cosine over the new directions",
    "wrong_swapped": "weight and adapted are swapped",
    "wrong_right_vectors": "the right singular vectors",
    "wrong_rows_of_u": "these are rows",
    "wrong_same_number": "or that of the same number",
    "wrong_last_k": "the weakest directions",
    "wrong_of_the_update": "the directions of the update",
    "wrong_sum_of_squares": "none is found",
    "wrong_squared": "the cosines are squared",
    "wrong_threshold_fixed": "the argument threshold is not used",
    "wrong_k_fixed": "the argument k is not used",
}
