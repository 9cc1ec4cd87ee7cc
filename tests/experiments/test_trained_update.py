"""The update of a training: added to the base, it is the trained model again."""

import pytest
import torch

from course_utils.experiments import trained_update
from course_utils.experiments.trained_update import config_of, set_others, short, shorts
from course_utils.quantisation.error import set_linear_weights
from tests.experiments import tiny_study


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    tiny_study.use(monkeypatch)


def test_base_update_and_others_make_the_trained_model(monkeypatch):
    kept = []
    train_once = trained_update.train_once

    def remember(model, *arguments, **more):
        found = train_once(model, *arguments, **more)
        kept.append({name: p.detach().clone() for name, p in model.named_parameters()})
        return found

    monkeypatch.setattr(trained_update, "train_once", remember)
    found = trained_update.train_update(1e-2, 0)
    model, _ = tiny_study.load_model()
    set_linear_weights(model, {n: found.base[n].float() + found.update[n] for n in found.base})
    set_others(model, found.others)
    assert len(found.update) == 14 and len(found.correct) == 10
    for name, parameter in model.named_parameters():
        # base + (master - base) is the master but for the last bit of float32, which a bfloat16
        # number in the middle between two others may follow to the other side.
        torch.testing.assert_close(parameter.detach(), kept[0][name], rtol=2**-7, atol=0)
        assert (parameter == kept[0][name]).float().mean() > 0.999, name


def test_the_update_is_finer_than_bfloat16():
    found = trained_update.train_update(1e-3, 0)
    name, base = next(iter(found.base.items()))
    update = found.update[name]
    assert base.dtype == torch.bfloat16 and update.dtype == torch.float32
    rounded = (base.float() + update).bfloat16().float() - base.float()
    assert update.any() and not torch.equal(rounded, update)


@pytest.mark.parametrize("rank", [1, 4])
def test_of_lora_the_update_has_its_rank_and_nothing_else_changed(rank):
    found = trained_update.train_update(1e-2, 0, rank)
    assert not found.others and len(found.update) == 14
    for update in found.update.values():
        assert torch.linalg.matrix_rank(update, rtol=1e-4) == rank


def test_full_fine_tuning_validates_less_often():
    assert config_of(1e-3, 2, 0).validate_every == 1
    trained_update.STEPS = 60  # put back by the fixture
    full, lora = config_of(1e-3, 2, 0), config_of(1e-3, 2, 8)
    assert (full.validate_every, lora.validate_every) == (20, 10)
    assert (full.learning_rate, full.seed, full.batch_size) == (1e-3, 2, 32)


def test_numbers_are_shortened():
    assert short(0.123456789) == 0.12346 and short(123456.0) == 123460.0
    assert shorts(torch.tensor([0.5, 1 / 3], dtype=torch.float64)) == [0.5, 0.33333]
