"""Mutants of ``label_init`` that are right too."""

EQUIVALENT = {
    "return table[ids].float()": (
        "a copy, with the graph of a table that requires gradients: SoftPrompt detaches it"
    ),
}
