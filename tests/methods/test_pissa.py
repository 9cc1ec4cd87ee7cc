"""PiSSA's start: the largest singular triples, and a model that computes what it did."""

import pytest
import torch

from course_utils.analysis.low_rank import truncate
from course_utils.data.batches import collate
from course_utils.errors import CourseError
from course_utils.methods.lora import LoRALinear, lora_layers
from course_utils.methods.pissa import add_pissa, largest_part
from course_utils.model import forward
from course_utils.model.identity import has_moved, remember_origin
from course_utils.model.tiny import tiny_model

BATCH = collate([[5, 9, 11, 40], [7, 8]], 0)


def random_weight(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("shape", [(9, 5), (5, 9), (6, 6)])
@pytest.mark.parametrize("rank", [1, 3, 5])
def test_the_product_is_the_weight_cut_to_the_rank_and_each_factor_has_half(shape, rank):
    weight = random_weight(*shape)
    A, B = largest_part(weight, rank)
    assert A.shape == (rank, shape[1]) and B.shape == (shape[0], rank)
    torch.testing.assert_close(B @ A, truncate(weight, rank), atol=1e-5, rtol=1e-5)
    values = torch.linalg.svdvals(weight)[:rank]
    for factor in (A @ A.T, B.T @ B):  # singular vectors times the root of each value
        torch.testing.assert_close(factor, torch.diag(values), atol=1e-5, rtol=1e-5)


def test_a_weight_of_lower_rank_is_met_exactly():
    weight = random_weight(7, 2) @ random_weight(2, 5)
    A, B = largest_part(weight, 4)
    torch.testing.assert_close(B @ A, weight, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("weight", "rank", "said"),
    [
        (torch.ones(3), 1, "no matrix"),
        (torch.full((3, 3), torch.nan), 1, "no matrix of finite numbers"),
        (torch.eye(3), 4, "from 1 to 3"),
        (torch.eye(3), 0, "from 1 to 3"),
    ],
)
def test_what_has_no_largest_part_is_refused(weight, rank, said):
    with pytest.raises(CourseError, match=said):
        largest_part(weight, rank)


def test_the_model_computes_what_it_did_and_its_base_is_another():
    model = tiny_model()
    remember_origin(model, ())
    before = forward.answer_logits(model, BATCH).detach()
    weights = {name: p.detach().clone() for name, p in model.named_parameters()}
    names = add_pissa(model, rank=4, targets=("q_proj", "down_proj"))
    torch.testing.assert_close(forward.answer_logits(model, BATCH), before, atol=1e-4, rtol=0)
    assert len(names) == 4 and set(lora_layers(model)) == set(names) and not has_moved(model)
    for name, layer in lora_layers(model).items():
        assert isinstance(layer, LoRALinear) and layer.scale == 1
        rest = weights[f"{name}.weight"] - truncate(weights[f"{name}.weight"], 4)
        torch.testing.assert_close(layer.base.weight.detach(), rest, atol=1e-5, rtol=0)
        assert not layer.base.weight.requires_grad and layer.lora_A.requires_grad
