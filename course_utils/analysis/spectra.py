"""Spectra of an update, thinned to what a figure on a logarithmic axis can show.

Lesson 3, *What did full fine-tuning change?*.
"""

import dataclasses
import math

import torch

from course_utils.analysis.low_rank import spectrum
from course_utils.errors import CourseError

RANKS = (1, 2, 4, 8, 16, 32, 64)  # to which the recorded updates were cut
ALL_UNTIL, STEP = 16, 1.08  # from here on every place is 8 % further than the last


@dataclasses.dataclass(frozen=True)
class Spectrum:
    """Singular values of a matrix, and the energy of its cuts.

    Attributes:
        count: how many singular values there are.
        values: the largest ones, and fewer and fewer of the others: those at ``places``.
        energies: share of the squared norm that a cut to each of ``RANKS`` keeps, in [0, 1].
    """

    count: int
    values: tuple[float, ...]
    energies: tuple[float, ...]

    @property
    def places(self) -> tuple[int, ...]:
        """The number of each of ``values``, from 1."""
        return shown_places(self.count)

    def energy(self, rank: int) -> float:
        """Share of the squared norm that a cut to this rank keeps.

        Raises:
            CourseError: the rank is none of ``RANKS``.
        """
        if rank not in RANKS:
            raise CourseError(
                f"The energy of rank {rank} is not kept",
                f"take one of: {', '.join(map(str, RANKS))}",
            )
        return self.energies[RANKS.index(rank)]


def shown_places(count: int) -> tuple[int, ...]:
    """The first 16 places, then each 8 % further than the last one; the last of all ends it."""
    places = list(range(1, min(count, ALL_UNTIL) + 1))
    while places[-1] < count:
        places.append(min(count, math.ceil(places[-1] * STEP)))
    return tuple(places)


def spectrum_of(matrix: torch.Tensor) -> Spectrum:
    """The spectrum of a matrix (out, in).

    Raises:
        CourseError: it is no matrix, or not finite.
    """
    return thinned(spectrum(matrix))


def thinned(singular_values: torch.Tensor) -> Spectrum:
    """The spectrum of all singular values (n,), largest first."""
    S = singular_values.double().cpu()
    places = torch.tensor(shown_places(len(S)))
    return Spectrum(len(S), tuple(S[places - 1].tolist()), energies(S))


def energies(singular_values: torch.Tensor) -> tuple[float, ...]:
    """Share of the squared norm that the first singular values hold, for each of ``RANKS``.

    1 for a matrix of zeros: nothing is lost.
    """
    squares = singular_values.double().square().cumsum(0)
    if not squares[-1]:
        return (1.0,) * len(RANKS)
    return tuple((squares[min(r, len(squares)) - 1] / squares[-1]).item() for r in RANKS)
