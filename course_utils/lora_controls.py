"""A control for LoRA: an adapter as large as the trained one that has learned nothing."""

import torch

State = dict[str, torch.Tensor]


def random_adapter(state: State, generator: torch.Generator) -> State:
    """Gaussian matrices in the place of the trained ones, with the norm of each update kept.

    Args:
        state: as ``lora_files.adapter_state`` gives it.
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
