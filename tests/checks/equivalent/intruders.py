"""Mutants of ``intruders`` that are right too."""

MORE = "the full U has more columns, of which none is near an intruder here"
SAME = "the first k columns of the full U are the same"
EQUIVALENT = {
    "return (cosines.amax(0) < threshold).nonzero()": "a column of numbers is read as well",
    "old = torch.linalg.svd(weight.float()).U": MORE,
    "old = torch.linalg.svd(weight.float(), full_matrices=True).U": MORE,
    "new = torch.linalg.svd(adapted.float()).U[:, :k]": SAME,
    "new = torch.linalg.svd(adapted.float(), full_matrices=True).U[:, :k]": SAME,
    "return (cosines.amax(0) <= threshold).nonzero().flatten()": "no cosine is the threshold",
}
