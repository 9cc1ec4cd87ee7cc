"""The plain step of lesson 2 against PyTorch's own."""

import torch

from course_utils.model.tiny import tiny_model
from course_utils.training import plain, plan
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.plan import TrainingConfig

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


def test_the_schedule_is_that_of_the_plan():
    config = TrainingConfig(3e-4, 40)
    expected = [plan.learning_rate(step, config) for step in range(40)]
    assert [plain.learning_rate(step, 40, 3e-4) for step in range(40)] == expected


def test_master_steps_are_those_of_the_courses_optimiser():
    ours, theirs = tiny_model().bfloat16(), tiny_model().bfloat16()
    parameters = list(ours.parameters())
    masters = [p.detach().float().clone() for p in parameters]
    adamw = torch.optim.AdamW(masters, lr=1e-4, weight_decay=0.0)
    reference = MixedPrecisionAdamW(list(theirs.parameters()), 1e-4)
    for step in range(3):
        generator = torch.Generator().manual_seed(step)
        for p, q in zip(parameters, theirs.parameters()):
            p.grad = torch.randn(p.shape, generator=generator).bfloat16()
            q.grad = p.grad.clone()
        norm = plain.master_step(parameters, masters, adamw)
        assert abs(norm / reference.step(1.0) - 1) < 1e-2  # summed in bfloat16 there
    for parameter, master in zip(parameters, masters):
        assert torch.equal(parameter, master.bfloat16())
    for mine, other in zip(masters, reference.masters):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-6)
    assert all(p.grad is None for p in parameters) and all(m.grad is None for m in masters)


def test_bytes_of_a_parameter_are_sixteen_either_way():
    for dtype in (torch.float32, torch.bfloat16):
        assert sum(plain.bytes_per_parameter(dtype).values()) == 16


def test_disk_bytes_count_a_shared_tensor_once():
    model = tiny_model()
    assert model.lm_head.weight is model.model.embed_tokens.weight
    assert plain.disk_bytes(model) == sum({id(p): p.nbytes for p in model.parameters()}.values())
