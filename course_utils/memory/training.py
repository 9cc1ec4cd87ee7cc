"""One way to train, as the memory calculator wants to know it (lesson 5, *All of it*)."""

import dataclasses
import enum

import torch

from course_utils import validate
from course_utils.errors import CourseError
from course_utils.memory.options import Attention, Optimiser, Precision
from course_utils.methods.names import Method
from course_utils.model.layers import ALL_LINEAR
from course_utils.validate import one_of, whole

DTYPES = (torch.float32, torch.bfloat16, torch.float16)
KINDS: dict[str, type[enum.Enum]] = {
    "method": Method,
    "precision": Precision,
    "attention": Attention,
    "optimiser": Optimiser,
}
METHODS = (Method.FULL, Method.LORA, Method.QLORA, Method.PROMPT_TUNING)


@dataclasses.dataclass(frozen=True)
class Training:
    """One way to train.

    Attributes:
        method: one of ``METHODS``, or its name.
        batch: rows.
        length: tokens in a row, the soft prompt not counted.
        dtype: of weights and products: ``torch.float32``, ``bfloat16`` or ``float16``.
        checkpointing: is each decoder layer computed again in the backward pass?
        rank: of the adapters of LoRA and QLoRA.
        soft_tokens: length of the soft prompt of prompt tuning.
        logit_positions: positions whose logits are in memory at once; None for all. The lessons
            need them at the answers alone: one a row.
        precision: where float32 is used beside ``dtype``.
        adapter_dtype: of the adapters' weights; None for ``dtype``. PEFT's default is float32.
        targets: linear layers that have an adapter; a layer that a family fuses of several has one
            where one of its parts is named.
        double_quantisation: are QLoRA's scales quantised, too?
        attention: how it is computed.
        padded: is there a padding mask? Causal attention needs none otherwise.
        optimiser: how AdamW keeps its states.
        step_in_backward: is each tensor stepped as soon as it has its gradient, which then goes?
        gpus: how many train together; the batch is that of each. See ``memory.sharding``.
        stage: of ZeRO, 0 to 3: what they divide among them.

    Raises:
        CourseError: a setting is none of those allowed, a count is no whole number of at least 1,
            there are more positions of logits than tokens, or a precision does not suit the
            method.
    """

    method: Method
    batch: int
    length: int
    dtype: torch.dtype = torch.bfloat16
    checkpointing: bool = False
    rank: int = 16
    soft_tokens: int = 20
    logit_positions: int | None = None
    precision: Precision = Precision.ONE
    adapter_dtype: torch.dtype | None = None
    targets: tuple[str, ...] = ALL_LINEAR
    double_quantisation: bool = True
    attention: Attention = Attention.SDPA
    padded: bool = False
    optimiser: Optimiser = Optimiser.MASTERS
    step_in_backward: bool = False
    gpus: int = 1
    stage: int = 3

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise CourseError(
                f"The memory calculator does not know the method '{self.method}'",
                f"choose one of {', '.join(METHODS)}",
            )
        for name, kind in KINDS.items():
            chosen = one_of(name, getattr(self, name), tuple(kind))
            self._set(name, next(member for member in kind if member == chosen))  # of a name, too
        one_of("dtype", self.dtype, DTYPES)
        one_of("adapter_dtype", self.adapter_dtype, (*DTYPES, None))
        for name in ("checkpointing", "double_quantisation", "padded", "step_in_backward"):
            one_of(name, getattr(self, name), (True, False))
        for name in ("batch", "length", "rank", "soft_tokens", "gpus"):
            whole(name, getattr(self, name), 1)
        whole("stage", self.stage, 0, 3)
        self._set("targets", validate.names("targets", self.targets, '("q_proj", "v_proj")'))
        if self.logit_positions is not None:
            whole("logit_positions", self.logit_positions, 1, self.tokens)
        if self.precision.upcasts and self.method != Method.QLORA:
            raise CourseError(
                f"precision '{self.precision}' is what PEFT prepares a quantised model for",
                "use it with QLoRA",
            )

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)  # of a frozen class

    @property
    def adapters(self) -> bool:
        """Are adapters trained?"""
        return self.method in (Method.LORA, Method.QLORA)

    @property
    def trained_dtype(self) -> torch.dtype:
        """Of a trained number and of its gradient; a soft prompt is in float32."""
        if self.method == Method.FULL:
            return self.dtype
        return (self.adapter_dtype or self.dtype) if self.adapters else torch.float32

    @property
    def row(self) -> int:
        """Positions in a row, the soft prompt's included."""
        return self.length + (self.soft_tokens if self.method == Method.PROMPT_TUNING else 0)

    @property
    def tokens(self) -> int:
        """Positions in the batch."""
        return self.batch * self.row
