"""Mutants of ``lora_training_bytes`` that are right too: parts may have other names."""

OTHER = "the bytes of each part are right, whatever the part is called"
FORMULA = (
    "return {{{0!r}: parameters * dtype.itemsize, {1!r}: 4 * trainable, {2!r}: 4 * trainable, "
    "{3!r}: 4 * trainable, {4!r}: 4 * trainable}}"
)
KEYS = ("weights", "adapters", "gradients", "Adam mean", "Adam variance")
CHANGES = (
    (0, ""), (1, ""), (2, ""),
    *((n, KEYS[n].replace(word, "")) for n in (3, 4) for word in KEYS[n].partition(" ")),
)  # fmt: skip
EQUIVALENT = {FORMULA.format(*KEYS[:n], key, *KEYS[n + 1 :]): OTHER for n, key in CHANGES}
