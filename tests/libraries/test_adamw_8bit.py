"""AdamW with 8-bit states against the course's own, and against bitsandbytes' on its own."""

import math

import bitsandbytes
import pytest
import torch

from course_utils.errors import CourseError
from course_utils.libraries.adamw_8bit import AdamW8bit
from course_utils.training.mixed_precision import MixedPrecisionAdamW

SHAPES = [(16, 512), (64, 96), (48, 128)]


def parameters(dtype=torch.bfloat16):
    torch.manual_seed(0)
    return [torch.nn.Parameter(torch.randn(shape).to(dtype)) for shape in SHAPES]


def descend(optimiser_of, steps=40):
    """Losses and norms on the way towards some targets, and where the parameters are then."""
    trained = parameters()
    targets = [torch.randn(shape) for shape in SHAPES]
    optimiser, course = optimiser_of(trained), []
    for _ in range(steps):
        loss = sum(((p.float() - t) ** 2).sum() for p, t in zip(trained, targets))
        loss.backward()
        course.append((loss.item(), optimiser.step(max_norm=10.0)))
    return course, torch.cat([p.detach().float().flatten() for p in trained])


def test_it_goes_where_32_bits_go():
    (narrow, ends), (wide, wide_ends) = (
        descend(lambda p, kind=kind: kind(p, 1e-2)) for kind in (AdamW8bit, MixedPrecisionAdamW)
    )
    assert narrow[0] == wide[0] and narrow[-1][0] < 0.8 * narrow[0][0]
    for (loss, norm), (wide_loss, wide_norm) in zip(narrow, wide):
        assert loss == pytest.approx(wide_loss, rel=0.01)
        assert norm == pytest.approx(wide_norm, rel=0.01)
    assert (ends - wide_ends).norm() < 0.05 * wide_ends.norm()


def test_a_step_is_bitsandbytes_own_on_the_clipped_gradient():
    trained, theirs = parameters(), [torch.nn.Parameter(p.detach().float()) for p in parameters()]
    ours = AdamW8bit(trained, 1e-2)
    reference = bitsandbytes.optim.AdamW8bit(theirs, lr=1e-2, weight_decay=0.0)
    for size in (1.0, 0.001, 3.0):  # the second is shorter than the norm allowed
        gradients = [torch.randn_like(p) * size for p in trained]
        norm = torch.cat([g.float().flatten() for g in gradients]).norm()
        for p, q, g in zip(trained, theirs, gradients):
            p.grad, q.grad = g, g.float() * min(1.0, 2.0 / (norm.item() + 1e-6))
        assert ours.step(max_norm=2.0) == pytest.approx(norm.item(), rel=1e-5)
        reference.step()
        for p, q in zip(trained, theirs):
            assert p.grad is None
            torch.testing.assert_close(p, q.bfloat16(), rtol=0.02, atol=1e-3)


def test_its_states_take_two_bytes_a_number_and_are_there_at_once():
    optimiser = AdamW8bit(parameters(), 1e-2)
    (state,) = optimiser._adamw.state.values()
    count = sum(math.prod(shape) for shape in SHAPES)
    assert state["state1"].nbytes == state["state2"].nbytes == count
    assert state["absmax1"].nbytes == 4 * math.ceil(count / 256)
    before = {name: v.data_ptr() for name, v in state.items() if isinstance(v, torch.Tensor)}
    for p in optimiser.parameters:
        p.grad = torch.ones_like(p)
    optimiser.step(1.0)
    (state,) = optimiser._adamw.state.values()
    assert before == {n: v.data_ptr() for n, v in state.items() if isinstance(v, torch.Tensor)}


@pytest.mark.parametrize("bad, says", [(None, "got none"), (math.nan, "norm of the gradients")])
def test_no_gradient_or_one_that_is_no_number_is_refused_and_nothing_moves(bad, says):
    trained = parameters()
    optimiser = AdamW8bit(trained, 1e-2)
    before = [p.detach().clone() for p in trained]
    for p in trained:
        p.grad = torch.ones_like(p)
    trained[1].grad = None if bad is None else torch.full_like(trained[1], bad)
    with pytest.raises(CourseError, match=says):
        optimiser.step(1.0)
    assert all(torch.equal(p, b) for p, b in zip(trained, before))
