"""Mutants of ``SoftPrompt`` that are right too."""

EQUIVALENT = {
    "self.embedding = torch.nn.Parameter(init.float().clone())": (
        "a parameter is a leaf of its own, whatever the clone came from"
    ),
}
