"""Mutants of ``perplexity`` that are right too."""

EQUIVALENT = {
    "loss = cross_entropy(logits[:, :-1].flatten(0, 1), targets.flatten())": (
        "the logits are float32, as the text says"
    ),
}
