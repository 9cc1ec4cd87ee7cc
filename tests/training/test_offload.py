"""Layer inputs in the computer's memory: the same gradients, and no bytes on the device."""

import pytest
import torch
from torch.utils.checkpoint import checkpoint

from course_utils.training.offload import HostStore
from tests.memory.live_bytes import LiveBytes

SHAPE, LAYERS = (2, 5, 8), 6
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs a CUDA device"))]  # fmt: skip


def make_layers(device):
    torch.manual_seed(0)
    return [torch.nn.Linear(8, 8).to(device) for _ in range(LAYERS)]


def run(layers, x):
    for layer in layers:
        x = checkpoint(lambda h, layer=layer: torch.tanh(layer(h)), x, use_reentrant=False)
    return x.square().sum()


def gradients(layers):
    found = [p.grad.clone() for layer in layers for p in layer.parameters()]
    for layer in layers:
        layer.zero_grad()
    return found


@pytest.mark.parametrize("device", DEVICES)
def test_gradients_are_those_of_tensors_that_stayed(device):
    layers = make_layers(device)
    store = HostStore(SHAPE, torch.float32, torch.device(device))
    for step in range(3):
        x = torch.randn(SHAPE, device=device) + step
        run(layers, x).backward()
        expected = gradients(layers)
        with store.taking():
            loss = run(layers, x)
        loss.backward()
        assert all(torch.equal(g, e) for g, e in zip(gradients(layers), expected))
        assert store.nbytes == (LAYERS + 1) * 2 * 5 * 8 * 4  # and what the square keeps


@pytest.mark.parametrize("other", [torch.zeros(2, 5, 9), torch.zeros(SHAPE, dtype=torch.float64)])
def test_other_shapes_and_dtypes_stay_where_they_are(other):
    store = HostStore(SHAPE, torch.float32, torch.device("cpu"))
    x = other.requires_grad_()
    with store.taking():
        loss = x.exp().sum()
    loss.backward()
    assert store.nbytes == 0 and torch.equal(x.grad, other.exp())


def test_backward_twice_gives_the_same():
    layers, x = make_layers("cpu"), torch.randn(SHAPE)
    store = HostStore(SHAPE, torch.float32, torch.device("cpu"))
    with store.taking():
        loss = run(layers, x)
    loss.backward(retain_graph=True)
    first = gradients(layers)
    loss.backward()
    assert all(torch.equal(g, e) for g, e in zip(gradients(layers), first))


def test_a_tensor_that_changes_after_it_was_taken_is_kept_as_it_was():
    store = HostStore(SHAPE, torch.float32, torch.device("cpu"))
    x = torch.randn(SHAPE, requires_grad=True)
    before = x.detach().exp()
    with store.taking():
        y = x.exp()  # which saves its result
        loss = y.sum()
    with torch.no_grad():
        y.detach().zero_()
    loss.backward()
    assert torch.equal(x.grad, before)


def test_what_is_taken_dies_on_the_device_during_the_forward_pass():
    """On a CPU the copies count as well, so they are taken off."""
    store = HostStore(SHAPE, torch.float32, torch.device("cpu"))
    size = 2 * 5 * 8 * 4
    held = []
    with LiveBytes() as live, store.taking():
        x = torch.randn(SHAPE, requires_grad=True)
        for _ in range(LAYERS):
            x = x.exp()
            held.append(live.now - store.nbytes)
    assert held[-1] <= held[1] <= 4 * size
