"""Prompt tuning (Lester et al. 2021): trained vectors before the words of a frozen model.

Lesson 4 writes it by hand (*Words are vectors*), and its starts (*Where to start?*).
"""

from collections import Counter

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.columns import checked_texts, readable
from course_utils.errors import CourseError
from course_utils.model.selftest import ways
from course_utils.validate import whole

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

    Raises:
        CourseError: the length is no whole number of at least 1, the generator is not on the CPU,
            or the table is not finite.
    """
    length = whole("length", length, 1)
    _refuse_generator(generator)
    _refuse_table(table)
    norm = torch.linalg.vector_norm(table.detach(), dim=1, dtype=torch.float32).mean()
    if not norm.isfinite():
        raise CourseError(
            "The embeddings are not finite numbers, so they have no mean length",
            "load the model again: load_model()",
        )
    directions = torch.randn(length, table.shape[1], generator=generator).to(table.device)
    return directions * norm / table.shape[1] ** 0.5


def normal_init(table: torch.Tensor, length: int, generator: torch.Generator) -> torch.Tensor:
    """Draws from N(0, 1), PEFT's default start: (length, d_model) float32 on the table's device.

    Args:
        table: (vocabulary, d_model), of which only the width and the device count.
        length: number of soft tokens.
        generator: on the CPU.

    Raises:
        CourseError: see ``random_init``.
    """
    length = whole("length", length, 1)
    _refuse_generator(generator)
    _refuse_table(table)
    return torch.randn(length, table.shape[1], generator=generator).to(table.device)


def matched_init(table: torch.Tensor, length: int, generator: torch.Generator) -> torch.Tensor:
    """Normal vectors with the mean and the covariance of the embeddings of the vocabulary.

    They lie where words lie, and no word is meant: the control for what a start from words has by
    its place alone. ``random_init`` lies about the origin instead, and words do not.

    Args:
        table: (vocabulary, d_model), at least two rows.
        length: number of soft tokens.
        generator: on the CPU.

    Returns:
        (length, d_model) float32 on the table's device.

    Raises:
        CourseError: see ``random_init``.
    """
    draws = normal_init(table, length, generator)
    rows = table.detach().float()
    if len(rows) < 2 or not bool(rows.isfinite().all()):
        raise CourseError(
            "The embeddings are fewer than two, or not finite numbers, so they have no covariance",
            "load the model again: load_model()",
        )
    values, vectors = torch.linalg.eigh(torch.cov(rows.T).double())
    root = (vectors * values.clamp(min=0).sqrt()) @ vectors.T  # symmetric: no sign is free
    return (rows.mean(0).double() + draws.double() @ root).float()


def common_tokens(
    tokenizer: PreTrainedTokenizerBase, texts: list[str], count: int = COMMON_TOKENS
) -> list[int]:
    """The ids that occur most often in ``texts``, at most ``count``, the commonest first.

    Raises:
        CourseError: the texts have no token, or see ``data.columns.checked_texts``.
    """
    count = whole("count", count, 1)
    counts: Counter[int] = Counter()
    for ids in tokenizer(checked_texts(texts), add_special_tokens=False)["input_ids"]:
        counts.update(ids)
    if not counts:
        raise CourseError("The texts are all empty, so they have no token", "give other texts")
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

    Raises:
        CourseError: see ``random_init`` and ``label_init``.
    """
    length, common_ids = whole("length", length, 1), _token_ids(common_ids, table)
    _refuse_generator(generator)
    drawn = torch.randint(len(common_ids), (length,), generator=generator).tolist()
    return label_init(table, [common_ids[i] for i in drawn], length)


def label_init(table: torch.Tensor, label_ids: list[int], length: int) -> torch.Tensor:
    """Embeddings of the label words in turn, again and again: (length, d_model) float32, a copy.

    Raises:
        CourseError: the length is no whole number of at least 1, or there is no id, or one that is
            no row of the table.
    """
    length, label_ids = whole("length", length, 1), _token_ids(label_ids, table)
    ids = [label_ids[i % len(label_ids)] for i in range(length)]
    return table.detach()[ids].float()


def text_init(
    table: torch.Tensor, tokenizer: PreTrainedTokenizerBase, text: str, length: int
) -> torch.Tensor:
    """Embeddings of a text's tokens, repeated or cut to ``length``: (length, d_model) float32.

    Raises:
        CourseError: the text has no token, or is no string; or see ``label_init``.
    """
    ids = tokenizer.encode(readable(text, "The text to start from"), add_special_tokens=False)
    if not ids:
        raise CourseError(f"The text {text!r} has no token to start from", "write some words")
    return label_init(table, ids, length)


def _token_ids(ids: list[int], table: torch.Tensor) -> list[int]:
    """The ids, each of which is a row of the table."""
    _refuse_table(table)
    if not len(ids):
        raise CourseError("There is no token to start from", "give at least one token id")
    return [whole("a token id", token, 0, len(table) - 1) for token in ids]


def _refuse_table(table: torch.Tensor) -> None:
    if table.ndim != 2:
        raise CourseError(
            f"A tensor of the shape {tuple(table.shape)} is no table of embeddings",
            "give model.get_input_embeddings().weight",
        )


def _refuse_generator(generator: torch.Generator) -> None:
    if not isinstance(generator, torch.Generator) or generator.device.type != "cpu":
        raise CourseError(
            "The start is drawn on the CPU, so that every device gets the same",
            "give torch.Generator().manual_seed(0)",
        )
