"""The trainings on which the memory calculator is tried: a development set, and a held-out set.

The development set may be used to mend the calculator. The held-out set was drawn by this file
before any of it was measured, of models that neither the development set nor the first grid
(``experiments memory``) has. Part of ``experiments memory_held_out`` and ``memory_in_backward``.
"""

import dataclasses
import random
from typing import Any

import torch

from course_utils.experiments.family_configs import config_of
from course_utils.machine.device import GIB
from course_utils.memory.cards import fits
from course_utils.memory.options import Attention, Optimiser, Precision
from course_utils.memory.shapes import SHAPES, Shape
from course_utils.memory.training import METHODS, Training
from course_utils.methods.names import Method
from course_utils.model.layers import ALL_LINEAR

MEMORY = 72 * GIB  # of the card on which they are to run, with room for a wrong prediction
FLOAT32 = torch.float32
HELD_OUT = (  # by family
    "TinyLlama-1.1B", "Llama-3.2-3B", "Llama-3.1-8B", "Mistral-7B", "Qwen2.5-1.5B", "Qwen2.5-7B",
    "Qwen3-8B", "Gemma-2B", "Gemma-7B", "Phi-4-mini",
)  # fmt: skip
LARGE = 2e9  # parameters from which on full fine-tuning is tried with fewer layers
FEWER = 8


@dataclasses.dataclass(frozen=True)
class Cell:
    """One training to predict and to measure.

    Attributes:
        model: a key of ``memory.shapes.SHAPES``.
        layers: how many of its layers; None for all.
        training: how it is trained.
    """

    model: str
    layers: int | None
    training: Training

    @property
    def shape(self) -> Shape:
        """Of the model with so many layers."""
        return Shape.of(config_of(self.model, self.layers))


def _cell(model: str, layers: int | None, method: Method, batch: int, length: int,
          **more: Any) -> Cell:  # fmt: skip
    return Cell(model, layers, Training(method, batch, length, **more))


OUT_OF_THE_BOX: dict[str, Any] = {
    "checkpointing": True, "adapter_dtype": FLOAT32, "double_quantisation": False,
    "targets": ("q_proj", "k_proj", "v_proj", "o_proj"),
}  # fmt: skip
COURSE: dict[str, Any] = {
    "precision": Precision.COURSE, "attention": Attention.EAGER, "rank": 8,
    "adapter_dtype": FLOAT32,
}  # fmt: skip
HALF = {"dtype": torch.float16}
F, L, Q, P = METHODS
DEVELOPMENT = (
    _cell("Llama-3.2-1B", None, L, 2, 2048, adapter_dtype=FLOAT32),
    _cell("Llama-3.2-1B", None, L, 1, 4096, adapter_dtype=FLOAT32, checkpointing=True,
          logit_positions=512),
    _cell("Llama-3.2-1B", None, Q, 1, 1024, precision=Precision.KBIT, **OUT_OF_THE_BOX),
    _cell("Llama-3.2-1B", None, Q, 2, 1024, precision=Precision.KBIT_AUTOCAST, **OUT_OF_THE_BOX),
    _cell("Llama-2-7B", 8, Q, 1, 2048, precision=Precision.KBIT, **OUT_OF_THE_BOX, **HALF),
    _cell("Llama-3.2-1B", None, L, 2, 1024, attention=Attention.NO_FLASH, checkpointing=True,
          **HALF),
    _cell("Llama-3.2-1B", None, F, 2, 2048, optimiser=Optimiser.PLAIN, checkpointing=True),
    _cell("Llama-3.2-1B", None, F, 2, 512, optimiser=Optimiser.EIGHT_BIT),
    _cell("Llama-2-7B", 8, Q, 2, 2048, adapter_dtype=FLOAT32, checkpointing=True,
          optimiser=Optimiser.PAGED),
    _cell("SmolLM2-360M", None, F, 4, 1024, attention=Attention.EAGER),
    _cell("Qwen3-0.6B", None, L, 1, 8192, checkpointing=True),
    _cell("Qwen2.5-0.5B", None, P, 4, 512, checkpointing=True),
    _cell("Phi-3.5-mini", 8, L, 2, 1024),
    _cell("Phi-3.5-mini", 8, F, 1, 2048, **HALF),
    _cell("Gemma-3-1B", None, L, 2, 256),
    _cell("Gemma-3-1B", None, Q, 2, 1024, checkpointing=True, logit_positions=256),
    _cell("SmolLM2-135M", None, L, 32, 96, logit_positions=32, **COURSE),
    _cell("SmolLM2-135M", None, Q, 32, 96, logit_positions=32, **COURSE),
)  # fmt: skip


