"""The language model: how it is loaded, how a batch goes through it, how its layers are changed."""
