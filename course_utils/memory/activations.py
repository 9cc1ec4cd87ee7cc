"""What the forward pass of a Llama-like model keeps for the backward pass, counted term by term.

The forward pass is that of transformers; the norms compute in float32. Every figure is bytes per
token unless its name says otherwise. The tests compare them with what autograd saves.

Lesson 5, *What the backward pass needs*.
"""

import dataclasses

from course_utils.memory.families import targeted
from course_utils.memory.kernels import FLOAT32, Kernel, kernel_of
from course_utils.memory.options import Precision
from course_utils.memory.shapes import Shape
from course_utils.memory.training import Training
from course_utils.methods.names import Method

INDEX = 8  # an int64


@dataclasses.dataclass(frozen=True)
class Saved:
    """Counts what autograd saves.

    A linear layer needs its input for the gradient of its weight and its weight for the gradient
    of its input. A frozen layer has no gradient of its weight, so it saves no activation at all;
    a LoRA adapter on it needs the input again, for the gradient of its A.

    Attributes:
        shape: of the model.
        training: how it is trained.
    """

    shape: Shape
    training: Training

    @property
    def weights_trained(self) -> bool:
        """Are the model's own weights trained?"""
        return self.training.method == Method.FULL

    # Bytes of a number, by place.

    @property
    def product(self) -> int:
        """In a product of matrices."""
        return self.training.dtype.itemsize

    @property
    def stream(self) -> int:
        """In the residual stream."""
        return FLOAT32 if self.training.precision.wide_stream else self.product

    @property
    def normed(self) -> int:
        """Behind a norm; the course's own norms round at once."""
        return self.product if self.training.precision == Precision.COURSE else self.stream

    @property
    def inner(self) -> int:
        """Behind a linear layer: bitsandbytes' give back the dtype they got, under autocast too."""
        return self.stream if self.training.precision.upcasts else self.product

    @property
    def attended(self) -> int:
        """In attention."""
        return self.product if self.training.precision.autocast else self.inner

    @property
    def adapted(self) -> int:
        """In the products of the adapters."""
        autocast = self.training.precision.autocast
        return self.product if autocast else self.training.trained_dtype.itemsize

    # The pieces of a layer.

    def adapters(self, *names: str) -> int:
        """How many of these linear layers have an adapter."""
        training = self.training
        return training.adapters * sum(targeted(name, training.targets) for name in names)

    def inputs(self, names: tuple[str, ...], width: int, size: int, kept: bool = False) -> int:
        """What is kept of the input of linear layers, for the gradients of weights or adapters.

        Args:
            names: of the layers that share it.
            width: numbers in it.
            size: bytes of each.
            kept: is it in memory anyway?
        """
        readers = self.adapters(*names)
        if readers and self.adapted != size:
            return readers * self.adapted * width  # each adapter casts it for itself
        return size * width if (readers or self.weights_trained) and not kept else 0

    def low(self, *names: str) -> int:
        """What the adapters of these layers have between A and B."""
        return self.adapted * self.training.rank * self.adapters(*names)

    def norm(self, width: int, count: int = 1) -> int:
        """RMSNorm: its input and 1 / rms in float32; for its own weight, what that multiplies.

        Args:
            width: numbers that are normalised.
            count: of separate norms among them, such as heads.
        """
        trained = 0
        if self.weights_trained and self.training.precision != Precision.COURSE:
            trained = FLOAT32 if self.shape.family.late_cast else self.stream
        return (FLOAT32 + trained) * width + FLOAT32 * count

    @property
    def kernel(self) -> Kernel:
        """How attention is computed in layers without a window."""
        return kernel_of(self.shape, self.training, self.attended, masked=self.training.padded)

    @property
    def windowed_kernel(self) -> Kernel:
        """The same in layers with a window, which needs a mask once rows are as long."""
        masked = self.training.padded or self.training.row >= self.shape.window
        return kernel_of(self.shape, self.training, self.attended, masked)

    def attention(self, kernel: Kernel) -> int:
        """Norm; the input of q, k and v; queries, keys, values, output; the input of o."""
        shape, family = self.shape, self.shape.family
        total = self.norm(shape.hidden) + self.inputs(family.qkv, shape.hidden, self.normed)
        if family.head_norms:
            total += self.norm(shape.queries, shape.heads) + self.norm(shape.keys, shape.kv_heads)
        total += kernel.kept
        if family.fused and kernel.keeps_values and self.inner == self.attended:
            total += self.inner * (shape.queries + shape.keys)  # values are a view of all three
        kept = kernel.keeps_output and not family.fused  # of a fused product, o takes a copy
        output = self.inputs(("o_proj",), shape.queries, self.attended, kept)
        return total + output + self.low(*family.qkv, "o_proj") + self.late_norm

    @property
    def late_norm(self) -> int:
        """The norm behind attention or the MLP that Gemma 3 has beside the one before it."""
        return self.norm(self.shape.hidden) if self.shape.family.norms == 4 else 0

    @property
    def down_input(self) -> int:
        """The input of down, the last linear layer."""
        return self.inputs(("down_proj",), self.shape.mlp, self.inner)

    @property
    def mlp(self) -> int:
        """Norm; the input of gate and up; gate, SiLU of gate, up; their product, down's input."""
        shape, names = self.shape, self.shape.family.gate_up
        inputs = self.inputs(names, shape.hidden, self.normed) + self.down_input
        low = self.low(*names, "down_proj")
        return self.norm(shape.hidden) + inputs + low + 3 * self.inner * shape.mlp + self.late_norm

    @property
    def layer(self) -> int:
        """One decoder layer without a window."""
        return self.attention(self.kernel) + self.mlp

    @property
    def windowed_layer(self) -> int:
        """One decoder layer with a window."""
        return self.attention(self.windowed_kernel) + self.mlp

    @property
    def layer_input(self) -> int:
        """The input of one decoder layer: all that checkpointing keeps of it."""
        return self.stream * self.shape.hidden

    @property
    def head_input(self) -> int:
        """What the last norm gives: kept for a trained head, or for a loss in chunks."""
        kept = self.weights_trained or self.training.logit_positions is not None
        return kept * self.normed * self.shape.hidden

    @property
    def head(self) -> int:
        """The last norm, its result, token ids and labels."""
        return self.norm(self.shape.hidden) + self.head_input + 2 * INDEX

    @property
    def again(self) -> int:
        """What a layer that is computed again keeps; a wide stream's input is there already."""
        layer = self.windowed_layer if self.shape.windowed else self.layer
        shared = self.training.precision.upcasts or self.training.dtype.itemsize == FLOAT32
        return layer - FLOAT32 * self.shape.hidden * shared

    @property
    def first_norm(self) -> int:
        """What the first norm of all need not keep, where nothing below it has a gradient.

        PEFT's preparation lets the embeddings have one, though they are not trained.
        """
        training = self.training
        frozen = training.adapters and not training.checkpointing and not training.precision.upcasts
        return self.norm(self.shape.hidden) if frozen else 0

    def model(self) -> int:
        """Bytes of all activations of the batch, without logits."""
        shape, training = self.shape, self.training
        plain = shape.layers - shape.windowed
        layers = plain * self.layer + shape.windowed * self.windowed_layer
        if training.checkpointing:
            layers = shape.layers * self.layer_input
        per_row = 2 * self.stream * training.row * shape.head_dim  # the rotary sine and cosine
        masks = training.batch * training.row**2 * self.kernel.mask * training.checkpointing
        return training.tokens * (layers + self.head - self.first_norm) + per_row + masks
