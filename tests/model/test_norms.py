"""The RMSNorm in few steps computes what Llama's own does, backwards too."""

import pytest
import torch
from transformers.models.llama.modeling_llama import LlamaRMSNorm
from transformers.models.qwen2.modeling_qwen2 import Qwen2RMSNorm

from course_utils.model.norms import LIKE_LLAMA, RMSNorm


@pytest.fixture(params=[LlamaRMSNorm, Qwen2RMSNorm])
def norm(request):
    torch.manual_seed(0)
    norm = request.param(24, eps=1e-5)
    torch.nn.init.normal_(norm.weight)
    assert request.param.__name__ in LIKE_LLAMA
    return norm


def test_the_result_is_that_of_transformers_rounded(norm):
    x = torch.randn(2, 5, 24)
    assert torch.equal(RMSNorm(norm, torch.bfloat16)(x), norm(x).bfloat16())


@pytest.mark.parametrize("frozen", [False, True])
def test_so_are_the_gradients(norm, frozen):
    x, gradient = torch.randn(2, 5, 24), torch.randn(2, 5, 24)
    found = []
    for module in (norm, RMSNorm(norm, torch.float32)):
        module.weight.requires_grad_(not frozen).grad = None
        moved = x.clone().requires_grad_()
        module(moved).backward(gradient)
        found.append((moved.grad, module.weight.grad))
    torch.testing.assert_close(found[1][0], found[0][0])
    assert frozen or torch.testing.assert_close(found[1][1], found[0][1]) is None
