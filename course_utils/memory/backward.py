"""What is alive while a decoder layer goes backward, beside what its forward pass has kept.

Gradients come and go in an order that autograd sets: the last operation first, an adapter before
the layer that it stands on, and what an operation has kept is gone when it is through. Every
figure is bytes per token on top of all that the layer kept; where much of that is gone already, it
may be below 0.

Lesson 5, *All of it*.
"""

import dataclasses

from course_utils.memory.activations import Saved
from course_utils.memory.gradients import Gradients
from course_utils.memory.kernels import FLOAT32

NORM = 5 * FLOAT32  # bytes of a number whose norm goes backward, in float32


@dataclasses.dataclass(frozen=True)
class Backward:
    """Counts the gradients at each stage of a layer.

    Attributes:
        saved: what its forward pass keeps.
    """

    saved: Saved

    @property
    def above(self) -> int:
        """The gradient of the layer's output, less what its last norm kept."""
        return self.saved.layer_input - self.saved.late_norm

    @property
    def late_norm(self) -> int:
        """Gemma 3's norm behind the MLP."""
        return NORM * self.saved.shape.hidden if self.saved.late_norm else 0

    @property
    def down_adapter(self) -> int:
        """The adapter of the MLP's last layer: the gradient of its input, in its own dtype."""
        saved = self.saved
        return self.above + saved.adapted * saved.shape.mlp * saved.adapters("down_proj")

    @property
    def down(self) -> int:
        """The layer itself: the gradient of its input, and that from the adapter to be added."""
        saved = self.saved
        paths = 1 + saved.adapters("down_proj")
        inputs = paths * saved.inner * saved.shape.mlp
        return self.above + inputs - (saved.down_input if paths > 1 else 0)

    @property
    def product(self) -> int:
        """SiLU of gate, times up: gradients of the product and of both."""
        saved = self.saved
        return self.above + 3 * saved.inner * saved.shape.mlp - saved.down_input

    @property
    def up_again(self) -> int:
        """Up, when the layer is computed again: its adapter's result, before and after scaling.

        There are, too: the stream before the MLP, the MLP's input where the adapters cast it, and
        the gradient in which down's adapter waits; what comes after up is not there yet.
        """
        saved, names = self.saved, self.saved.shape.family.gate_up
        if not saved.adapters(names[-1]):
            return 0
        results = 2 * saved.adapted * saved.shape.matrices[names[-1]][0]
        later = saved.down_input + saved.inner * saved.shape.mlp * saved.shape.family.fused
        cast = saved.normed if saved.adapted != saved.normed else 0
        waiting = saved.adapted * saved.adapters("down_proj")
        there = saved.layer_input + (cast + waiting) * saved.shape.hidden
        return self.above + there + results - later

    @property
    def attention(self) -> int:
        """Attention, when all of the MLP is gone."""
        saved = self.saved
        kernel = saved.windowed_kernel if saved.shape.windowed else saved.kernel
        return saved.layer_input + kernel.work - saved.mlp

    @property
    def down_step(self) -> int:
        """The step of the layer's weight, if it is taken at once: the layer's input is gone."""
        return self.down - self.saved.down_input

    @property
    def gate_up(self) -> int:
        """Gate and up: gradients of their results and of their input; SiLU and product are gone."""
        saved, shape = self.saved, self.saved.shape
        return self.above + saved.normed * shape.hidden - saved.inner * shape.mlp - saved.down_input

    @property
    def up_step(self) -> int:
        """The step of the weight of the first of them."""
        saved, names = self.saved, self.saved.shape.family.gate_up
        return self.gate_up - saved.inner * saved.shape.matrices[names[-1]][0]

    def most(self, tokens: int, unpacked: int) -> int:
        """Bytes of a batch at the stage that needs the most; the layer's own gradients count.

        Args:
            unpacked: bytes of a quantised matrix in the dtype of the products, while its layer
                goes backward.
        """
        saved, shape = self.saved, self.saved.shape
        gradients = Gradients(shape, saved.training)
        down, up, out = (
            rows * columns
            for name in ("down_proj", shape.family.gate_up[-1], "o_proj")
            for rows, columns in [shape.matrices[name]]
        )
        all_ups = up * len(shape.family.gate_up)
        stages = (
            (self.late_norm, 0),
            (self.down_adapter, 0),
            (self.down, unpacked + gradients.made(down)),
            (self.down_step, gradients.stepped(down)),
            (self.product, gradients.left(down)),
            (self.gate_up, gradients.left(down) + gradients.made(up)),
            (self.up_step, gradients.left(down) + gradients.stepped(up)),
            (self.up_again, 0),
            (self.attention, gradients.left(down + all_ups + out)),
        )
        return max(tokens * each + more for each, more in stages)
