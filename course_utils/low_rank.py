"""Matrices of low rank: the spectrum of an update, its best cuts, and a random control."""

import torch


@torch.no_grad()
def spectrum(delta: torch.Tensor) -> torch.Tensor:
    """Singular values of a matrix, largest first: (min(out, in),) float32."""
    return torch.linalg.svdvals(delta.float())


@torch.no_grad()
def decompose(delta: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """``(U, S, Vh)`` of a matrix (out, in), float32: do it once, then ``cut`` to many ranks."""
    return torch.linalg.svd(delta.float(), full_matrices=False)


def cut(parts: tuple[torch.Tensor, torch.Tensor, torch.Tensor], rank: int) -> torch.Tensor:
    """The best approximation of that rank (Eckart & Young 1936): (out, in) float32."""
    U, S, Vh = parts
    return (U[:, :rank] * S[:rank]) @ Vh[:rank]


def truncate(delta: torch.Tensor, rank: int) -> torch.Tensor:
    """The matrix of rank ``rank`` that is nearest to ``delta``: (out, in) float32."""
    return cut(decompose(delta), rank)


def random_like(delta: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """A Gaussian matrix with the shape and the Frobenius norm of ``delta``, float32.

    Args:
        generator: on the CPU, so that every device gets the same matrix.
    """
    noise = torch.randn(delta.shape, generator=generator).to(delta.device)
    return noise * (delta.float().norm() / noise.norm())
