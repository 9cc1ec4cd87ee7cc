"""Mutants of ``dequantise_blockwise`` that are right."""

EQUIVALENT = {
    "codes = torch.stack([packed >> 4, packed & 15], dim=1)": "view brings any shape into blocks",
    "codes = torch.stack([packed >> 4, packed & 15], dim=-1).flatten()": "-1 is dimension 1 here",
}
