"""The study of the update: shares of the energy by their definition, and the change of a layer."""

import pytest
import torch

from course_utils.experiments.update import RANKS, _change, _energy, _spectra


def test_the_energy_is_the_share_of_the_squared_singular_values():
    S = torch.linspace(64, 1, 64)
    squares = S.square()
    expected = [(squares[:rank].sum() / squares.sum()).item() for rank in RANKS]
    assert _energy(S) == pytest.approx(expected, abs=1e-4)
    assert _energy(S)[-1] == 1.0


def test_the_change_is_taken_in_float32():
    base = {"w": torch.ones(2, dtype=torch.bfloat16)}
    tuned = {"w": torch.full((2,), 1.0078125, dtype=torch.bfloat16)}
    change = _change(tuned, base, "w")
    assert change.dtype == torch.float32 and change.tolist() == [0.0078125, 0.0078125]


def test_only_the_middle_layer_has_its_spectrum_beside_a_random_one():
    generator = torch.Generator().manual_seed(0)
    names = [f"model.layers.{i}.mlp.up_proj" for i in range(3)]
    base = {name: torch.zeros(6, 4) for name in names}
    tuned = {name: torch.randn(6, 4, generator=generator) for name in names}
    parts = {name: torch.linalg.svd(tuned[name], full_matrices=False) for name in names}
    spectra = _spectra(tuned, base, parts)
    assert list(spectra) == [names[1]]
    norms = [torch.tensor(values).norm().item() for values in spectra[names[1]].values()]
    assert norms[0] == pytest.approx(norms[1], rel=1e-4)
