"""Mutants of ``pca`` that are right too."""

ROWS = "the first rows of Vh are the same; the others are only cut off"
EQUIVALENT = {
    "centred = points.mean(0) - points": "all signs turn, and signs are arbitrary",
    "_, _, components = torch.linalg.svd(centred)": ROWS,
    "_, _, components = torch.linalg.svd(centred, full_matrices=True)": ROWS,
}
