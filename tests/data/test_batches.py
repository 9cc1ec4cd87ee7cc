"""Batches: right padding, masks by length, micro-batches; and what a tokeniser adds."""

import copy

import pytest
from tokenizers import processors

from course_utils.data.batches import ROUND_TO, by_length, collate, encode
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
def test_a_batch_of_nothing_is_refused(sequences):
    with pytest.raises(CourseError, match="at least one token"):
        collate(sequences, 0)


@pytest.mark.parametrize("pad_id", [None, -1, 1.0])
def test_a_padding_token_is_needed(pad_id):
    with pytest.raises(CourseError, match="pad_id"):
        collate([[1]], pad_id)


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
