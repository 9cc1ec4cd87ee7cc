"""The words that the recorded soft prompts lived among."""

import torch
from safetensors import safe_open

from course_utils.model_asset import model_folder


def course_table() -> torch.Tensor:
    """Embeddings of the course's own model, for which the recorded soft prompts were trained.

    Whatever ``COURSE_MODEL`` says, this is the table in which to look up their nearest words.

    Returns:
        (vocabulary, d_model) float32 on the CPU.

    Raises:
        CourseError: the model is not in the cache and cannot be had.
    """
    with safe_open(model_folder() / "model.safetensors", "pt") as file:
        return file.get_tensor("model.embed_tokens.weight").float()
