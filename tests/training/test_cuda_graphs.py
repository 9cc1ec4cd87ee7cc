"""CUDA graphs: what can be told without a GPU, and with one that they change nothing."""

import pytest
import torch

from course_utils.data.batches import collate
from course_utils.errors import CourseError
from course_utils.model.forward import answer_logits
from course_utils.model.tiny import tiny_model
from course_utils.training import backward as backward_module
from course_utils.training.backward import backward, backward_of
from course_utils.training.cuda_graphs import WIDTHS, GraphedBackward, _widen
from course_utils.training.plan import Example
from tests.model.families import build

EXAMPLES = [Example([5, 6, 7 + i], 260) for i in range(3)] + [Example(list(range(5, 24)), 261)]


def test_a_wider_batch_says_the_same():
    model, batch = tiny_model().eval(), collate([e.ids for e in EXAMPLES], 0)
    wide = _widen(batch, 48, 0)
    assert wide.input_ids.shape == wide.attention_mask.shape == (4, 48)
    assert wide.attention_mask.sum() == batch.attention_mask.sum()
    with torch.no_grad():
        torch.testing.assert_close(answer_logits(model, wide), answer_logits(model, batch))


def test_on_a_cpu_nothing_is_recorded(monkeypatch):
    def no_graphs(*arguments):
        raise AssertionError("CUDA graphs on a CPU")

    monkeypatch.setattr(backward_module, "GraphedBackward", no_graphs)
    model = tiny_model()
    loss = backward_of(model, pad_id=0)(EXAMPLES)
    assert loss == pytest.approx(backward(tiny_model(), EXAMPLES, pad_id=0))


@pytest.mark.parametrize("number", [0, 1])  # the second is not the current device
def test_replayed_losses_and_gradients_are_the_plain_ones(number):
    if torch.cuda.device_count() <= number:
        pytest.skip(f"needs {number + 1} CUDA devices")
    device = torch.device("cuda", number)
    model, twin = tiny_model().to(device), tiny_model().to(device)
    graphed = GraphedBackward(model, pad_id=0)
    for examples in (EXAMPLES, EXAMPLES[:2], EXAMPLES[::-1]):
        loss = graphed([e.ids for e in examples], [e.answer for e in examples])
        twin.zero_grad()
        assert loss == pytest.approx(backward(twin, examples, pad_id=0), rel=1e-5)
        for p, q in zip(model.parameters(), twin.parameters()):
            assert p.grad.device == device
            torch.testing.assert_close(p.grad, q.grad, rtol=1e-4, atol=1e-6)
    assert WIDTHS == tuple(sorted(WIDTHS))


needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


@needs_gpu
def test_a_parameter_without_gradient_is_refused_on_a_gpu_too():
    model = tiny_model().cuda()
    model.extra = torch.nn.Linear(3, 3).cuda()
    with pytest.raises(CourseError, match="2 of .* got none"):
        backward_of(model, pad_id=0)(EXAMPLES)


@needs_gpu
@pytest.mark.parametrize("family", ["Granite", "Mistral", "OPT"])
def test_a_model_that_the_fast_way_gets_wrong_is_not_recorded(family):
    model, twin = build(family).cuda(), build(family).cuda()
    loss = backward_of(model, pad_id=0)(EXAMPLES)
    assert loss == pytest.approx(backward(twin, EXAMPLES, pad_id=0), rel=1e-4)
    rows = [model(torch.tensor([e.ids], device="cuda")).logits[0, -1].float() for e in EXAMPLES]
    answers = torch.tensor([e.answer for e in EXAMPLES], device="cuda")
    own = torch.nn.functional.cross_entropy(torch.stack(rows), answers).item()
    assert loss == pytest.approx(own, rel=1e-3)
