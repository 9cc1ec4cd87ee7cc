"""Mutants of ``rounding_share`` that are right too."""

FLOAT32 = "a sum or difference of bfloat16 and float32 is taken in float32"
EQUIVALENT = {
    "return (stored - update).square().sum() / stored.square().sum()": "a tensor of one number",
    "stored = (base.float() + update).bfloat16() - base.float()": FLOAT32,
    "stored = (base.float() + update).bfloat16().float() - base": FLOAT32,
    "stored = (base + update).bfloat16().float() - base.float()": FLOAT32,
    "return ((update - stored).square().sum() / stored.square().sum()).item()": (
        "the square has no sign"
    ),
}
