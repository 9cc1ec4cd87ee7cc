"""Mutants of ``extend`` that are right too."""

EQUIVALENT = {
    "ones = last.new_ones(len(attention_mask), length)": "last is int64, as the mask is",
    "ones = attention_mask.new_ones(len(last), length)": "mask and last have a row for each text",
    "return (torch.cat([ones, attention_mask], dim=-1), last + length)": (
        "of two dimensions, the last is dimension 1"
    ),
}
