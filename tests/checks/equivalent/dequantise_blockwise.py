"""Mutants of ``dequantise_blockwise`` that are right."""

EQUIVALENT = {
    "codes = torch.stack([packed >> 4, packed & 15], dim=-1).flatten()": "-1 is dimension 1 here",
    "levels = codebook.index_select(-1, codes.int()).view(len(absmax), -1)": (
        "-1 is dimension 0 of a vector"
    ),
}
