"""A training step of the small card's model in several ways, each a little cheaper than before.

``experiments.small_card`` measures them, one added to the other.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint
from transformers import PreTrainedModel

from course_utils.experiments.random_models import (
    LEARNING_RATE,
    loss_of,
    make_optimiser,
    plain_layer,
)
from course_utils.libraries import bnb
from course_utils.libraries.adamw_8bit import AdamW8bit
from course_utils.libraries.joined_lora import join_lora
from course_utils.training.cuda_graphs import Recorder
from course_utils.training.offload import HostStore

Backward = Callable[[], torch.Tensor]
CHUNK = 512  # positions whose logits are in memory at once, where the loss goes in chunks
PAGED_LEAST = 100_000  # numbers of a tensor whose states bitsandbytes pages


@dataclasses.dataclass(frozen=True)
class Variant:
    """One way to run the same training.

    Attributes:
        name: for the table; those that begin with ``+`` add to the one before.
        adapters_in_float32: PEFT's default, with bitsandbytes' paged AdamW; else adapters in
            bfloat16, with the course's optimiser, which keeps float32 masters.
        chunk: positions whose logits are in memory at once; None for all.
        graph: are forward and backward pass recorded as a CUDA graph?
        joined: are the adapters added up in the product, see ``libraries.joined_lora``?
        compiled: does ``torch.compile`` make each decoder layer's kernels?
        eight_bit: do the states of the optimiser have 8 bits?
        offload: do the layers' inputs wait for the backward pass in the computer's memory?
        growing: may the allocator let its segments grow, instead of taking new ones?
    """

    name: str
    adapters_in_float32: bool = False
    chunk: int | None = None
    graph: bool = False
    joined: bool = False
    compiled: bool = False
    eight_bit: bool = False
    offload: bool = False
    growing: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """What a process has to be told before it uses the GPU."""
        return {"PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True"} if self.growing else {}


def _ablation() -> tuple[Variant, ...]:
    variants = [
        Variant("out of the box", adapters_in_float32=True),
        Variant("adapters in bfloat16"),
    ]
    for name, added in (
        ("+ loss in chunks", {"chunk": CHUNK}),
        ("+ CUDA graph", {"graph": True}),
        ("+ adapters added in the product", {"joined": True}),
        ("+ compiled layers", {"compiled": True}),
        ("+ 8-bit optimiser", {"eight_bit": True}),
        ("+ layer inputs on the computer", {"offload": True}),
        ("+ segments that grow", {"growing": True}),
    ):
        variants.append(dataclasses.replace(variants[-1], name=name, **added))
    return tuple(variants)


VARIANTS = _ablation()


class Step:
    """The training step of one variant, on one batch.

    Args:
        model: as ``random_models.build`` gives it, with checkpointing unless ``variant`` compiles
            the layers: those are checkpointed here.
        ids: (batch, tokens) int64.

    Attributes:
        host: bytes of the computer's memory that it holds.
    """

    def __init__(self, variant: Variant, model: PreTrainedModel, ids: torch.Tensor):
        self._variant, self._model, self._ids = variant, model, ids
        if variant.joined:
            join_lora(model)
        self._trained = [p for p in model.parameters() if p.requires_grad]
        self._store: HostStore | None = None
        if variant.offload:
            shape = (*ids.shape, model.config.hidden_size)
            self._store = HostStore(shape, model.dtype, ids.device)
        self._run_layer = compiled_layer() if variant.compiled else plain_layer
        self._optimise = self._optimiser()  # its states first: see ``AdamW8bit``
        self._backward = self._recorded() if variant.graph else self._plain

    def __call__(self) -> torch.Tensor:
        """The loss before the step, a tensor that the next call overwrites."""
        loss = self._backward()
        self._optimise()
        return loss

    @property
    def host(self) -> int:
        if self._variant.adapters_in_float32:
            return sum(8 * p.numel() for p in self._trained if p.numel() >= PAGED_LEAST)
        return self._store.nbytes if self._store else 0

    def _loss(self) -> torch.Tensor:
        more: dict[str, Any] = {}
        if self._variant.chunk is not None:
            more = {"chunk": self._variant.chunk, "run_layer": self._run_layer}
        if self._store is None:
            return loss_of(self._model, self._ids, **more)
        with self._store.taking():
            return loss_of(self._model, self._ids, **more)

    def _plain(self) -> torch.Tensor:
        loss = self._loss()
        loss.backward()
        return loss.detach()

    def _recorded(self) -> Backward:
        return Recorder(self._trained).record(self._loss)

    def _optimiser(self) -> Callable[[], object]:
        if self._variant.adapters_in_float32:
            return _paged_step(self._trained)
        if self._variant.eight_bit:
            eight_bit = AdamW8bit(self._trained, LEARNING_RATE)
            return lambda: eight_bit.step(max_norm=1.0)
        optimiser = make_optimiser(self._model)
        return lambda: optimiser.step(max_norm=1.0)


def compiled_layer() -> Callable[..., torch.Tensor]:
    """``plain_layer`` with kernels made for it, computed again in the backward pass.

    Many small operations become one kernel. The checkpoint stands around what is compiled: within,
    PyTorch 2.11 keeps what bitsandbytes' products give instead of computing it again.
    """
    compiled = torch.compile(plain_layer)

    def run(layer: nn.Module, hidden: torch.Tensor, *more: Any) -> torch.Tensor:
        if not hidden.requires_grad:
            hidden.requires_grad_()  # the first layer's input, or it would be compiled for itself
        return checkpoint(
            compiled, layer, hidden, *more, use_reentrant=False, preserve_rng_state=False
        )

    return run


def _paged_step(trained: list[nn.Parameter]) -> Callable[[], None]:
    """A step of the optimiser that QLoRA's authors used: its state may move to the host."""
    optimiser = bnb.library().optim.PagedAdamW32bit(trained, lr=LEARNING_RATE)

    def step() -> None:
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        optimiser.zero_grad()

    return step
