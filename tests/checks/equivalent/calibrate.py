"""Changes of ``calibrate`` that are right as well."""

SAME = "what divides all of p_cf alike cancels when the rows are renormalised"
EQUIVALENT = {
    "ratio = scores / p_cf": SAME,
    "ratio = scores / (p_cf * p_cf.sum())": SAME,
    "ratio = scores / (p_cf / p_cf.max())": SAME,
    "ratio = scores / (p_cf / scores.sum())": SAME,
    "ratio = scores / (p_cf / reference.sum())": SAME,
    "return ratio / ratio.sum(-1, keepdim=True)": "of two dimensions the last is 1",
}
