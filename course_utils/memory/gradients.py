"""The gradients of what is trained: all of them until the optimiser's step, or one at a time.

Usually every gradient waits for the optimiser. But a tensor can be stepped in the backward pass, as
soon as its gradient is there, and the gradient dropped (Lv et al. 2023, *Full Parameter Fine-tuning
for Large Language Models with Limited Resources*; torchtune's ``optimizer_in_bwd``). The price:
gradients cannot be clipped by their common norm, nor added up over several batches.

Lesson 5, *All of it*.
"""

import dataclasses

from course_utils.memory.kernels import FLOAT32
from course_utils.memory.options import Optimiser
from course_utils.memory.shapes import Shape
from course_utils.memory.sharding import share
from course_utils.memory.states import States
from course_utils.memory.training import Training
from course_utils.methods.names import Method

# Numbers whose gradients ``MixedPrecisionAdamW`` holds in float32 at the same time, on a GPU.
STEP = 2**26


@dataclasses.dataclass(frozen=True)
class Gradients:
    """Counts the bytes of gradients.

    Attributes:
        shape: of the model.
        training: how it is trained.
    """

    shape: Shape
    training: Training

    @property
    def whole_model(self) -> bool:
        """Are the model's own weights trained?"""
        return self.training.method == Method.FULL

    @property
    def states(self) -> States:
        """What is there between two steps."""
        return States(self.shape, self.training)

    @property
    def size(self) -> int:
        """Bytes of a gradient's number."""
        return self.training.trained_dtype.itemsize

    @property
    def copied(self) -> int:
        """Bytes more of a number while it is stepped: MASTERS copy a 16-bit gradient to float32."""
        copies = self.training.optimiser == Optimiser.MASTERS and self.size < FLOAT32
        return FLOAT32 if copies else 0

    def made(self, weights: int) -> int:
        """The gradient of so many of the model's own weights, when it has just been computed."""
        return self.size * weights if self.whole_model else 0

    def left(self, weights: int) -> int:
        """What of it stays."""
        return 0 if self.training.step_in_backward else self.made(weights)

    def stepped(self, weights: int) -> int:
        """The same as ``made``, and its copy where it is stepped at once."""
        copy = share(self.copied * weights, "optimiser", self.training)
        return self.made(weights) + copy * self.whole_model * self.training.step_in_backward

    @property
    def head(self) -> int:
        """The gradient of the output head, the first that the backward pass makes."""
        return self.made(self.shape.table)

    @property
    def head_left(self) -> int:
        """What of it stays; a tied head's waits for the embedding's, which is the last."""
        if self.shape.tied:
            return self.head
        return share(self.left(self.shape.table), "gradients", self.training)

    @property
    def at_first_layer(self) -> int:
        """All that are there before the last layer to go backward, with that of a tied head."""
        table = self.shape.table
        if self.training.step_in_backward:
            return self.head_left if self.whole_model else self.size * self.largest
        if not self.whole_model:
            return share(self.states.trained_bytes, "gradients", self.training)
        tables = table if self.shape.tied else 2 * table
        layers = self.left(self.states.trained - tables - self.shape.layer_parameters)
        return self.head_left + share(layers, "gradients", self.training)

    @property
    def at_embedding(self) -> int:
        """All; of the embedding those of both its uses, if it is tied, and their sum."""
        if self.training.step_in_backward:
            others = 0 if self.whole_model else self.size * self.largest
        else:
            others = share(self.states.trained_bytes - self.head, "gradients", self.training)
        return others + (3 if self.shape.tied else 1) * self.head

    @property
    def at_step(self) -> int:
        """All; those of a chunk are copied to float32, the last before it is dropped.

        Where each is stepped at once, those of the embedding are the last.
        """
        if self.training.step_in_backward:
            copy = share(self.copied * self.largest, "optimiser", self.training)
            return self.size * self.largest + copy
        trained = share(self.states.trained, "optimiser", self.training)
        gradients = share(self.states.trained_bytes, "gradients", self.training)
        if not self.copied:
            return gradients
        chunk, last = min(STEP, trained), 0
        if self.whole_model:  # the embedding comes first, an own head last
            table = share(self.shape.table, "optimiser", self.training)
            chunk = max(chunk, table)
            alone = table > STEP or (not self.shape.tied and chunk == trained)
            matrix = share(self.shape.hidden * self.shape.mlp, "optimiser", self.training)
            last = table if alone else matrix
        return gradients + (FLOAT32 - self.size) * chunk + self.size * last

    @property
    def largest(self) -> int:
        """Numbers of the largest tensor that is trained, but for a matrix inside a layer."""
        if self.whole_model:
            return self.shape.table
        if self.training.adapters:
            sides = (side for matrix in self.shape.matrices.values() for side in matrix)
            return self.training.rank * max(sides)
        return self.states.trained
