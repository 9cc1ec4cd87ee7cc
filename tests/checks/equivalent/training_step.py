"""Mutants of ``training_step`` that are right too."""

EQUIVALENT = {
    "model.zero_grad()": "the optimiser holds all parameters of the model, as the text says"
}