AT_ONCE: dict[str, Any] = {"step_in_backward": True, "checkpointing": True}
IN_BACKWARD = (  # tied and own heads, fused layers, few and many tokens, each optimiser
    _cell("Llama-3.2-1B", None, F, 2, 2048, **AT_ONCE),
    _cell("Llama-3.2-1B", None, F, 1, 64, optimiser=Optimiser.PLAIN, **AT_ONCE),
    _cell("Llama-3.2-3B", None, F, 2, 1024, optimiser=Optimiser.PLAIN, logit_positions=512,
          **AT_ONCE),
    _cell("TinyLlama-1.1B", None, F, 4, 2048, optimiser=Optimiser.EIGHT_BIT, logit_positions=256,
          **AT_ONCE),
    _cell("Llama-2-7B", 8, F, 1, 64, **AT_ONCE),
    _cell("Phi-3.5-mini", 8, F, 1, 512, **AT_ONCE),
)  # fmt: skip


def held_out() -> list[Cell]:
    """Each model with each method, the other settings drawn by lot; and the course's own loop."""
    lots = random.Random(16)
    cells = [_drawn(lots, model, method) for model in HELD_OUT for method in METHODS]
    cells += [_drawn(lots, lots.choice(HELD_OUT), method) for method in (L, Q) * 3]
    for model, method in (("TinyLlama-1.1B", L), ("Qwen2.5-1.5B", Q)):
        cells.append(_cell(model, None, method, 16, 128, logit_positions=16, **COURSE))
    return cells


def held_out_in_backward() -> list[Cell]:
    """Full fine-tuning of some of the same models that steps in the backward pass.

    With one row of text, as with many the logits are the peak and the step makes no difference.
    """
    lots = random.Random(17)
    models = lots.sample(HELD_OUT, 6)
    fixed = {"step_in_backward": True, "batch": 1, "logit_positions": 256}
    return [_drawn(lots, model, Method.FULL, **fixed) for model in models]


def _drawn(lots: random.Random, model: str, method: Method, **fixed: Any) -> Cell:
    """A cell that should fit; what does not is drawn again."""
    full = method == Method.FULL
    layers = FEWER if full and SHAPES[model].parameters > LARGE else None
    while True:
        length = lots.choice((512, 1024, 2048, 4096, 8192))
        batch = max(1, lots.choice((2048, 4096, 8192)) // length)
        settings = {"batch": batch, **_options(lots, method, length), **fixed}
        cell = _cell(model, layers, method, length=length, **settings)
        if fits(cell.shape, cell.training, MEMORY):
            return cell


def _options(lots: random.Random, method: Method, length: int) -> dict[str, Any]:
    """Settings beside the tokens; each is drawn even where the method does not need it."""
    attention = lots.choice((Attention.SDPA,) * 3 + (Attention.NO_FLASH, Attention.EAGER))
    chunk = lots.choice((None, None, 512)) if method != Method.PROMPT_TUNING else None
    optimiser = lots.choice((Optimiser.MASTERS, Optimiser.MASTERS, Optimiser.PLAIN))
    adapters = {
        "adapter_dtype": lots.choice((None, FLOAT32)),
        "targets": lots.choice((("q_proj", "v_proj"), OUT_OF_THE_BOX["targets"], ALL_LINEAR)),
        "rank": lots.choice((8, 16, 64)),
    }
    quantised = {
        "precision": lots.choice((Precision.ONE, Precision.KBIT, Precision.KBIT_AUTOCAST)),
        "double_quantisation": lots.choice((True, False)),
    }
    return {
        "dtype": lots.choice((torch.bfloat16, torch.float16)),
        "checkpointing": lots.choice((True, False)),
        "attention": attention if length <= 2048 else Attention.SDPA,
        "logit_positions": chunk,
        **({"optimiser": optimiser} if method != Method.PROMPT_TUNING else {}),
        **(adapters if method in (Method.LORA, Method.QLORA) else {}),
        **(quantised if method == Method.QLORA else {}),
    }
