"""Choices that decide about a training's memory: precision, attention, optimiser.

Lesson 5, *All of it*.
"""

import enum


class Precision(str, enum.Enum):
    """Where float32 is used beside the dtype of the products.

    Attributes:
        wide_stream: is the residual stream in float32?
        autocast: do the products run under autocast, which casts their inputs?
        upcasts: did ``peft.prepare_model_for_kbit_training`` cast embeddings, head and norms to
            float32?
    """

    ONE = ("one dtype", False, False, False)  # all in one, the inside of the norms apart
    COURSE = ("the course's loop", True, True, False)  # ``model.passes``; own norms and adapters
    KBIT = ("k-bit", True, False, True)
    KBIT_AUTOCAST = ("k-bit, autocast", True, True, True)  # the same in a Trainer with bf16=True

    wide_stream: bool
    autocast: bool
    upcasts: bool

    def __new__(cls, text: str, wide_stream: bool, autocast: bool, upcasts: bool) -> "Precision":
        member = str.__new__(cls, text)
        member._value_ = text
        member.wide_stream, member.autocast, member.upcasts = wide_stream, autocast, upcasts
        return member

    def __str__(self) -> str:
        return str(self.value)


class Attention(str, enum.Enum):
    """How attention is computed.

    ``SDPA`` is PyTorch's own function with all its kernels; ``NO_FLASH`` the same on a GPU before
    compute capability 8.0 (a T4 has 7.5), which has no flash attention; ``EAGER`` is the plain
    way, which keeps a number for each pair of tokens.
    """

    SDPA = "sdpa"
    NO_FLASH = "sdpa, no flash"
    EAGER = "eager"

    def __str__(self) -> str:
        return self.value


class Optimiser(str, enum.Enum):
    """AdamW, and how it keeps its two states.

    ``MASTERS`` steps float32 copies of 16-bit parameters (``training.mixed_precision``); ``PLAIN``
    steps the parameters themselves, with states in their dtype: in bfloat16 that is "pure
    bfloat16". ``EIGHT_BIT`` and ``PAGED`` are bitsandbytes'; the pages of the latter may move to
    the computer's memory, and PyTorch does not count them.
    """

    MASTERS = "float32 masters"
    PLAIN = "plain"
    EIGHT_BIT = "8-bit"
    PAGED = "paged"

    def __str__(self) -> str:
        return self.value
