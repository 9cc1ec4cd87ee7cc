"""The optimiser's bytes, its norm in float32, and gradients that are no numbers."""

import math

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.training import mixed_precision
from course_utils.training.mixed_precision import MixedPrecisionAdamW, total_norm
from tests.memory.live_bytes import LiveBytes

SIZE, COUNT = 5_000, 60


@pytest.mark.parametrize("chunk", [1, 8, COUNT])
def test_a_step_takes_sixteen_bytes_a_number_and_float32_gradients_of_one_chunk(chunk, monkeypatch):
    monkeypatch.setitem(mixed_precision.CHUNK, "cpu", chunk * SIZE)
    with LiveBytes() as live:
        trained = [
            torch.nn.Parameter(torch.randn(SIZE, dtype=torch.bfloat16)) for _ in range(COUNT)
        ]
        optimiser = MixedPrecisionAdamW(trained, 1e-3)
        for p in trained:
            p.grad = torch.randn_like(p)
        live.peak = live.now
        optimiser.step(max_norm=1.0)
    numbers = COUNT * SIZE
    extra = 2 * chunk * SIZE  # 4 bytes in the place of 2
    assert 16 * numbers <= live.peak <= 16 * numbers + extra + 6 * SIZE


def test_chunks_on_a_gpu_are_far_smaller_than_a_large_model():
    assert mixed_precision.CHUNK["cuda"] < 7e9 / 100


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("piece", [1000, 2**18])
def test_the_norm_is_added_up_in_float32(dtype, piece, monkeypatch):
    monkeypatch.setattr(mixed_precision, "PIECE", piece)
    torch.manual_seed(0)
    gradients = [(1 + i) * torch.randn(70, 9 + i).to(dtype) for i in range(20)]
    gradients.append(gradients[0].t())
    expected = torch.cat([g.double().flatten() for g in gradients]).norm().item()
    norm = total_norm(gradients)
    assert norm.dtype == torch.float32 and norm.item() == pytest.approx(expected, rel=1e-5)


def test_pytorchs_own_norm_of_bfloat16_is_rounded():
    gradients = [torch.full((1,), 1.0, dtype=torch.bfloat16) for _ in range(300)]
    theirs = torch.nn.utils.get_total_norm(gradients).item()
    assert theirs != pytest.approx(math.sqrt(300), rel=1e-3)
    assert total_norm(gradients).item() == pytest.approx(math.sqrt(300), rel=1e-6)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_gradient_that_is_no_number_leaves_masters_and_states_alone(dtype, bad):
    trained = [torch.nn.Parameter(torch.randn(30).to(dtype)) for _ in range(3)]
    optimiser = MixedPrecisionAdamW(trained, 1e-2)
    for value in (1.0, bad):
        for p in trained:
            p.grad = torch.ones_like(p)
        trained[1].grad[4] = value
        before = {name: tensor.clone() for name, tensor in optimiser.state().items()}
        if math.isfinite(value):
            optimiser.step(max_norm=1.0)
            continue
        with pytest.raises(CourseError, match="norm of the gradients is"):
            optimiser.step(max_norm=1.0)
    assert all(torch.equal(tensor, before[n]) for n, tensor in optimiser.state().items())
    assert all(p.isfinite().all() for p in trained)
