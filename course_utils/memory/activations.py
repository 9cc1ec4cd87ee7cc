"""What the forward pass of a Llama-like model keeps for the backward pass, counted term by term.

The forward pass is that of transformers with SDPA attention and no padding mask, in the dtype of
the weights; the norms compute in float32. Every figure is bytes per token unless its name says
otherwise. The tests compare them with what autograd saves.

Lesson 5, *What the backward pass needs*.
"""

import dataclasses

import torch

from course_utils.memory.shapes import Shape

FLOAT32 = 4
INDEX = 8  # an int64


@dataclasses.dataclass(frozen=True)
class Saved:
    """Counts what autograd saves.

    A linear layer needs its input for the gradient of its weight and its weight for the gradient
    of its input. A frozen layer has no gradient of its weight, so it saves no activation at all;
    a LoRA adapter on it needs the input again, for the gradient of its A.

    Attributes:
        shape: of the model.
        dtype: of weights and activations.
        weights_trained: are the model's own weights trained (full fine-tuning)?
        rank: of LoRA on all linear layers; 0 for none.
    """

    shape: Shape
    dtype: torch.dtype
    weights_trained: bool
    rank: int = 0

    @property
    def linear_inputs(self) -> bool:
        """Must the inputs of the linear layers of a decoder layer be kept?"""
        return self.weights_trained or self.rank > 0

    @property
    def norm(self) -> int:
        """RMSNorm: its input and 1 / rms in float32; for its own weight, what that multiplies."""
        hidden, size = self.shape.hidden, self.dtype.itemsize
        return FLOAT32 * hidden + FLOAT32 + self.weights_trained * size * hidden

    @property
    def attention(self) -> int:
        """Norm; the input of q, k and v; then queries, keys, values, output, log-sum-exp.

        The output of attention is the input of o: one tensor, saved once.
        """
        shape, size = self.shape, self.dtype.itemsize
        inputs = self.linear_inputs * size * shape.hidden
        low = 4 * self.rank * size
        kept = size * (2 * shape.queries + 2 * shape.keys) + FLOAT32 * shape.heads
        return self.norm + inputs + low + kept

    @property
    def mlp(self) -> int:
        """Norm; the input of gate and up; gate, SiLU of gate, up; their product, down's input."""
        shape, size = self.shape, self.dtype.itemsize
        inputs = self.linear_inputs * size * (shape.hidden + shape.mlp)
        low = 3 * self.rank * size
        return self.norm + inputs + low + 3 * size * shape.mlp

    @property
    def layer(self) -> int:
        """One decoder layer."""
        return self.attention + self.mlp

    @property
    def layer_input(self) -> int:
        """The input of one decoder layer: all that checkpointing keeps of it."""
        return self.dtype.itemsize * self.shape.hidden

    @property
    def head(self) -> int:
        """The last norm; for a trained output head, its input; token ids and labels."""
        return self.norm + self.weights_trained * self.layer_input + 2 * INDEX

    @property
    def work(self) -> int:
        """Gradients that are alive while a layer goes backward: of its output and in its MLP."""
        return self.dtype.itemsize * (self.shape.hidden + self.shape.mlp)

    @property
    def norm_work(self) -> int:
        """Float32 gradients that are alive while a norm goes backward."""
        return FLOAT32 * self.shape.hidden * (4 if self.weights_trained else 5)

    def model(self, tokens: int, length: int, checkpointing: bool) -> int:
        """Bytes of all activations, without logits.

        Args:
            tokens: of the batch, ``length`` times its rows.
            length: of a row; the rotary sine and cosine are kept once for all rows.
            checkpointing: is each decoder layer computed again in the backward pass?
        """
        per_layer = self.layer_input if checkpointing else self.layer
        rotary = 2 * self.dtype.itemsize * length * self.shape.head_dim
        total = tokens * (self.shape.layers * per_layer + self.head) + rotary
        if self.rank and not checkpointing:  # nothing to train before the first norm
            total -= tokens * self.norm
        return total
