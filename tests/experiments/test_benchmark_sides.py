"""Both sides of the benchmark on a tiny model: the same texts, the same losses before any step."""

import pytest
import torch

from course_utils.experiments import benchmark_sides as sides
from course_utils.model.tiny import tiny_model, tiny_tokenizer

pytestmark = pytest.mark.slow  # together many seconds


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setattr(sides, "load_model", lambda *_: (tiny_model().float(), tiny_tokenizer()))
    monkeypatch.setattr(sides, "STEPS", 2)
    monkeypatch.setattr(sides, "SIZE", 64)


@pytest.mark.parametrize("method", ["full", "lora"])
def test_both_sides_take_the_same_texts_and_begin_with_the_same_loss(method):
    pytest.importorskip("peft")
    pytest.importorskip("accelerate")
    ours, theirs = (sides.measure(side, method) for side in ("course", "trainer"))
    assert ours["flops"] == theirs["flops"]
    assert ours["losses"][0] == pytest.approx(theirs["losses"][0], rel=5e-3)  # bfloat16 products
    for found in (ours, theirs):
        assert len(found["seconds"]) == len(found["losses"]) == len(found["flops"]) == 2
        assert found["peak"] > 0 and found["matmul_rate"] > 0


@pytest.mark.parametrize("frozen", [False, True])
def test_the_operations_of_a_step_are_those_that_pytorch_counts(frozen):
    """A frozen first layer has an input that needs a gradient, as in a model with LoRA."""
    from torch.utils.flop_counter import FlopCounterMode

    base, tokens = torch.nn.Linear(32, 64, bias=False), 10
    adapter = torch.nn.Sequential(torch.nn.Linear(32, 2, False), torch.nn.Linear(2, 64, False))
    base.weight.requires_grad_(not frozen)
    x = torch.randn(tokens, 32, requires_grad=True)
    with FlopCounterMode(display=False) as counter:
        y = base(x) + adapter(x) if frozen else base(x)
        y.sum().backward()
    adapters = sum(p.numel() for p in adapter.parameters()) if frozen else 0
    assert sides.step_flops(base.weight.numel(), adapters, tokens) == counter.get_total_flops()
