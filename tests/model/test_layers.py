"""Finding, replacing and counting linear layers."""

import pytest
from torch import nn

from course_utils.errors import CourseError
from course_utils.model.layers import (
    ALL_LINEAR,
    linear_layers,
    matching_layers,
    replace_linear,
    trainable_parameters,
)
from course_utils.model.tiny import tiny_model


def test_the_output_head_is_no_layer_to_replace():
    model = tiny_model()
    layers = linear_layers(model)
    assert len(layers) == 7 * model.config.num_hidden_layers
    assert not any(layer is model.lm_head for layer in layers.values())


def test_targets_are_last_names():
    chosen = matching_layers(tiny_model(), ("q_proj",))
    assert [name.split(".")[-1] for name in chosen] == ["q_proj"] * len(chosen) and chosen


def test_what_is_not_there_gets_the_names_that_are():
    with pytest.raises(CourseError, match="no linear layers named query; it has q_proj"):
        matching_layers(tiny_model(), ("query",))


def test_what_was_replaced_already_is_named():
    class Wrapped(nn.Module):
        def __init__(self, base):
            super().__init__()
            self.base = base

    model = tiny_model()
    names = replace_linear(model, Wrapped, ALL_LINEAR)
    assert all(isinstance(model.get_submodule(name), Wrapped) for name in names)
    with pytest.raises(CourseError, match="no plain linear layers any more, but Wrapped"):
        replace_linear(model, Wrapped, ALL_LINEAR)


def test_replacing_freezes_and_counting_sees_it():
    model = tiny_model()
    assert trainable_parameters(model) == sum(p.numel() for p in model.parameters())
    replace_linear(model, lambda layer: nn.Linear(layer.in_features, 2), ("k_proj",))
    width, layers = model.config.hidden_size, model.config.num_hidden_layers
    assert trainable_parameters(model) == layers * (2 * width + 2)
