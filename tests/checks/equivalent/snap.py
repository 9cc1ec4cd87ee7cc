"""Mutants of ``snap`` that are right too."""

DEFAULT = "dimension 1 is what normalize takes by default"
LAST = "of two dimensions, the last is dimension 1"
EQUIVALENT = {
    "cosines = vectors @ normalize(table, dim=1).T": (
        "a vector's own length scales all of its cosines, so the largest stays"
    ),
    "cosines = normalize(vectors) @ normalize(table, dim=1).T": DEFAULT,
    "cosines = normalize(vectors, dim=1) @ normalize(table).T": DEFAULT,
    "return table[cosines.argmax(-1)]": LAST,
    "cosines = normalize(vectors, dim=-1) @ normalize(table, dim=1).T": LAST,
    "cosines = normalize(vectors, dim=1) @ normalize(table, dim=-1).T": LAST,
}
