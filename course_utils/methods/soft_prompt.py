"""Prompt tuning (Lester et al. 2021): trained vectors before the words of a frozen model.

Lesson 4 writes it by hand (*Words are vectors*), and its starts (*Where to start?*).
"""

from collections import Counter

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.errors import CourseError
from course_utils.model.selftest import ways

COMMON_TOKENS = 5000  # Lester et al. 2021, section 3.2


class SoftPrompt(torch.nn.Module):
    """A prompt of vectors that need not be any word's.

    Args:
        init: (length, d_model) where the vectors start.

    Attributes:
        embedding: (length, d_model) float32, the only thing that is trained.
    """

    def __init__(self, init: torch.Tensor):
        super().__init__()
        self.embedding = torch.nn.Parameter(init.detach().float().clone())

    def forward(self, embeddings: torch.Tensor) -> torch.Tensor:
        """(batch, tokens, d_model) -> (batch, length + tokens, d_model): the prompt, then they."""
        rows = self.embedding.expand(len(embeddings), -1, -1)  # (batch, length, d_model)
        return torch.cat([rows, embeddings], dim=1)


def freeze(model: torch.nn.Module, soft_prompt: torch.nn.Module) -> int:
    """Let ``soft_prompt`` alone require gradients; the number of trainable parameters."""
    model.requires_grad_(False)
    soft_prompt.requires_grad_(True)
    return sum(p.numel() for p in soft_prompt.parameters())


def add_soft_prompt(model: PreTrainedModel, soft_prompt: SoftPrompt) -> int:
    """Put a soft prompt before everything that ``model.forward`` feeds to ``model``.

    It becomes the submodule ``soft_prompt``, on the model's device; all else is frozen.

    Returns:
        The number of trainable parameters: length x d_model.

    Raises:
        CourseError: the vectors do not fit the model or are not finite, it has a soft prompt
            already, or its family multiplies embeddings by a constant (Gemma): soft tokens made
            from the table of words would be too short there.
    """
    if getattr(model, "soft_prompt", None) is not None:
        raise CourseError(
            "The model has a soft prompt already", "call remove_soft_prompt(model) first"
        )
    width = model.get_input_embeddings().embedding_dim
    shape = tuple(soft_prompt.embedding.shape)
    if len(shape) != 2 or shape[0] < 1 or shape[1] != width:
        raise CourseError(
            f"A soft prompt of shape {shape} does not fit this model",
            f"give it the shape (length, {width}), with a length of at least 1",
        )
    if not bool(torch.isfinite(soft_prompt.embedding).all()):
        raise CourseError("The soft prompt has numbers that are not finite", "start it afresh")
    if not ways(model).words_are_rows:
        raise CourseError(
            f"{type(model).__name__} multiplies the embeddings of words by a constant, so vectors "
            "from its table are no words to it",
            "use a model of another family, such as Llama's or Qwen2's, for soft prompts",
        )
    model.soft_prompt = soft_prompt.to(model.device)
    return freeze(model, soft_prompt)


def remove_soft_prompt(model: PreTrainedModel) -> SoftPrompt:
    """Take the soft prompt away and return it; the model stays frozen.

    Raises:
        CourseError: there is none.
    """
    if getattr(model, "soft_prompt", None) is None:
        raise CourseError("The model has no soft prompt", "call add_soft_prompt first")
    soft_prompt = model.soft_prompt
    del model.soft_prompt
    return soft_prompt


def random_init(table: torch.Tensor, length: int, generator: torch.Generator) -> torch.Tensor:
    """Normal vectors, about as long as the embeddings of the vocabulary are on average.

    N(0, 1), PEFT's default, would be several times to fifty times longer, depending on the model.

    Args:
        table: (vocabulary, d_model), the embeddings of the vocabulary.
        length: number of soft tokens.
        generator: on the CPU.

    Returns:
        (length, d_model) float32 on the table's device.
    """
    norm = torch.linalg.vector_norm(table.detach(), dim=1, dtype=torch.float32).mean()
    directions = torch.randn(length, table.shape[1], generator=generator).to(table.device)
    return directions * norm / table.shape[1] ** 0.5


def common_tokens(
    tokenizer: PreTrainedTokenizerBase, texts: list[str], count: int = COMMON_TOKENS
) -> list[int]:
    """The ids that occur most often in ``texts``, at most ``count``, the commonest first."""
    counts: Counter[int] = Counter()
    for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]:
        counts.update(ids)
    return [token for token, _ in counts.most_common(count)]


def sampled_init(
    table: torch.Tensor, length: int, common_ids: list[int], generator: torch.Generator
) -> torch.Tensor:
    """Embeddings of common tokens, each drawn independently: (length, d_model) float32.

    Args:
        table: (vocabulary, d_model).
        length: number of soft tokens.
        common_ids: what to draw from, such as ``common_tokens`` gives.
        generator: on the CPU.
    """
    drawn = torch.randint(len(common_ids), (length,), generator=generator).tolist()
    return label_init(table, [common_ids[i] for i in drawn], length)


def label_init(table: torch.Tensor, label_ids: list[int], length: int) -> torch.Tensor:
    """Embeddings of the label words in turn, again and again: (length, d_model) float32, a copy."""
    ids = [label_ids[i % len(label_ids)] for i in range(length)]
    return table.detach()[ids].float()


def text_init(
    table: torch.Tensor, tokenizer: PreTrainedTokenizerBase, text: str, length: int
) -> torch.Tensor:
    """Embeddings of a text's tokens, repeated or cut to ``length``: (length, d_model) float32."""
    ids = tokenizer.encode(text, add_special_tokens=False)
    return label_init(table, ids, length)
