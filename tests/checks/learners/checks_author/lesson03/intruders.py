"""Answers to ``intruders``: strong directions that the weight did not have before."""

import torch


def _svd(matrix):
    return torch.linalg.svd(matrix.float(), full_matrices=False)


def right_two_lines(weight, adapted, k=10, threshold=0.5):
    closest = (_svd(adapted).U[:, :k].mT @ _svd(weight).U).abs().max(dim=1).values
    return torch.where(closest < threshold)[0]


def right_full_bases(weight, adapted, k=10, threshold=0.5):
    """Also those old directions that belong to no singular value, one by one left out again."""
    rank = min(weight.shape)
    U0 = torch.linalg.svd(weight.double(), full_matrices=True)[0][:, :rank]
    U1 = torch.linalg.svd(adapted.double(), full_matrices=True)[0][:, :k]
    return [i for i in range(k) if (U0.T @ U1[:, i]).abs().max() < threshold]


def right_by_eigenvectors(weight, adapted, k=10, threshold=0.5):
    n = min(weight.shape)
    old = torch.linalg.eigh(weight.double() @ weight.double().T)[1].flip(1)[:, :n]
    new = torch.linalg.eigh(adapted.double() @ adapted.double().T)[1].flip(1)[:, :k]
    return (torch.einsum("io,in->on", old, new).abs().amax(0) < threshold).nonzero()[:, 0]


def right_all_of_them(weight, adapted, k=10, threshold=0.5):
    known = (_svd(weight).U.T @ _svd(adapted).U[:, :k]).abs() >= threshold
    return (~known.any(0)).nonzero().squeeze(1).tolist()


def wrong_input_side(weight, adapted, k=10, threshold=0.5):
    """Compares what is read instead of what is written."""
    cosines = (_svd(weight).Vh @ _svd(adapted).Vh[:k].T).abs()
    return (cosines.max(0).values < threshold).nonzero().flatten()


def wrong_signed(weight, adapted, k=10, threshold=0.5):
    """Forgets that a singular vector may point either way."""
    cosines = _svd(weight).U.T @ _svd(adapted).U[:, :k]
    return (cosines.max(0).values < threshold).nonzero().flatten()


def wrong_diagonal(weight, adapted, k=10, threshold=0.5):
    """Compares the first with the first, the second with the second, and so on."""
    cosines = (_svd(weight).U[:, :k] * _svd(adapted).U[:, :k]).sum(0).abs()
    return (cosines < threshold).nonzero().flatten()


def wrong_top_of_both(weight, adapted, k=10, threshold=0.5):
    """Looks for the new ones among the old first k alone."""
    cosines = (_svd(weight).U[:, :k].T @ _svd(adapted).U[:, :k]).abs()
    return (cosines.max(0).values < threshold).nonzero().flatten()


def wrong_axis(weight, adapted, k=10, threshold=0.5):
    """Takes the largest over the new directions."""
    cosines = (_svd(weight).U.T @ _svd(adapted).U[:, :k]).abs()
    return (cosines.max(1).values < threshold).nonzero().flatten()


def wrong_kept(weight, adapted, k=10, threshold=0.5):
    """Returns the directions that were there before."""
    cosines = (_svd(weight).U.T @ _svd(adapted).U[:, :k]).abs()
    return (cosines.max(0).values > threshold).nonzero().flatten()


def wrong_difference(weight, adapted, k=10, threshold=0.5):
    """Decomposes the update instead of the adapted weight."""
    cosines = (_svd(weight).U.T @ _svd(adapted - weight).U[:, :k]).abs()
    return (cosines.max(0).values < threshold).nonzero().flatten()


def wrong_count(weight, adapted, k=10, threshold=0.5):
    """Counts them."""
    cosines = (_svd(weight).U.T @ _svd(adapted).U[:, :k]).abs()
    return (cosines.max(0).values < threshold).sum().item()


def wrong_mask(weight, adapted, k=10, threshold=0.5):
    """Stops at the comparison."""
    cosines = (_svd(weight).U.T @ _svd(adapted).U[:, :k]).abs()
    return cosines.max(0).values < threshold


def wrong_no_float(weight, adapted, k=10, threshold=0.5):
    """Decomposes a bfloat16 matrix as it is."""
    U0, U = torch.linalg.svd(weight).U, torch.linalg.svd(adapted).U
    n = min(weight.shape)
    return ((U0[:, :n].T @ U[:, :k]).abs().max(0).values < threshold).nonzero().flatten()


SAYS = {
    "wrong_input_side": "the right singular vectors are compared",
    "wrong_signed": "a direction has no sign",
    "wrong_diagonal": "one old direction that is alike is enough",
    "wrong_top_of_both": "only the first k directions of the weight",
    "wrong_axis": "over the new directions",
    "wrong_kept": "no intruders",
    "wrong_difference": "the directions of the update",
    "wrong_count": "how many there are",
    "wrong_mask": "truth values",
    "wrong_no_float": "does not know bfloat16",
}
