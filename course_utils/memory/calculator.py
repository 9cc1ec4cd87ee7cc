"""How much GPU memory a training step needs, before anything is run (lesson 5, *All of it*).

What is counted is what ``experiments.random_models`` runs: a transformers model in one dtype,
causal attention by SDPA without a padding mask, the causal language-modelling loss in float32, and
``MixedPrecisionAdamW``. The figures are bytes of tensors, as ``torch.cuda.max_memory_allocated``
counts them. Not counted: the CUDA context (about 0.5 GiB), and the holes in the memory that the
allocator has reserved.
"""

import dataclasses

import torch

from course_utils.errors import CourseError
from course_utils.machine.device import GIB
from course_utils.memory.activations import FLOAT32, Saved
from course_utils.memory.shapes import Shape
from course_utils.methods.names import Method
from course_utils.quantisation.blockwise import BLOCK, SECOND_BLOCK
from course_utils.validate import number, one_of, whole

DTYPES = (torch.float32, torch.bfloat16, torch.float16)
METHODS = (Method.FULL, Method.LORA, Method.QLORA, Method.PROMPT_TUNING)
CODEBOOKS = 16 * FLOAT32 + 256 * FLOAT32 + FLOAT32  # NF4's levels, the 8-bit levels, an offset
# A logit when it takes the most memory, in the backward pass of the cross-entropy: its log-softmax,
# the gradient of that, and the gradient of the logit, all in float32.
LOGIT = 3 * FLOAT32
WORKSPACES = 2 * 32 * 2**20  # bytes, on an H100: see ``workspaces``
# GiB, as PyTorch reports them: less than the nominal 16, 24, 40 and 80.
CARDS = {"T4": 14.7, "L4": 22.0, "A100 40": 39.4, "A100/H100 80": 79.1}
CONTEXT = 0.5  # GiB that CUDA itself takes


@dataclasses.dataclass(frozen=True)
class Training:
    """One way to train.

    Attributes:
        method: one of ``METHODS``, or its name.
        batch: rows.
        length: tokens in a row, the soft prompt not counted.
        dtype: of weights and activations: ``torch.float32``, ``bfloat16`` or ``float16``. With
            the two short ones, the optimiser keeps float32 masters of what is trained.
        checkpointing: is each decoder layer computed again in the backward pass?
        rank: of the adapters of LoRA and QLoRA, which stand on all linear layers.
        soft_tokens: length of the soft prompt of prompt tuning.
        logit_positions: positions whose logits are in memory at once; None for all. The lessons
            need them at the answers alone: one a row.

    Raises:
        CourseError: the method or the dtype is another, a count is no whole number of at least 1,
            or there are more positions of logits than tokens.
    """

    method: Method
    batch: int
    length: int
    dtype: torch.dtype = torch.bfloat16
    checkpointing: bool = False
    rank: int = 16
    soft_tokens: int = 20
    logit_positions: int | None = None

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise CourseError(
                f"The memory calculator does not know the method '{self.method}'",
                f"choose one of {', '.join(METHODS)}",
            )
        object.__setattr__(self, "method", Method(self.method))  # a name will do, too
        one_of("dtype", self.dtype, DTYPES)
        one_of("checkpointing", self.checkpointing, (True, False))
        for name in ("batch", "length", "rank", "soft_tokens"):
            whole(name, getattr(self, name), 1)
        if self.logit_positions is not None:
            whole("logit_positions", self.logit_positions, 1, self.tokens)

    @property
    def row(self) -> int:
        """Positions in a row, the soft prompt's included."""
        return self.length + (self.soft_tokens if self.method == Method.PROMPT_TUNING else 0)

    @property
    def tokens(self) -> int:
        """Positions in the batch."""
        return self.batch * self.row


