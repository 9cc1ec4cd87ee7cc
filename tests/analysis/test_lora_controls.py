"""The random adapter: as large as the trained one, and nothing else."""

import pytest
import torch

from course_utils.analysis.low_rank import product_norm, random_adapter
from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora, lora_layers, remove_lora
from course_utils.methods.lora_files import adapter_state, set_adapter_state
from course_utils.model.tiny import tiny_model


@pytest.fixture
def model():
    model = tiny_model()
    add_lora(model, rank=3, alpha=5.0)
    for layer in lora_layers(model).values():
        torch.nn.init.normal_(layer.lora_B)
    return model


def updates(model):
    return {n: (m.lora_B @ m.lora_A).detach() for n, m in lora_layers(model).items()}


def test_the_norm_of_a_product_needs_no_product():
    A, B = torch.randn(3, 20), torch.randn(30, 3)
    torch.testing.assert_close(product_norm(A, B), (B @ A).norm())
    assert product_norm(A, torch.zeros(30, 3)) == 0


def test_every_update_keeps_its_norm_and_nothing_else(model):
    trained = updates(model)
    control = random_adapter(adapter_state(model), torch.Generator().manual_seed(0))
    set_adapter_state(model, control)
    for name, update in updates(model).items():
        torch.testing.assert_close(update.norm(), trained[name].norm(), rtol=1e-4, atol=0)
        both = torch.stack([update.flatten(), trained[name].flatten()])
        assert torch.corrcoef(both)[0, 1].abs() < 0.5


def test_the_same_seed_gives_the_same_control(model):
    first, again, other = (
        random_adapter(adapter_state(model), torch.Generator().manual_seed(seed))
        for seed in (1, 1, 2)
    )
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not any(torch.equal(first[key], other[key]) for key in first)


def test_a_state_set_again_is_the_adapter_again(model):
    kept, before = adapter_state(model), updates(model)
    set_adapter_state(model, random_adapter(kept, torch.Generator().manual_seed(0)))
    assert not any(torch.equal(updates(model)[name], before[name]) for name in before)
    set_adapter_state(model, kept)
    assert all(torch.equal(updates(model)[name], before[name]) for name in before)
    assert all(layer.lora_A.requires_grad for layer in lora_layers(model).values())


@pytest.mark.parametrize("options", [{"rank": 2}, {"rank": 3, "targets": ("q_proj",)}])
def test_an_adapter_of_another_shape_is_refused_whole(model, options):
    state = adapter_state(model)
    remove_lora(model)
    add_lora(model, **options)
    mine = adapter_state(model)
    with pytest.raises(CourseError, match="does not fit"):
        set_adapter_state(model, state)
    assert all(torch.equal(adapter_state(model)[key], mine[key]) for key in mine)
