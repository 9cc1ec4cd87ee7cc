"""Spectra that are thinned for a figure, with the energy of their cuts."""

import pytest
import torch

from course_utils.analysis.spectra import RANKS, Spectrum, energies, shown_places, spectrum_of
from course_utils.errors import CourseError


@pytest.mark.parametrize("count", [1, 16, 17, 192, 576])
def test_the_first_and_the_last_place_are_always_shown(count):
    places = shown_places(count)
    assert places[:16] == tuple(range(1, min(count, 16) + 1)) and places[-1] == count
    assert list(places) == sorted(set(places)) and len(places) <= 70


def test_the_values_stand_at_their_places():
    S = torch.linspace(64, 1, 64)
    found = spectrum_of(torch.diag(S.flip(0)))
    assert found.count == 64 and len(found.values) == len(found.places)
    for place, value in zip(found.places, found.values):
        assert value == pytest.approx(S[place - 1].item(), rel=1e-5)


def test_the_energy_is_the_share_of_the_squared_singular_values():
    S = torch.linspace(64, 1, 64)
    squares = S.square()
    expected = [(squares[:rank].sum() / squares.sum()).item() for rank in RANKS]
    assert energies(S) == pytest.approx(expected, abs=1e-6)
    found = Spectrum(64, (), energies(S))
    assert found.energy(8) == energies(S)[3] and found.energy(64) == pytest.approx(1.0)


def test_a_matrix_of_fewer_values_has_all_its_energy_in_them():
    assert energies(torch.tensor([4.0, 3.0])) == pytest.approx((16 / 25, 1, 1, 1, 1, 1, 1))
    assert energies(torch.zeros(3)) == (1.0,) * 7


def test_a_rank_that_is_not_kept_is_refused():
    with pytest.raises(CourseError, match="one of: 1, 2, 4"):
        Spectrum(1, (1.0,), (1.0,) * 7).energy(3)
