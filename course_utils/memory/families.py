"""How the layers of Llama's relatives differ from Llama's own, as far as memory goes.

Read off transformers 5.23's ``modeling_*.py``; lesson 5, *The memory calculator*.
"""

import enum
from collections.abc import Sequence

from course_utils.errors import CourseError
from course_utils.model.layers import ATTENTION, MLP


class Family(enum.Enum):
    """Families of models whose layers are made of the same pieces.

    Attributes:
        norms: over the residual stream, in a decoder layer.
        head_norms: are queries and keys normalised, head by head?
        fused: is there one matrix for q, k and v, and one for gate and up?
        late_cast: do norms multiply by their weight before they leave float32?
    """

    LLAMA = (2, False, False, False)  # and Mistral, Qwen2
    QWEN3 = (2, True, False, False)
    PHI3 = (2, False, True, False)
    GEMMA = (2, False, False, True)
    GEMMA3 = (4, True, False, True)

    def __init__(self, norms: int, head_norms: bool, fused: bool, late_cast: bool):
        self.norms, self.head_norms = norms, head_norms
        self.fused, self.late_cast = fused, late_cast

    @property
    def qkv(self) -> tuple[str, ...]:
        """The linear layers that read what the first norm gives."""
        return ("qkv_proj",) if self.fused else ATTENTION[:3]

    @property
    def gate_up(self) -> tuple[str, ...]:
        """The linear layers that read what the MLP is given."""
        return ("gate_up_proj",) if self.fused else MLP[:2]


def parts_of(name: str) -> tuple[str, ...]:
    """The linear layers that one of this name does the work of."""
    return {"qkv_proj": ATTENTION[:3], "gate_up_proj": MLP[:2]}.get(name, (name,))


def targeted(name: str, targets: Sequence[str]) -> bool:
    """Has the linear layer of this name an adapter, by its own name or by that of a part?"""
    return any(part in targets for part in (name, *parts_of(name)))


KINDS = {  # model_type of a configuration
    "llama": Family.LLAMA,
    "mistral": Family.LLAMA,
    "qwen2": Family.LLAMA,
    "qwen3": Family.QWEN3,
    "phi3": Family.PHI3,
    "gemma": Family.GEMMA,
    "gemma3_text": Family.GEMMA3,
}


def family_of(kind: str) -> Family:
    """The family of models of this ``model_type``.

    Raises:
        CourseError: the calculator does not know it.
    """
    if kind not in KINDS:
        raise CourseError(
            f"The memory calculator does not know models of the kind '{kind}'",
            f"give it the configuration of one of: {', '.join(KINDS)}",
        )
    return KINDS[kind]
