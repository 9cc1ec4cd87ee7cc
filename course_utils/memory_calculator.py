"""How much GPU memory a training step needs, before anything is run.

What is counted is what ``experiments.memory_setups`` runs: a transformers model in one dtype,
causal attention by SDPA without a padding mask, the causal language-modelling loss in float32, and
``MixedPrecisionAdamW``. The figures are bytes of tensors, as ``torch.cuda.max_memory_allocated``
counts them. Not counted: the CUDA context (about 0.5 GiB), and the holes in the memory that the
allocator has reserved.
"""

import dataclasses

import torch

from course_utils.errors import CourseError
from course_utils.memory_activations import FLOAT32, Saved
from course_utils.memory_shapes import Shape

GIB = 2**30
METHODS = ("full", "LoRA", "QLoRA", "prompt tuning")
BLOCK, SECOND_BLOCK = 64, 256  # QLoRA's block sizes (Dettmers et al. 2023, section 3)
CODEBOOKS = 16 * FLOAT32 + 256 * FLOAT32 + FLOAT32  # NF4's levels, the 8-bit levels, an offset

# A logit at its dearest moment, in the backward pass of the cross-entropy: its log-softmax, the
# gradient of that, and the gradient of the logit, all in float32.
LOGIT = 3 * FLOAT32

WORKSPACES = 2 * 32 * 2**20  # bytes, on an H100: see ``workspaces``


@dataclasses.dataclass(frozen=True)
class Training:
    """One way to train.

    Attributes:
        method: one of ``METHODS``.
        batch: rows.
        length: tokens in a row, the soft prompt not counted.
        dtype: of weights and activations: ``torch.float32``, ``bfloat16`` or ``float16``. With
            the two short ones, the optimiser keeps float32 masters of what is trained.
        checkpointing: is each decoder layer computed again in the backward pass?
        rank: of the adapters of LoRA and QLoRA, which stand on all linear layers.
        soft_tokens: length of the soft prompt of prompt tuning.
        logit_positions: positions whose logits are in memory at once; None for all. The lessons
            need them at the answers alone: one a row.
    """

    method: str
    batch: int
    length: int
    dtype: torch.dtype = torch.bfloat16
    checkpointing: bool = False
    rank: int = 16
    soft_tokens: int = 20
    logit_positions: int | None = None

    def __post_init__(self):
        if self.method not in METHODS:
            raise CourseError(
                f"There is no method '{self.method}'", f"choose one of {', '.join(METHODS)}"
            )
        if min(self.batch, self.length, self.rank, self.soft_tokens) < 1:
            raise CourseError(
                "Batch, length, rank and soft tokens are counts", "give each at least 1"
            )

    @property
    def row(self) -> int:
        """Positions in a row, the soft prompt's included."""
        return self.length + (self.soft_tokens if self.method == "prompt tuning" else 0)

    @property
    def tokens(self) -> int:
        """Positions in the batch."""
        return self.batch * self.row


@dataclasses.dataclass(frozen=True)
class Estimate:
    """The bytes of a training step.

    Attributes:
        moments: for each moment that may be the dearest, bytes by part.
    """

    moments: dict[str, dict[str, int]]

    @property
    def moment(self) -> str:
        """The dearest moment."""
        return max(self.moments, key=lambda name: sum(self.moments[name].values()))

    @property
    def parts(self) -> dict[str, int]:
        """Bytes by part at the dearest moment."""
        return self.moments[self.moment]

    @property
    def peak(self) -> int:
        """The most bytes held at once."""
        return sum(self.parts.values())

    def __str__(self) -> str:
        rows = [f"{name:22} {size / GIB:8.2f} GiB" for name, size in self.parts.items() if size]
        return "\n".join([*rows, f"{'peak: ' + self.moment:22} {self.peak / GIB:8.2f} GiB"])


