"""Mutants of ``holm`` that are right too."""

LENGTH = "all three lists have one entry a comparison"
EQUIVALENT = {
    "order = sorted(range(len(rejected)), key=lambda i: p_values[i])": LENGTH,
    "if p_values[i] > alpha / (len(p_values) - k):": LENGTH,
    "if p_values[i] > alpha / (len(rejected) - k):": LENGTH,
}
