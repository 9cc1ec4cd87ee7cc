"""Weights in 4 bits: codebooks, blocks with scales, a frozen layer, and the error (lesson 5)."""
