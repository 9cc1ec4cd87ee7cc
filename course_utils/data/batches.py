"""From prompts to padded batches of tokens (lesson 2, *Batch and mask*)."""

import dataclasses

import torch
from transformers import PreTrainedTokenizerBase

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
    """Token ids of each prompt, with the special tokens that the model expects before a text."""
    return tokenizer(prompts)["input_ids"]


def collate(sequences: list[list[int]], pad_id: int) -> Batch:
    """Pad sequences on the right, to a multiple of ``ROUND_TO``.

    The mask comes from the lengths, not from the ids: the padding token of many models is also
    a real token. Right padding, because left padding gives rows whose first queries see nothing
    at all, and softmax over nothing is not a number.
    """
    lengths = torch.tensor([len(ids) for ids in sequences])
    width = _rounded(int(lengths.max()))
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
