"""A head on frozen features: it has its best weights, and its training ends."""

import pytest
import torch

from course_utils.experiments import frozen_head


def items(count, seed):
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(count, 4, generator=generator)
    noise = torch.randn(count, generator=generator)
    return features, (features[:, 0] - features[:, 1] + 0.5 * noise > 0).long()


def test_the_head_has_the_weights_of_the_lowest_validation_loss():
    train, validation = items(300, 0), items(200, 1)
    head = frozen_head.train_head(train, validation, 3e-2, seed=0)
    with torch.no_grad():
        logits = head.linear(validation[0])
    loss = torch.nn.functional.cross_entropy(logits, validation[1]).item()
    assert head.loss == pytest.approx(loss) and 0 < head.best_step < head.steps
    assert (logits.argmax(1) == validation[1]).float().mean() > 0.85
    epochs_after = (head.steps - head.best_step) / 2  # two batches an epoch
    assert epochs_after == frozen_head.PATIENCE


def test_a_seed_decides_and_training_has_an_end(monkeypatch):
    train, validation = items(300, 0), items(200, 1)
    monkeypatch.setattr(frozen_head, "EPOCHS", 3)
    one, same, other = (frozen_head.train_head(train, validation, 1e-3, s) for s in (0, 0, 1))
    assert one.steps == 6 and one.best_step == 6
    assert torch.equal(one.linear.weight, same.linear.weight)
    assert not torch.equal(one.linear.weight, other.linear.weight)
