"""How much GPU memory a training step needs, before anything is run (lesson 5, *All of it*).

A step has several moments at which memory may reach its peak. Each moment is one sum of parts, and
the largest sum is the peak: bytes of tensors, as ``torch.cuda.max_memory_allocated`` counts them.
What the GPU gives up beside them is counted by ``memory.cards``.
"""

import dataclasses

import torch

from course_utils.machine.device import GIB
from course_utils.memory.activations import Saved
from course_utils.memory.backward import NORM, Backward
from course_utils.memory.gradients import Gradients
from course_utils.memory.kernels import FLOAT32
from course_utils.memory.shapes import Shape
from course_utils.memory.states import States
from course_utils.memory.training import Training
from course_utils.methods.names import Method
from course_utils.validate import whole

# A logit when it takes the most memory, in the backward pass of the cross-entropy: its log-softmax,
# the gradient of that, and the gradient of the logit, all in float32.
LOGIT = 3 * FLOAT32
WORKSPACES = 2 * 32 * 2**20  # bytes, on an H100: see ``workspaces``
SMALLER_WORKSPACES = 2 * 8_519_680  # on other GPUs


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
    if training.adapters:
        whole("rank", training.rank, 1, shape.full_rank)
    step = _Step(shape, training)
    held = step.states.held() | {"workspaces": workspace}
    moments = {
        "loss": step.loss(),
        "head backward": step.head(),
        "last norm backward": step.last_norm(),
        "last layer backward": step.last_layer(),
        "first layer backward": step.first_layer(),
        "embedding backward": step.embedding(),
        "optimiser step": step.optimiser_step(),
    }
    if training.step_in_backward:
        moments["head step"] = step.head_step()
    return Estimate({name: held | parts for name, parts in moments.items()})


def workspaces(device: torch.device) -> int:
    """Bytes that cuBLAS keeps for the thread of the forward pass and that of the backward pass.

    PyTorch gives it 32 MiB for each on Hopper (compute capability 9.0), about 8 on other GPUs.
    """
    if device.type != "cuda":
        return 0
    hopper = torch.cuda.get_device_capability(device) == (9, 0)
    return WORKSPACES if hopper else SMALLER_WORKSPACES


@dataclasses.dataclass(frozen=True)
class _Step:
    """What is in memory at the moments of one training step: bytes by part."""

    shape: Shape
    training: Training

    @property
    def saved(self) -> Saved:
        return Saved(self.shape, self.training)

    @property
    def states(self) -> States:
        return States(self.shape, self.training)

    @property
    def positions(self) -> int:
        """Positions whose logits are in memory at once."""
        return self.training.logit_positions or self.training.tokens

    @property
    def gradients(self) -> Gradients:
        return Gradients(self.shape, self.training)

    def activations(self) -> int:
        """All that the forward pass has kept; under autocast, the adapters' copies as well."""
        copies, training = 0, self.training
        if training.adapters and training.precision.autocast and not training.checkpointing:
            copies = training.dtype.itemsize * self.states.trained
        return self.saved.model() + copies

    def loss(self) -> dict[str, int]:
        """The loss goes backward; of a loss in chunks the last one, so the head has a gradient."""
        return {
            "activations": self.activations(),
            "logits": LOGIT * self.positions * self.shape.vocabulary + self.head_copy,
            "gradients": self.gradients.head if self.positions < self.training.tokens else 0,
            **self.states.gathered(layer=False),
        }

    @property
    def head_copy(self) -> int:
        """Autocast casts a float32 head, and keeps the copy for the backward pass."""
        precision = self.training.precision
        casts = precision.autocast and precision.upcasts
        return self.training.dtype.itemsize * self.shape.table if casts else 0

    def head(self) -> dict[str, int]:
        """The gradient of the head is made, and added to that of the chunks before."""
        logits = self.training.dtype.itemsize * self.positions * self.shape.vocabulary
        chunks = 2 if self.positions < self.training.tokens else 1
        return {
            "activations": self.activations(),
            "logits": logits + self.head_copy,
            "gradients": chunks * self.gradients.head,
            **self.states.gathered(layer=False),
        }

    def head_step(self) -> dict[str, int]:
        """The head is stepped at once; not a tied one, whose gradient is not complete."""
        table = 0 if self.shape.tied else self.shape.table
        return {"activations": self.activations(), "gradients": self.gradients.stepped(table)}

    def last_norm(self) -> dict[str, int]:
        """The norm below the output head goes backward, in float32."""
        gone = self.training.tokens * self.saved.head_input
        return {
            "activations": self.activations() - gone,
            "gradients": self.gradients.head_left,
            "temporary": self.training.tokens * NORM * self.shape.hidden,
        }

    def last_layer(self) -> dict[str, int]:
        """The first decoder layer to go backward is the last one."""
        gone = self.training.tokens * self.saved.head
        kept = {"activations": self.activations() - gone, "gradients": self.gradients.head_left}
        return kept | self._layer()

    def _layer(self) -> dict[str, int]:
        """Besides what was kept: the layer computed again, and the most of what goes backward."""
        tokens, saved = self.training.tokens, self.saved
        return {
            "recomputed layer": tokens * saved.again if self.training.checkpointing else 0,
            "temporary": Backward(saved).most(tokens, self._unpacked()),
            **self.states.gathered(layer=True),
        }

    def _unpacked(self) -> int:
        """The largest of the quantised matrices, in the dtype of the products."""
        if self.training.method != Method.QLORA:
            return 0
        largest = max(rows * columns for rows, columns in self.shape.matrices.values())
        return self.training.dtype.itemsize * largest

    def first_layer(self) -> dict[str, int]:
        """The last decoder layer to go backward; nearly all gradients are there, if they stay."""
        saved, training = self.saved, self.training
        kept = saved.layer_input if training.checkpointing else saved.layer
        gradients = self.gradients.at_first_layer
        return {"activations": training.tokens * kept, "gradients": gradients} | self._layer()

    def embedding(self) -> dict[str, int]:
        """All gradients, if they stay; of a tied embedding those of both uses, and their sum."""
        return {"gradients": self.gradients.at_embedding}

    def optimiser_step(self) -> dict[str, int]:
        """All gradients, or the last that are left, some copied to float32."""
        return {"gradients": self.gradients.at_step}
