"""Matrices of low rank: the spectrum of an update, its best cuts, and random controls.

Lesson 3, *What did full fine-tuning change?* and *Two controls*.
"""

import torch

State = dict[str, torch.Tensor]


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


def random_adapter(state: State, generator: torch.Generator) -> State:
    """An adapter as large as the trained one that has learned nothing: a control for LoRA.

    Gaussian matrices stand in the place of the trained ones; the norm of each update is kept.

    Args:
        state: as ``methods.lora_files.adapter_state`` gives it.
        generator: on the CPU.

    Returns:
        A state of the same names and shapes, in which ``B A`` of every layer has the Frobenius
        norm that it has in ``state``.
    """
    control = {}
    for key, A in state.items():
        if ".lora_A." not in key:
            continue
        other = key.replace(".lora_A.", ".lora_B.")
        B = state[other]
        new_A = torch.randn(A.shape, generator=generator)
        new_B = torch.randn(B.shape, generator=generator)
        control[key] = new_A
        control[other] = new_B * (product_norm(A, B) / product_norm(new_A, new_B))
    return control


def product_norm(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    """Frobenius norm of ``B A``, through matrices of (rank, rank); float32, a scalar.

    Args:
        A: (rank, in).
        B: (out, rank).
    """
    return ((B.mT @ B) * (A @ A.mT)).sum().clamp(min=0).sqrt()
