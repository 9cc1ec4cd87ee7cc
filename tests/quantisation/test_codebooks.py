"""The codebooks against bitsandbytes, and against their definitions."""

import pytest
import torch
from scipy.stats import norm

from course_utils.libraries import bnb
from course_utils.quantisation import codebooks


@pytest.mark.parametrize("name", codebooks.CODEBOOKS)
def test_every_codebook_rises_from_minus_one_to_one_over_an_exact_zero(name):
    levels = codebooks.CODEBOOKS[name]()
    assert levels.dtype == torch.float32 and (levels.diff() > 0).all()
    assert levels[0] == -1 and levels[-1] == 1 and (levels == 0).sum() == 1
    assert len(levels) == {"nf4": 16}.get(name, 15)


def test_nf4_is_bitsandbytes_to_the_last_bit():
    expected = bnb.library().functional.get_4bit_type("nf4", device="cpu")
    assert torch.equal(codebooks.nf4(), expected)


def test_nf4_levels_are_the_normals_quantiles_at_even_shares():
    levels = codebooks.nf4().double().numpy() * norm.ppf(codebooks.OFFSET)
    shares = norm.cdf(levels)
    assert shares[7] == 0.5
    assert (
        abs(shares[8:] - [0.5 + k * (codebooks.OFFSET - 0.5) / 8 for k in range(1, 9)]).max() < 1e-6
    )
    assert (
        abs(shares[:8] - [0.5 - k * (codebooks.OFFSET - 0.5) / 7 for k in range(7, -1, -1)]).max()
        < 1e-6
    )


def test_fp4_and_the_8_bit_codebook_are_bitsandbytes():
    functional = bnb.library().functional
    assert torch.equal(codebooks.fp4(), functional.get_4bit_type("fp4", device="cpu").unique())
    assert torch.equal(codebooks.dynamic8(), functional.create_dynamic_map())


@pytest.mark.parametrize("count", [5, 16])
def test_levels_of_equal_mass_are_the_medians_of_equal_slices(count):
    levels = codebooks.equal_mass(count)
    shares = torch.special.ndtr(
        levels.double() * torch.special.ndtri(torch.tensor(1 - 0.5 / count))
    )
    expected = (torch.arange(count) + 0.5).double() / count
    torch.testing.assert_close(shares, expected, atol=1e-5, rtol=0)
    assert levels[-1] == 1 and (levels == 0).any() == bool(count % 2)
