"""The LoRA layer's product in one step: its gradients are those of the formula."""

import pytest
import torch
from torch import nn

from course_utils.methods.lora import LoRALinear


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("frozen", [True, False], ids=["in one step", "by its parts"])
def test_the_gradients_are_those_of_the_formula(bias, frozen):
    torch.manual_seed(0)
    layer = LoRALinear(nn.Linear(6, 5, bias=bias), rank=2, alpha=6.0)
    nn.init.normal_(layer.lora_B)
    layer.base.requires_grad_(not frozen)
    x, gradient = torch.randn(3, 4, 6, requires_grad=True), torch.randn(3, 4, 5)
    wanted = (x, *(p for p in layer.parameters() if p.requires_grad))
    formula = layer.base(x) + 3 * x @ layer.lora_A.mT @ layer.lora_B.mT
    expected = torch.autograd.grad(formula, wanted, gradient)
    assert layer._is_plain(x) is frozen
    for found, right in zip(torch.autograd.grad(layer(x), wanted, gradient), expected, strict=True):
        torch.testing.assert_close(found, right)


def test_a_base_of_another_kind_computes_by_itself():
    class Doubled(nn.Linear):
        def forward(self, x):
            return 2 * super().forward(x)

    base, x = Doubled(6, 5), torch.randn(3, 6)
    assert torch.equal(LoRALinear(base, rank=2, alpha=6.0)(x), base(x))


def test_under_autocast_a_float32_base_gives_what_it_gives_alone():
    base, x = nn.Linear(6, 5), torch.randn(3, 6)
    layer = LoRALinear(base, rank=2, alpha=6.0)
    with torch.autocast("cpu", torch.bfloat16):
        assert layer(x).dtype == base(x).dtype == torch.bfloat16