def estimate(shape: Shape, training: Training, workspace: int = WORKSPACES) -> Estimate:
    """The bytes of a training step of a model of this shape.

    Args:
        workspace: what the libraries of the device keep; 0 on a CPU.
    """
    held = _held(shape, training) | {"workspaces": workspace}
    saved = _saved(shape, training)
    tokens, size = training.tokens, training.dtype.itemsize
    kept = saved.model(tokens, training.row, training.checkpointing)
    positions = training.logit_positions or tokens
    gradients = _gradients(shape, training)
    again = tokens * saved.layer if training.checkpointing else 0
    unpacked = size * max(r * c for r, c in shape.matrices.values()) * (training.method == "QLoRA")
    layer = {"recomputed layer": again, "temporary": tokens * saved.work + unpacked}
    norm = tokens * saved.norm_work
    one = tokens * (saved.layer_input if training.checkpointing else saved.layer + saved.norm)
    full = training.method == "full"
    tables = size * shape.table * full
    without_embedding = gradients - tables * (not shape.tied)
    copies = gradients
    if _dtype_trained(training).itemsize < FLOAT32:  # the last is copied before it is dropped
        last = shape.hidden * shape.mlp if shape.tied else shape.table
        copies = FLOAT32 * _trained(shape, training) + size * last * full
    return Estimate(
        {
            "loss": held | {"activations": kept, "logits": LOGIT * positions * shape.vocabulary},
            "last norm backward": held
            | {"activations": kept, "gradients": tables, "temporary": norm},
            "last layer backward": held | {"activations": kept, "gradients": tables} | layer,
            "first layer backward": held
            | {"activations": one, "gradients": without_embedding}
            | layer,
            "embedding backward": held | {"gradients": gradients + 2 * shape.tied * tables},
            "optimiser step": held | {"gradients": copies},
        }
    )


def workspaces(device: torch.device) -> int:
    """Bytes that cuBLAS keeps for the thread of the forward pass and that of the backward pass.

    PyTorch gives it 32 MiB for each on Hopper (compute capability 9.0), about 8 on other GPUs.
    """
    if device.type != "cuda":
        return 0
    hopper = torch.cuda.get_device_capability(device) == (9, 0)
    return 2 * (32 * 2**20 if hopper else 8_519_680)


def quantised_bytes(rows: int, columns: int) -> tuple[int, int]:
    """Bytes of a matrix in NF4 with double quantisation: of its codes, and of the constants.

    Two codes share a byte. Each block of 64 has an 8-bit constant, and each 256 of these have one
    of 32 bits; the codebooks come once a matrix.
    """
    blocks = -(-rows * columns // BLOCK)
    constants = blocks + FLOAT32 * -(-blocks // SECOND_BLOCK) + CODEBOOKS
    return -(-rows * columns // 2), constants


def _held(shape: Shape, training: Training) -> dict[str, int]:
    """Bytes by part that are held from step to step."""
    size, trained = training.dtype.itemsize, _trained(shape, training)
    parts = {"weights": size * shape.parameters}
    if training.method == "QLoRA":
        codes, constants = (
            shape.layers * sum(column)
            for column in zip(*(quantised_bytes(*m) for m in shape.matrices.values()))
        )
        rest = shape.parameters - shape.layers * shape.matrix_parameters
        parts = {"weights": codes + size * rest, "quantisation constants": constants}
    if training.method in ("LoRA", "QLoRA"):
        parts["adapters"] = size * trained
    if training.method == "prompt tuning":
        parts["soft prompt"] = FLOAT32 * trained
    masters = FLOAT32 * trained if _dtype_trained(training).itemsize < FLOAT32 else 0
    return parts | {"optimiser": 2 * FLOAT32 * trained + masters}


def _trained(shape: Shape, training: Training) -> int:
    """How many numbers are trained."""
    if training.method == "full":
        return shape.parameters
    if training.method == "prompt tuning":
        return training.soft_tokens * shape.hidden
    return shape.adapter_parameters(training.rank)


def _dtype_trained(training: Training) -> torch.dtype:
    """The dtype of what is trained: the model's, but float32 for a soft prompt."""
    return torch.float32 if training.method == "prompt tuning" else training.dtype


def _gradients(shape: Shape, training: Training) -> int:
    return _dtype_trained(training).itemsize * _trained(shape, training)


def _saved(shape: Shape, training: Training) -> Saved:
    rank = training.rank if training.method in ("LoRA", "QLoRA") else 0
    return Saved(shape, training.dtype, training.method == "full", rank)
