"""Matrices of low rank: the spectrum of an update, its best cuts, and random controls.

Lesson 3, *What did full fine-tuning change?* and *Two controls*.
"""

import torch

from course_utils.errors import CourseError
from course_utils.validate import whole

State = dict[str, torch.Tensor]
Parts = tuple[torch.Tensor, torch.Tensor, torch.Tensor]  # U, S, Vh


@torch.no_grad()
def spectrum(delta: torch.Tensor) -> torch.Tensor:
    """Singular values of a matrix, largest first: (min(out, in),) float32.

    Raises:
        CourseError: it is no matrix, or not finite.
    """
    return torch.linalg.svdvals(_matrix(delta))


@torch.no_grad()
def decompose(delta: torch.Tensor) -> Parts:
    """``(U, S, Vh)`` of a matrix (out, in), float32: do it once, then ``cut`` to many ranks.

    Raises:
        CourseError: it is no matrix, or not finite.
    """
    matrix = _matrix(delta)
    if matrix.shape[0] >= matrix.shape[1]:
        return torch.linalg.svd(matrix, full_matrices=False)
    V, S, Uh = torch.linalg.svd(matrix.mT, full_matrices=False)  # twice as fast on a CPU
    return Uh.mT, S, V.mT


def _matrix(delta: torch.Tensor) -> torch.Tensor:
    """In float32."""
    if delta.ndim != 2 or not delta.numel() or not delta.isfinite().all():
        raise CourseError(
            f"A tensor of the shape {tuple(delta.shape)} is no matrix of finite numbers",
            "give (out, in), and look for the step of training after which it was not finite",
        )
    return delta.float()


def cut(parts: Parts, rank: int) -> torch.Tensor:
    """The best approximation of at most that rank (Eckart & Young 1936): (out, in) float32.

    Args:
        parts: as ``decompose`` gives them.
        rank: from 0, which leaves nothing; from min(out, in) on, the matrix itself.

    Raises:
        CourseError: the rank is no whole number of at least 0.
    """
    U, S, Vh = parts
    rank = whole("rank", rank, 0)
    return (U[:, :rank] * S[:rank]) @ Vh[:rank]


def truncate(delta: torch.Tensor, rank: int) -> torch.Tensor:
    """The matrix of rank ``rank`` that is nearest to ``delta``: (out, in) float32.

    Raises:
        CourseError: see ``decompose`` and ``cut``.
    """
    return cut(decompose(delta), rank)


def random_like(delta: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """A Gaussian matrix with the shape and the Frobenius norm of ``delta``, float32.

    Args:
        generator: on the CPU, so that every device gets the same matrix.

    Raises:
        CourseError: ``delta`` is no matrix, or not finite.
    """
    norm = _matrix(delta).norm()
    noise = torch.randn(delta.shape, generator=generator).to(delta.device)
    return noise * (norm / noise.norm())


def random_adapter(state: State, generator: torch.Generator) -> State:
    """An adapter as large as the trained one that has learned nothing: a control for LoRA.

    Gaussian matrices stand in the place of the trained ones; the norm of each update is kept.

    Args:
        state: as ``methods.lora_files.adapter_state`` gives it.
        generator: on the CPU.

    Returns:
        A state of the same names and shapes, in which ``B A`` of every layer has the Frobenius
        norm that it has in ``state``.

    Raises:
        CourseError: there is no adapter in ``state``, or one has no second matrix.
    """
    control = {}
    keys = [key for key in state if ".lora_A." in key]
    others = [key.replace(".lora_A.", ".lora_B.") for key in keys]
    if not keys or not set(others) <= set(state):
        raise CourseError(
            "The state holds no adapters, or not both matrices of each",
            "give what adapter_state(model) returns for a model with LoRA",
        )
    for key, other in zip(keys, others):
        A, B = state[key], state[other]
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
