"""Mutants of ``qlora_bytes`` that are right."""

WHOLE = "the numbers of a layer fill whole blocks: nothing is left to drop"
REST = "'rest': 2 * rest, 'adapters': 16 * adapters}"
EQUIVALENT = {
    "blocks = quantised // 64": WHOLE,
    f"return {{'codes': quantised // 2, 'constants': blocks + 4 * blocks / 256, {REST}": WHOLE,
    f"return {{'codes': quantised / 2, 'constants': blocks + 4 * blocks // 256, {REST}": WHOLE,
}
