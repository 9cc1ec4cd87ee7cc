"""The recorded optimiser against the plain one: on a CPU computed again, on a GPU replayed."""

import math

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.training import graphed_adamw
from course_utils.training.graphed_adamw import GraphedAdamW, optimiser_of
from course_utils.training.mixed_precision import LossScale, MixedPrecisionAdamW

RATES = [1e-2, 3e-2, 2e-2, 5e-3, 1e-2, 0.0, 1e-2]
SHAPES = [(3, 2), (5,), (4, 4)]
DTYPES = [torch.bfloat16, torch.float32, torch.bfloat16]
DEVICES = [
    "cpu",
    pytest.param(
        "cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
    ),
]


@pytest.fixture
def recordings(monkeypatch):
    """How often something was recorded; on a CPU it is computed again in place of a replay."""
    done, real = [], graphed_adamw.recorded

    def counted(compute, device):
        done.append(compute.__name__)
        return compute if device.type == "cpu" else real(compute, device)

    monkeypatch.setattr(graphed_adamw, "recorded", counted)
    return done


def parameters_on(device):
    drawn = torch.Generator().manual_seed(0)
    made = [torch.randn(shape, generator=drawn) for shape in SHAPES]
    return [torch.nn.Parameter(t.to(device, dtype)) for t, dtype in zip(made, DTYPES)]


class Gradients:
    """Gradients that stay where they are, as ``cuda_graphs.Recorder`` leaves them."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.kept = [torch.zeros_like(p) for p in parameters]
        self.drawn = torch.Generator().manual_seed(1)

    def fill(self, size=1.0, elsewhere=False):
        for parameter, kept in zip(self.parameters, self.kept):
            new = size * torch.randn(kept.shape, generator=self.drawn)
            parameter.grad = torch.empty_like(kept) if elsewhere else kept
            parameter.grad.copy_(new)


def steps(optimiser, gradients, rates, **fill):
    norms = []
    for rate in rates:
        optimiser.set_learning_rate(rate)
        gradients.fill(**fill)
        norms.append(optimiser.step(max_norm=1.0))
        assert all(p.grad is None for p in optimiser.parameters)
    return norms


def pair(device):
    """A recorded and a plain optimiser, on equal parameters with equal gradients."""
    made = []
    for kind in (GraphedAdamW, MixedPrecisionAdamW):
        parameters = parameters_on(device)
        made.append((kind(parameters, 1e-2), Gradients(parameters)))
    return made


def same(ours, theirs, device):
    """Bit by bit on a GPU, where the plain one has the rate in float32, too."""
    for p, q in zip(ours.state().values(), theirs.state().values()):
        tolerance = 0.0 if device == "cuda" else 1e-6
        torch.testing.assert_close(p, q, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("size", [0.01, 100.0])  # one of them is clipped
def test_replayed_steps_are_the_plain_ones(device, size, recordings):
    (ours, gradients), (theirs, plain) = pair(device)
    rates = [torch.tensor(rate).item() for rate in RATES]
    norms = steps(ours, gradients, RATES, size=size)
    assert norms == steps(theirs, plain, rates, size=size)
    assert recordings == ["find_norm", "move"]
    same(ours, theirs, device)
    assert len({tuple(p.flatten().tolist()) for p in ours.parameters}) == len(SHAPES)


@pytest.mark.parametrize("device", DEVICES)
def test_gradients_elsewhere_are_stepped_too(device, recordings):
    """And afterwards those of the recording are replayed again, without a new one."""
    (ours, gradients), (theirs, plain) = pair(device)
    for rates, elsewhere in ((RATES, False), (RATES[:1], True), (RATES[:3], False)):
        norms = steps(ours, gradients, rates, elsewhere=elsewhere)
        rounded = [torch.tensor(rate).item() for rate in rates]
        assert norms == steps(theirs, plain, rounded)
    assert len(recordings) == 2
    same(ours, theirs, device)


@pytest.mark.parametrize("device", DEVICES)
def test_another_norm_to_clip_at_is_recorded_anew(device, recordings):
    (ours, gradients), (theirs, plain) = pair(device)
    for optimiser, at in ((ours, gradients), (theirs, plain)):
        for max_norm in (1.0, 1.0, 1.0, 0.1, 0.1, 0.1):
            at.fill(size=5.0)
            optimiser.step(max_norm)
    assert len(recordings) == 4
    for p, q in zip(ours.parameters, theirs.parameters):
        torch.testing.assert_close(p, q, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("device", DEVICES)
def test_a_gradient_that_is_no_number_moves_nothing(device, recordings):
    (ours, gradients), _ = pair(device)
    steps(ours, gradients, RATES[:3])
    before = {name: value.clone() for name, value in ours.state().items()}
    gradients.fill()
    gradients.kept[1][2] = math.nan
    with pytest.raises(CourseError, match="norm of the gradients is nan"):
        ours.step(1.0)
    assert recordings and all(torch.equal(ours.state()[n], v) for n, v in before.items())
    gradients.parameters[0].grad = None
    with pytest.raises(CourseError, match="got none"):
        ours.step(1.0)


@pytest.mark.parametrize("device", DEVICES)
def test_a_state_is_loaded_under_the_recording(device, recordings):
    (ours, gradients), (theirs, plain) = pair(device)
    rounded = [torch.tensor(rate).item() for rate in RATES]
    begin = {name: value.clone() for name, value in ours.state().items()}
    steps(ours, gradients, RATES[:4])
    ours.load_state(begin)
    gradients.drawn.manual_seed(1)
    assert steps(ours, gradients, RATES) == steps(theirs, plain, rounded)
    assert len(recordings) == 2
    same(ours, theirs, device)


def test_it_is_taken_on_a_gpu_without_a_loss_scale():
    parameters = parameters_on("cpu")
    assert type(optimiser_of(parameters, 1e-2)) is MixedPrecisionAdamW
    scale = LossScale(on=True)
    assert optimiser_of(parameters, 1e-2, scale).loss_scale is scale
    if torch.cuda.is_available():
        parameters = parameters_on("cuda")
        assert type(optimiser_of(parameters, 1e-2)) is GraphedAdamW
        assert type(optimiser_of(parameters, 1e-2, scale)) is MixedPrecisionAdamW
