"""From prompts to padded batches of tokens (lesson 2, *Batch and mask*)."""

import dataclasses

import torch
from transformers import PreTrainedTokenizerBase

from course_utils.data.columns import checked_texts
from course_utils.errors import CourseError
from course_utils.validate import whole

ROUND_TO = 8  # widths are padded to a multiple: few shapes, and hardware likes them


@dataclasses.dataclass(frozen=True)
class Batch:
    """Token sequences padded on the right.

    Attributes:
        input_ids: (batch, tokens) int64.
        attention_mask: (batch, tokens) int64, 1 for real tokens, 0 for padding.
        last: (batch,) int64, index of each row's last real token.
    """

    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    last: torch.Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        return Batch(
            self.input_ids.to(device), self.attention_mask.to(device), self.last.to(device)
        )


def encode(tokenizer: PreTrainedTokenizerBase, prompts: list[str]) -> list[list[int]]:
    """Token ids of each prompt, with the special tokens that the model expects before a text.

    What a tokeniser puts after a text, such as the end-of-text token of those that were saved with
    ``add_eos_token``, is left out: a label word follows the prompt, not the end of it.

    Raises:
        CourseError: see ``data.columns.checked_texts``.
    """
    prompts = checked_texts(prompts)
    appended = _appended(tokenizer)
    return [ids[: len(ids) - appended] for ids in tokenizer(prompts)["input_ids"]]


def _appended(tokenizer: PreTrainedTokenizerBase) -> int:
    """How many special tokens the tokeniser puts after every text."""
    bare = tokenizer("a", add_special_tokens=False)["input_ids"]
    ids = tokenizer("a")["input_ids"]
    starts = range(len(ids) - len(bare), -1, -1)
    start = next((i for i in starts if ids[i : i + len(bare)] == bare), None)
    return 0 if start is None else len(ids) - start - len(bare)


def collate(sequences: list[list[int]], pad_id: int, most: int | None = None) -> Batch:
    """Pad sequences on the right, to a multiple of ``ROUND_TO``.

    The mask comes from the lengths, not from the ids: the padding token of many models is also
    a real token. Right padding, because left padding gives rows whose first queries see nothing
    at all, and softmax over nothing is not a number.

    Args:
        sequences: token ids, at least one a row.
        pad_id: what to fill up with.
        most: no wider than this, as the model has no more positions; None without such a limit.

    Raises:
        CourseError: there is no sequence, one is empty, or ``pad_id`` is no token id.
    """
    pad_id = whole("pad_id", pad_id, 0)
    if not sequences or not all(sequences):
        raise CourseError(
            "A batch needs at least one prompt, and each prompt at least one token",
            "leave out what is empty",
        )
    lengths = torch.tensor([len(ids) for ids in sequences])
    longest = int(lengths.max())
    width = _rounded(longest) if most is None else max(longest, min(_rounded(longest), most))
    input_ids = torch.full((len(sequences), width), pad_id)
    for row, ids in enumerate(sequences):
        input_ids[row, : len(ids)] = torch.tensor(ids)
    attention_mask = (torch.arange(width) < lengths[:, None]).long()
    return Batch(input_ids, attention_mask, lengths - 1)


def by_length(lengths: list[int], max_tokens: int) -> list[list[int]]:
    """Group items of similar length into micro-batches of at most ``max_tokens`` padded tokens.

    Args:
        lengths: tokens of each item.
        max_tokens: padded size of a micro-batch; an item longer than that stands alone.

    Returns:
        Lists of item indices, longest items first; every item is in exactly one.
    """
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    groups = []
    while order:
        size = max(1, max_tokens // _rounded(lengths[order[0]]))
        groups.append(order[:size])
        order = order[size:]
    return groups


def _rounded(length: int) -> int:
    return -(-length // ROUND_TO) * ROUND_TO
