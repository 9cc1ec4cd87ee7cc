"""The plain step of lesson 2 against PyTorch's own."""

import torch

from course_utils.model.tiny import tiny_model
from course_utils.training import plain

SEQUENCES = [[5, 9, 11], [7]]


def test_batches_are_padded_on_the_right_with_a_mask_by_length():
    ids, mask, last = plain.collate(SEQUENCES, 0)
    assert ids[:, :3].tolist() == [[5, 9, 11], [7, 0, 0]] and mask.sum(1).tolist() == [3, 1]
    assert last.tolist() == [2, 0]


def test_the_loss_is_taken_at_the_last_real_token():
    logits = torch.randn(2, 3, 20, generator=torch.Generator().manual_seed(0))
    last, answers = torch.tensor([2, 0]), torch.tensor([4, 6])
    expected = -(logits[0, 2].log_softmax(0)[4] + logits[1, 0].log_softmax(0)[6]) / 2
    torch.testing.assert_close(plain.answer_loss(logits, last, answers), expected)


def test_a_step_is_clip_then_adamw():
    ours, theirs = tiny_model(), tiny_model()
    ids, mask, last = plain.collate(SEQUENCES, 0)
    answers = torch.tensor([4, 6])

    def loss_of(model, batch):
        return plain.answer_loss(model(input_ids=ids, attention_mask=mask).logits, last, answers)

    mine = torch.optim.AdamW(ours.parameters(), lr=1e-3)
    reference = torch.optim.AdamW(theirs.parameters(), lr=1e-3)
    loss, norm = plain.training_step(ours, mine, loss_of, None, max_norm=0.1)
    expected = loss_of(theirs, None)
    expected.backward()
    total = torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.1)
    reference.step()
    assert loss == expected.item() and norm == total.item()
    for p, q in zip(ours.parameters(), theirs.parameters()):
        torch.testing.assert_close(p, q)
