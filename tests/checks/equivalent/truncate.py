"""Mutants of ``truncate`` that are right too."""

CUT = "what the full U and Vh have more is cut off afterwards"
EQUIVALENT = {
    "U, S, Vh = torch.linalg.svd(delta.float())": CUT,
    "U, S, Vh = torch.linalg.svd(delta.float(), full_matrices=True)": CUT,
}
