"""From prompts to batches of tokens, padded (lesson 2, *Batch and mask*) or packed.

On a CPU, texts are packed: several share a row, one behind the other, so that hardly any
position is padding. ``model.passes.packed_logits`` keeps them apart.
"""

import dataclasses

import torch
from transformers import PreTrainedTokenizerBase

from course_utils.data.columns import checked_texts
from course_utils.errors import CourseError
from course_utils.validate import whole

ROUND_TO = 8  # widths are padded to a multiple: few shapes, and hardware likes them
WIDEST_PACKED = 160  # width up to which rows are packed, where no text is longer
# What a position of a row costs, in units of what it costs for its query to meet one key: on two
# cores with the course's model, a step takes 1.5 ms a position in rows of 64, and 2.2 in rows of
# 512.
POSITION_COST = 1200


@dataclasses.dataclass(frozen=True)
class Batch:
    """Token sequences padded on the right.

    Attributes:
        input_ids: (batch, tokens) int64.
        attention_mask: (batch, tokens) int64, 1 for real tokens, 0 for padding.
        last: (batch,) int64, index of each row's last real token; or (batch, count), of its last
            ``count`` tokens, see ``reading``.
    """

    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    last: torch.Tensor

    def reading(self, count: int) -> "Batch":
        """The same batch, to be read at the last ``count`` tokens of each row, not at one."""
        return dataclasses.replace(self, last=_last_of(self.last, count))

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        return Batch(
            self.input_ids.to(device), self.attention_mask.to(device), self.last.to(device)
        )


@dataclasses.dataclass(frozen=True)
class Packed:
    """Token sequences of which several share a row.

    Attributes:
        input_ids: (rows, width) int64.
        texts: (rows, width) int64, the number of the sequence that a position belongs to, in the
            order in which they were given; -1 for padding.
        position_ids: (rows, width) int64, from 0 in each sequence; 0 for padding.
        row, column: (texts,) int64, where each sequence's last token is; or (texts, count), its
            last ``count`` tokens, see ``reading``.
    """

    input_ids: torch.Tensor
    texts: torch.Tensor
    position_ids: torch.Tensor
    row: torch.Tensor
    column: torch.Tensor

    def reading(self, count: int) -> "Packed":
        """The same, to be read at the last ``count`` tokens of each sequence, not at one."""
        column = _last_of(self.column, count)
        return dataclasses.replace(self, row=self.row[:, None].expand_as(column), column=column)


def _last_of(last: torch.Tensor, count: int) -> torch.Tensor:
    """(rows, count): the last ``count`` places up to ``last`` (rows,); 0 where there are fewer."""
    return (last[:, None] - torch.arange(count - 1, -1, -1)).clamp(min=0)


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
    a real token. On the right, so that every text begins at position 0.

    Args:
        sequences: token ids, at least one a row.
        pad_id: what to fill up with.
        most: no wider than this, as the model has no more positions; None without such a limit.

    Raises:
        CourseError: there is no sequence, one is empty, or ``pad_id`` is no token id.
    """
    pad_id = _checked(sequences, pad_id)
    lengths = torch.tensor([len(ids) for ids in sequences])
    width = _width(int(lengths.max()), _rounded(int(lengths.max())), most)
    input_ids = torch.full((len(sequences), width), pad_id)
    for row, ids in enumerate(sequences):
        input_ids[row, : len(ids)] = torch.tensor(ids)
    attention_mask = (torch.arange(width) < lengths[:, None]).long()
    return Batch(input_ids, attention_mask, lengths - 1)


def pack(
    sequences: list[list[int]], pad_id: int, most: int | None = None, before: int = 0
) -> Packed:
    """Put sequences into few rows: the longest first, each into the first row with room for it.

    First-fit decreasing needs at most 11/9 of the fewest rows possible, plus one (Johnson 1973).
    Rows are as wide as costs least, from the longest sequence to ``WIDEST_PACKED``: wide rows have
    less padding, and narrow ones less attention.

    Args:
        sequences: token ids, at least one a sequence.
        pad_id: what to fill up with.
        most: no wider than this, as in ``collate``.
        before: positions that will stand before each row, a soft prompt's; they cost as much.

    Raises:
        CourseError: as ``collate``.
    """
    pad_id = _checked(sequences, pad_id)
    lengths = [len(ids) for ids in sequences]
    least = _rounded(max(lengths))
    wanted = range(least, max(least, WIDEST_PACKED) + 1, ROUND_TO)
    widths = sorted({_width(max(lengths), width, most) for width in wanted})
    width = min(widths, key=lambda width: _cost(lengths, width, before))
    places = _first_fit(lengths, width)
    rows = _rows(places)
    input_ids, texts = torch.full((rows, width), pad_id), torch.full((rows, width), -1)
    position_ids = torch.zeros(rows, width, dtype=torch.int64)
    for text, (ids, (row, start)) in enumerate(zip(sequences, places)):
        here = slice(start, start + len(ids))
        input_ids[row, here] = torch.tensor(ids)
        texts[row, here] = text
        position_ids[row, here] = torch.arange(len(ids))
    row, start = torch.tensor(places).T
    last = start + torch.tensor([len(ids) for ids in sequences]) - 1
    return Packed(input_ids, texts, position_ids, row, last)


def _rows(places: list[tuple[int, int]]) -> int:
    return 1 + max(row for row, _ in places)


def _cost(lengths: list[int], width: int, before: int) -> int:
    """What a pass over rows of this width costs, in units that only compare."""
    keys = before + width
    return _rows(_first_fit(lengths, width)) * keys * (POSITION_COST + keys)


def _first_fit(lengths: list[int], width: int) -> list[tuple[int, int]]:
    """Row and first column of each item, in the order of ``lengths``."""
    used: list[int] = []  # positions taken in each row
    places = {}
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        fitting = (row for row, taken in enumerate(used) if taken + lengths[i] <= width)
        row = next(fitting, len(used))
        if row == len(used):
            used.append(0)
        places[i] = row, used[row]
        used[row] += lengths[i]
    return [places[i] for i in range(len(lengths))]


def _checked(sequences: list[list[int]], pad_id: int) -> int:
    """The padding token's id; raise where there is nothing to batch (see ``collate``)."""
    if not sequences or not all(sequences):
        raise CourseError(
            "A batch needs at least one prompt, and each prompt at least one token",
            "leave out what is empty",
        )
    return whole("pad_id", pad_id, 0)


def _width(longest: int, wanted: int, most: int | None) -> int:
    return wanted if most is None else max(longest, min(wanted, most))


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
