"""The small card's steps: what each adds, and that none changes what is computed."""

import dataclasses
import shutil

import bitsandbytes  # noqa: F401 (its first import logs, and pytest's log would hold a model)
import pytest
import torch

from course_utils.experiments import small_card_step
from course_utils.experiments.random_models import build, loss_of, random_ids
from course_utils.experiments.small_card_step import VARIANTS, Variant, compiled_layer
from course_utils.memory.calculator import Training
from course_utils.memory.shapes import Shape
from course_utils.methods.names import Method

SHAPE = Shape(128, 2, 2, 2, 64, 256, 500, False)
TRAINING = Training(Method.QLORA, 2, 32, rank=4)
CPU = torch.device("cpu")


def make_model():
    torch.manual_seed(0)
    model = build(SHAPE, TRAINING, CPU)
    for p in model.parameters():
        if p.requires_grad:
            torch.nn.init.normal_(p, std=0.05)  # B too, or A would get no gradient
    return model


def gradients(model, **more):
    model.zero_grad()
    loss = loss_of(model, random_ids(SHAPE, TRAINING, CPU), 16, **more)
    loss.backward()
    found = [p.grad.float().flatten() for p in model.parameters() if p.requires_grad]
    return loss.item(), torch.cat(found)


def test_each_variant_adds_one_thing_to_the_one_before():
    fields = [field.name for field in dataclasses.fields(Variant)]
    for before, after in zip(VARIANTS, VARIANTS[1:]):
        changed = [n for n in fields if getattr(before, n) != getattr(after, n)]
        assert "name" in changed and len(changed) == 2
        assert after.name.startswith("+") or before is VARIANTS[0]
    assert [bool(v.environment) for v in VARIANTS] == [v.growing for v in VARIANTS]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("gcc"), reason="torch.compile needs a C compiler on a CPU")
def test_a_compiled_layer_gives_the_gradients_of_a_plain_one():
    """One compilation for all layers: compiling each for itself would take minutes."""
    model = make_model()
    torch.manual_seed(1)
    loss, expected = gradients(model)
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    torch.manual_seed(1)
    compiled_loss, found = gradients(model, run_layer=compiled_layer())
    assert compiled_loss == pytest.approx(loss, rel=1e-3)
    assert (found - expected).norm() < 0.02 * expected.norm()
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1
    assert not torch._dynamo.utils.counters["graph_break"]


def test_paged_states_are_said_to_be_on_the_host(monkeypatch):
    monkeypatch.setattr(small_card_step, "_paged_step", lambda trained: lambda: None)
    monkeypatch.setattr(small_card_step, "PAGED_LEAST", 1000)
    model = make_model()
    step = small_card_step.Step(VARIANTS[0], model, random_ids(SHAPE, TRAINING, CPU))
    sizes = [p.numel() for p in model.parameters() if p.requires_grad]
    assert min(sizes) < 1000 < max(sizes)
    assert step.host == 8 * sum(size for size in sizes if size >= 1000)