@dataclasses.dataclass(frozen=True)
class Estimate:
    """The bytes of a training step.

    Attributes:
        moments: for each moment at which the most may be held, bytes by part.
    """

    moments: dict[str, dict[str, int]]

    @property
    def moment(self) -> str:
        """The moment at which the most is held."""
        return max(self.moments, key=lambda name: sum(self.moments[name].values()))

    @property
    def parts(self) -> dict[str, int]:
        """Bytes by part at that moment."""
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

    Raises:
        CourseError: the rank of the adapters is above that of any layer, or ``workspace`` is no
            whole number of at least 0.
    """
    workspace = whole("workspace", workspace, 0)
    if training.method in (Method.LORA, Method.QLORA):
        whole("rank", training.rank, 1, shape.full_rank)
    step = _Step(shape, training)
    held = step.held() | {"workspaces": workspace}
    moments = {
        "loss": step.loss(),
        "last norm backward": step.last_norm(),
        "last layer backward": step.last_layer(),
        "first layer backward": step.first_layer(),
        "embedding backward": step.embedding(),
        "optimiser step": step.optimiser_step(),
    }
    return Estimate({name: held | parts for name, parts in moments.items()})


def fitting_cards(peak: float) -> list[str]:
    """The GPUs on which a training with a peak of so many bytes fits, the smallest first.

    Raises:
        CourseError: the peak is no number of at least 0.
    """
    peak = number("peak", peak, least=0)
    return [name for name, size in CARDS.items() if peak / GIB + CONTEXT <= size]


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

    Raises:
        CourseError: rows or columns are no whole number of at least 1.
    """
    rows, columns = whole("rows", rows, 1), whole("columns", columns, 1)
    blocks = -(-rows * columns // BLOCK)
    constants = blocks + FLOAT32 * -(-blocks // SECOND_BLOCK) + CODEBOOKS
    return -(-rows * columns // 2), constants


@dataclasses.dataclass(frozen=True)
class _Step:
    """What is in memory at the moments of one training step: bytes by part."""

    shape: Shape
    training: Training

    @property
    def full(self) -> bool:
        return self.training.method == Method.FULL

    @property
    def adapters(self) -> bool:
        return self.training.method in (Method.LORA, Method.QLORA)

    @property
    def trained(self) -> int:
        """How many numbers are trained."""
        if self.full:
            return self.shape.parameters
        if self.adapters:
            return self.shape.adapter_parameters(self.training.rank)
        return self.training.soft_tokens * self.shape.hidden

    @property
    def trained_size(self) -> int:
        """Bytes of a trained number and of its gradient; a soft prompt is in float32."""
        soft_prompt = not self.full and not self.adapters
        return FLOAT32 if soft_prompt else self.training.dtype.itemsize

    @property
    def gradients(self) -> int:
        return self.trained_size * self.trained

    @property
    def head_gradient(self) -> int:
        """The gradient of the output head, the first that the backward pass makes."""
        return self.training.dtype.itemsize * self.shape.table if self.full else 0

    @property
    def saved(self) -> Saved:
        rank = self.training.rank if self.adapters else 0
        return Saved(self.shape, self.training.dtype, self.full, rank)

    def held(self) -> dict[str, int]:
        """From step to step: the model, what is trained, and the optimiser's state."""
        masters = FLOAT32 * self.trained if self.trained_size < FLOAT32 else 0
        parts = self._model()
        if not self.full:
            name = "adapters" if self.adapters else "soft prompt"
            parts[name] = self.trained_size * self.trained
        return parts | {"optimiser": 2 * FLOAT32 * self.trained + masters}

    def _model(self) -> dict[str, int]:
        shape, size = self.shape, self.training.dtype.itemsize
        if self.training.method != Method.QLORA:
            return {"weights": size * shape.parameters}
        matrices = [quantised_bytes(*matrix) for matrix in shape.matrices.values()]
        codes, constants = (shape.layers * sum(column) for column in zip(*matrices))
        rest = shape.parameters - shape.layers * shape.matrix_parameters
        return {"weights": codes + size * rest, "quantisation constants": constants}

    def activations(self) -> int:
        """All that the forward pass has kept."""
        training = self.training
        return self.saved.model(training.tokens, training.row, training.checkpointing)

    def loss(self) -> dict[str, int]:
        """The loss has just gone backward; there are no gradients of weights yet."""
        positions = self.training.logit_positions or self.training.tokens
        logits = LOGIT * positions * self.shape.vocabulary
        return {"activations": self.activations(), "logits": logits}

    def last_norm(self) -> dict[str, int]:
        """The norm below the output head goes backward, in float32."""
        temporary = self.training.tokens * self.saved.norm_work
        return self._all_kept() | {"temporary": temporary}

    def last_layer(self) -> dict[str, int]:
        """The first decoder layer to go backward is the last one."""
        return self._all_kept() | self._layer()

    def _all_kept(self) -> dict[str, int]:
        return {"activations": self.activations(), "gradients": self.head_gradient}

    def _layer(self) -> dict[str, int]:
        """Besides what was kept: the layer computed again, its gradients, an unpacked matrix."""
        tokens, saved = self.training.tokens, self.saved
        unpacked = 0
        if self.training.method == Method.QLORA:
            largest = max(rows * columns for rows, columns in self.shape.matrices.values())
            unpacked = self.training.dtype.itemsize * largest
        again = tokens * saved.layer if self.training.checkpointing else 0
        return {"recomputed layer": again, "temporary": tokens * saved.work + unpacked}

    def first_layer(self) -> dict[str, int]:
        """The last decoder layer to go backward; nearly all gradients are there."""
        saved = self.saved
        kept = saved.layer_input if self.training.checkpointing else saved.layer + saved.norm
        gradients = self.gradients if self.shape.tied else self.gradients - self.head_gradient
        return {"activations": self.training.tokens * kept, "gradients": gradients} | self._layer()

    def embedding(self) -> dict[str, int]:
        """All gradients; of a tied embedding those of both uses, and their sum."""
        twice = 2 * self.head_gradient if self.shape.tied else 0
        return {"gradients": self.gradients + twice}

    def optimiser_step(self) -> dict[str, int]:
        """The gradients are copied to float32; the last is copied before it is dropped."""
        if self.trained_size == FLOAT32:
            return {"gradients": self.gradients}
        shape, last = self.shape, 0
        if self.full:
            last = self.trained_size * (shape.hidden * shape.mlp if shape.tied else shape.table)
        return {"gradients": FLOAT32 * self.trained + last}
