"""Batches: right padding, masks by length, packing, micro-batches; what a tokeniser adds."""

import copy

import pytest
import torch
from tokenizers import processors

from course_utils.data.batches import ROUND_TO, WIDEST_PACKED, by_length, collate, encode, pack
from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_tokenizer


def test_collate_pads_on_the_right_and_masks_by_length():
    batch = collate([[5, 2], [7, 8, 2], [2]], pad_id=2)
    assert batch.input_ids.shape == (3, ROUND_TO)
    assert batch.attention_mask.sum(1).tolist() == [2, 3, 1]
    assert batch.last.tolist() == [1, 2, 0]
    assert batch.input_ids[0].tolist() == [5, 2] + [2] * (ROUND_TO - 2)


@pytest.mark.parametrize("most, width", [(None, 16), (20, 16), (16, 16), (12, 12), (10, 10)])
def test_padding_stays_within_the_positions_of_the_model(most, width):
    batch = collate([[1] * 10, [1]], 0, most)
    assert batch.input_ids.shape == (2, width) and batch.attention_mask.sum() == 11


@pytest.mark.parametrize("sequences", [[], [[]], [[1], []]])
@pytest.mark.parametrize("batched", [collate, pack])
def test_a_batch_of_nothing_is_refused(batched, sequences):
    with pytest.raises(CourseError, match="at least one token"):
        batched(sequences, 0)


@pytest.mark.parametrize("pad_id", [None, -1, 1.0])
@pytest.mark.parametrize("batched", [collate, pack])
def test_a_padding_token_is_needed(batched, pad_id):
    with pytest.raises(CourseError, match="pad_id"):
        batched([[1]], pad_id)


def test_a_packed_row_holds_whole_sequences_each_with_its_own_positions():
    lengths = [30, 50, 20, 64, 10, 14]
    sequences = [[100 * i + j for j in range(n)] for i, n in enumerate(lengths, 1)]
    packed = pack(sequences, pad_id=9)
    for text, ids in enumerate(sequences):
        here = packed.texts == text
        assert packed.input_ids[here].tolist() == ids
        assert packed.position_ids[here].tolist() == list(range(len(ids)))
        rows, columns = here.nonzero().T
        assert set(rows.tolist()) == {packed.row[text].item()}
        assert columns.tolist() == list(range(columns[0], columns[0] + len(ids)))
        assert packed.column[text] == columns[-1]
    padding = packed.texts == -1
    assert set(packed.input_ids[padding].tolist()) == {9}
    assert not packed.position_ids[padding].any()


def test_the_longest_come_first_each_into_the_first_row_with_room():
    packed = pack([[1] * n for n in (30, 50, 20, 64, 10, 14)], 0, most=64)
    assert packed.input_ids.shape == (3, 64)  # 64; 50 + 14; 30 + 20 + 10
    assert packed.row.tolist() == [2, 1, 2, 0, 2, 1]
    assert packed.column.tolist() == [29, 49, 49, 63, 59, 63]


@pytest.mark.parametrize(
    "lengths, shape",
    [
        ([40], (1, 40)),
        ([40] * 3, (3, 40)),
        ([64] * 8, (8, 64)),  # rows of 128 would have no less padding, and more attention
        ([57] * 8, (4, 120)),  # 57 + 57 leave 6 positions of 120, and 57 leave 7 of 64
        ([200, 100, 100], (2, 200)),
        ([200], (1, 200)),
    ],
)
def test_rows_are_as_wide_as_costs_least(lengths, shape):
    assert tuple(pack([[1] * n for n in lengths], 0).input_ids.shape) == shape


def test_what_stands_before_each_row_makes_few_rows_worth_their_padding():
    sequences = [[1] * 64] * 8
    assert pack(sequences, 0, before=0).input_ids.shape == (8, 64)
    assert pack(sequences, 0, before=20).input_ids.shape == (4, 128)


@pytest.mark.parametrize("most", [None, 100, 48, 40])
def test_packed_rows_stay_within_the_positions_of_the_model(most):
    width = pack([[1] * 40] * 9, 0, most).input_ids.shape[1]
    assert 40 <= width <= (most or WIDEST_PACKED)


def test_packing_saves_nearly_all_padding_of_short_texts():
    generator = torch.Generator().manual_seed(0)
    for _ in range(20):
        lengths = torch.randint(8, 50, (16,), generator=generator).tolist()
        packed = pack([[1] * n for n in lengths], 0)
        assert sum(lengths) > 0.9 * packed.input_ids.numel()


def test_by_length_uses_every_item_once_within_the_budget():
    lengths = [3, 40, 17, 8, 9, 200, 1, 33]
    groups = by_length(lengths, max_tokens=96)
    assert sorted(i for group in groups for i in group) == list(range(len(lengths)))
    for group in groups:
        width = -(-max(lengths[i] for i in group) // ROUND_TO) * ROUND_TO
        assert len(group) == 1 or width * len(group) <= 96
    assert groups[0] == [5]  # longer than the budget: alone


def adding(template):
    """The tiny tokeniser, which adds special tokens around a text ($A)."""
    tokenizer = copy.deepcopy(tiny_tokenizer())
    special = [("<end>", tokenizer.eos_token_id)]
    made = processors.TemplateProcessing(single=template, special_tokens=special)
    tokenizer.backend_tokenizer.post_processor = made
    return tokenizer


PROMPTS = ["a:", "", "a", "aa a", " good film", "<end>", "a<end>"]


@pytest.mark.parametrize(
    "template, before",
    [
        ("$A", 0),
        ("$A <end>", 0),
        ("$A <end> <end>", 0),
        ("<end> $A", 1),
        ("<end> $A <end>", 1),
        ("<end> <end> $A <end>", 2),
    ],
)
def test_special_tokens_before_a_text_are_kept_and_those_after_it_dropped(template, before):
    end = tiny_tokenizer().eos_token_id
    bare = tiny_tokenizer()(PROMPTS)["input_ids"]
    assert encode(adding(template), PROMPTS) == [[end] * before + ids for ids in bare]


@pytest.mark.parametrize("prompts", [[], "one", [None]])
def test_only_lists_of_strings_can_be_encoded(prompts):
    with pytest.raises(CourseError, match="text"):
        encode(tiny_tokenizer(), prompts)


def test_several_places_are_read_at_the_end_of_each_row():
    sequences = [[5, 6, 7, 8], [9, 10]]
    batch = collate(sequences, 0).reading(3)
    assert batch.last.tolist() == [[1, 2, 3], [0, 0, 1]]
    packed = pack([[1] * 60, *sequences], 0)
    several = packed.reading(2)
    read = several.input_ids[several.row, several.column]
    assert read.tolist() == [[1, 1], [7, 8], [9, 10]]
    assert packed.reading(1).column[:, 0].tolist() == packed.column.tolist()
