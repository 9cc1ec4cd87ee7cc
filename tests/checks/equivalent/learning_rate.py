"""Mutants of ``learning_rate`` that are right too."""

EQUIVALENT = {"warm_steps = max(round(warmup * steps), 1)": "the larger of two, in any order"}
