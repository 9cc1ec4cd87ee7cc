"""What a training holds from step to step: the model, what is trained, the optimiser's states.

Lesson 5, *All of it*.
"""

import dataclasses

from course_utils.memory.families import targeted
from course_utils.memory.kernels import FLOAT32
from course_utils.memory.options import Optimiser
from course_utils.memory.shapes import Shape
from course_utils.memory.sharding import is_sharded, share
from course_utils.memory.training import Training
from course_utils.methods.names import Method
from course_utils.quantisation.blockwise import BLOCK, SECOND_BLOCK
from course_utils.validate import whole

LEVELS = 16 * FLOAT32  # NF4's
CODEBOOKS = LEVELS + 256 * FLOAT32 + FLOAT32  # and the 8-bit levels, an offset
PAGE = 100_000  # numbers of a tensor from which on bitsandbytes pages its states
STATE_BLOCK = 256  # numbers of an 8-bit state that share a scale


@dataclasses.dataclass(frozen=True)
class States:
    """Counts what is there between two steps.

    Attributes:
        shape: of the model.
        training: how it is trained.
    """

    shape: Shape
    training: Training

    @property
    def trained(self) -> int:
        """How many numbers are trained."""
        if self.training.method == Method.FULL:
            return self.shape.parameters
        if self.training.adapters:
            return self.shape.adapter_parameters(self.training.rank, self.training.targets)
        return self.training.soft_tokens * self.shape.hidden

    @property
    def trained_bytes(self) -> int:
        """Bytes of what is trained, and of its gradients."""
        return self.training.trained_dtype.itemsize * self.trained

    def held(self) -> dict[str, int]:
        """Bytes by part, on each GPU."""
        parts = self.model()
        if self.training.method != Method.FULL:
            name = "adapters" if self.training.adapters else "soft prompt"
            parts[name] = self.trained_bytes
        shared = {name: share(size, "weights", self.training) for name, size in parts.items()}
        if "quantisation constants" in parts:  # they are no parameters, and are not divided
            shared["quantisation constants"] = parts["quantisation constants"]
        return shared | {"optimiser": share(self.optimiser(), "optimiser", self.training)}

    def gathered(self, layer: bool) -> dict[str, int]:
        """Where weights are divided: those of one layer, or of the head, in full for their turn."""
        training, shape = self.training, self.shape
        if not is_sharded("weights", training):
            return {}
        if not layer:
            return {"gathered weights": self.rest_size * shape.table}
        others = shape.layer_parameters - shape.matrix_parameters
        adapters = self.trained_bytes // shape.layers if training.adapters else 0
        matrices = training.dtype.itemsize * shape.matrix_parameters
        if training.method == Method.QLORA:
            matrices = sum(quantised_bytes(*matrix)[0] for matrix in shape.matrices.values())
        return {"gathered weights": matrices + self.rest_size * others + adapters}

    @property
    def rest_size(self) -> int:
        """Bytes of a number in embedding, head and norms."""
        return FLOAT32 if self.training.precision.upcasts else self.training.dtype.itemsize

    def model(self) -> dict[str, int]:
        """The model's own weights."""
        shape, training = self.shape, self.training
        if training.method != Method.QLORA:
            return {"weights": training.dtype.itemsize * shape.parameters}
        found = [
            quantised_bytes(*matrix, training.double_quantisation)
            for matrix in shape.matrices.values()
        ]
        codes, constants = (shape.layers * sum(column) for column in zip(*found))
        rest = shape.parameters - shape.layers * shape.matrix_parameters
        return {"weights": codes + self.rest_size * rest, "quantisation constants": constants}

    def optimiser(self) -> int:
        """AdamW's two states, and float32 masters where it keeps them."""
        size, kind = self.training.trained_dtype.itemsize, self.training.optimiser
        if kind == Optimiser.PAGED:
            return 2 * FLOAT32 * self.unpaged  # PyTorch does not count the others
        if kind == Optimiser.EIGHT_BIT:
            return 2 * (self.trained + FLOAT32 * -(-self.trained // STATE_BLOCK))
        if kind == Optimiser.PLAIN:
            return 2 * size * self.trained
        masters = FLOAT32 if size < FLOAT32 else 0
        return (2 * FLOAT32 + masters) * self.trained

    @property
    def unpaged(self) -> int:
        """Trained numbers in tensors that are too small for pages."""
        shape, training = self.shape, self.training
        if not training.adapters:
            return self.trained if self.trained < PAGE else 0
        sides = (
            training.rank * side
            for name, matrix in shape.matrices.items()
            if targeted(name, training.targets)
            for side in matrix
        )
        return shape.layers * sum(numbers for numbers in sides if numbers < PAGE)


def quantised_bytes(rows: int, columns: int, double: bool = True) -> tuple[int, int]:
    """Bytes of a matrix in NF4: of its codes, and of the constants.

    Two codes share a byte. Each block of 64 has a constant in float32 or, with double
    quantisation, in 8 bits, and then each 256 of these have one of 32 bits; the codebooks come
    once a matrix.

    Raises:
        CourseError: rows or columns are no whole number of at least 1.
    """
    rows, columns = whole("rows", rows, 1), whole("columns", columns, 1)
    blocks = -(-rows * columns // BLOCK)
    constants = FLOAT32 * blocks + LEVELS
    if double:
        constants = blocks + FLOAT32 * -(-blocks // SECOND_BLOCK) + CODEBOOKS
    return -(-rows * columns // 2), constants
