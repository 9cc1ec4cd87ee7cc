"""Batches: right padding, masks by length, micro-batches."""

from course_utils.data.batches import ROUND_TO, by_length, collate


def test_collate_pads_on_the_right_and_masks_by_length():
    batch = collate([[5, 2], [7, 8, 2], [2]], pad_id=2)
    assert batch.input_ids.shape == (3, ROUND_TO)
    assert batch.attention_mask.sum(1).tolist() == [2, 3, 1]
    assert batch.last.tolist() == [1, 2, 0]
    assert batch.input_ids[0].tolist() == [5, 2] + [2] * (ROUND_TO - 2)


def test_by_length_uses_every_item_once_within_the_budget():
    lengths = [3, 40, 17, 8, 9, 200, 1, 33]
    groups = by_length(lengths, max_tokens=96)
    assert sorted(i for group in groups for i in group) == list(range(len(lengths)))
    for group in groups:
        width = -(-max(lengths[i] for i in group) // ROUND_TO) * ROUND_TO
        assert len(group) == 1 or width * len(group) <= 96
    assert groups[0] == [5]  # longer than the budget: alone
