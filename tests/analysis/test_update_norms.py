"""Norms of LoRA's updates by layer and kind of matrix."""

import math

import pytest
import torch

from course_utils.analysis.update_norms import arranged, update_norms
from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora, lora_layers, merged_weight
from course_utils.model.layers import ALL_LINEAR
from course_utils.model.tiny import tiny_model


@pytest.fixture
def model():
    model = tiny_model()
    add_lora(model, rank=4, alpha=12.0)
    for layer in lora_layers(model).values():
        torch.nn.init.normal_(layer.lora_B)
    return model


def test_the_norm_is_that_of_what_merging_adds(model):
    found = update_norms(model)
    assert found.layers == (0, 1) and found.kinds == ALL_LINEAR
    layer = model.model.layers[1].mlp.up_proj
    W = layer.base.weight
    change = merged_weight(W, layer.lora_A, layer.lora_B, layer.alpha) - W
    at = (1, found.kinds.index("up_proj"))
    assert found.absolute[at].item() == pytest.approx(change.norm().item(), rel=1e-4)
    assert found.relative[at].item() == pytest.approx((change.norm() / W.norm()).item(), rel=1e-4)


def test_a_new_adapter_has_no_update(model):
    for layer in lora_layers(model).values():
        torch.nn.init.zeros_(layer.lora_B)
    assert not update_norms(model).absolute.any()


def test_a_matrix_without_adapter_is_a_gap():
    found = arranged({"m.0.q": (1.0, 2.0), "m.0.v": (3.0, 2.0), "m.2.q": (4.0, 2.0)})
    assert (found.layers, found.kinds) == ((0, 2), ("q", "v"))
    assert found.relative.tolist()[0] == [0.5, 1.5] and math.isnan(found.relative[1, 1])


def test_a_model_without_or_with_merged_adapters_is_refused(model):
    with pytest.raises(CourseError, match="no LoRA layers"):
        update_norms(tiny_model())
    next(iter(lora_layers(model).values())).merge()
    with pytest.raises(CourseError, match="merged"):
        update_norms(model)
