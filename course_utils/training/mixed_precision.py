"""AdamW in mixed precision: the model in 16 bits, the optimiser in float32.

Lesson 2 (*What training costs in memory*) counts its bytes. bfloat16 keeps 8 bits of a number. Near
1 its neighbours are 1/128 apart, while a step of fine-tuning moves a weight by about 1/100,000:
added in bfloat16, most steps would be rounded away. So the optimiser keeps a float32 *master* copy,
steps there, and rounds the result into the model (Micikevicius et al. 2018, section 3.1).

float16 needs a loss scale as well (lesson 5, *float16, where there is no bfloat16*): it has no
numbers between 0 and 6e-8, and gradients are often smaller. So the loss is multiplied by a large
number before the backward pass, and all gradients with it; the optimiser divides again, in float32.
When the number was too large, some gradient overflows: that step is skipped and the number halved;
after many good steps it is doubled (section 3.2). The constants are those of
``torch.amp.GradScaler``, which cannot be used itself, as it divides in the gradients' own dtype and
steps all parameters at once.
"""

import itertools
import math

import torch

from course_utils.errors import CourseError

START = 2.0**16
GROWTH_INTERVAL = 2000  # good steps in a row after which the scale doubles
LEAST = 2.0**-8
# Numbers whose gradients are held in float32 at the same time, but for a larger parameter: few, as
# they come on top of all else, but more on a GPU, where every small call waits for Python.
CHUNK = {"cpu": 4_000_000, "cuda": 2**26}
PIECE = 2**18  # numbers of a gradient whose norm a CPU finds at once: they stay in its cache


class LossScale:
    """What the loss of a run in float16 is multiplied by; 1, always, where it is off.

    Args:
        on: is it needed? In float16 alone.

    Attributes:
        value: what to multiply the loss by.
        good_steps: in a row since the value last changed.
    """

    def __init__(self, on: bool = False):
        self.on, self.good_steps = on, 0
        self.value = START if on else 1.0

    def accepts(self, norm: float) -> bool:
        """May a step with gradients of this norm be made? Halve or double the value for the next.

        Raises:
            CourseError: the norm is not finite where the scale is off, or however small it is.
        """
        finite = math.isfinite(norm)
        if not self.on:
            refuse_norm(norm)
            return True
        self.good_steps = self.good_steps + 1 if finite else 0
        if not finite:
            self.value /= 2
        elif self.good_steps == GROWTH_INTERVAL:
            self.value, self.good_steps = 2 * self.value, 0
        if self.value < LEAST:
            raise CourseError(
                "The gradients are not finite in float16, however small the loss scale",
                "load the model in float32: load_model(dtype=torch.float32)",
            )
        return finite

    def state(self) -> dict[str, torch.Tensor]:
        """``loss_scale``, (2,) float64: all that is needed to continue later; empty where off."""
        pair = torch.tensor([self.value, self.good_steps], dtype=torch.float64)
        return {"loss_scale": pair} if self.on else {}

    def load_state(self, state: dict[str, torch.Tensor]) -> None:
        """Take over a state made by ``state``."""
        if self.on:
            value, good_steps = state["loss_scale"].tolist()
            self.value, self.good_steps = value, int(good_steps)


def refuse_norm(norm: float) -> None:
    """One gradient that is no number would make every weight none, through the clipping.

    Raises:
        CourseError: the norm of all gradients is NaN or infinite.
    """
    if not math.isfinite(norm):
        raise CourseError(
            f"The norm of the gradients is {norm}, so no step was made; the loss may be finite",
            "lower the learning rate, or load the model in float32: COURSE_DTYPE=float32",
        )


def refuse_without_gradient(parameters: list[torch.nn.Parameter]) -> None:
    """After a backward pass: has each parameter a gradient?

    Raises:
        CourseError: one has none.
    """
    without = [p for p in parameters if p.grad is None]
    if without:
        shapes = ", ".join(str(tuple(p.shape)) for p in without[:3])
        raise CourseError(
            f"{len(without)} of {len(parameters)} parameters that require a gradient got none "
            f"(shapes: {shapes}): the loss does not depend on them",
            "freeze them with requires_grad_(False), or use them in the model",
        )


class MixedPrecisionAdamW:
    """AdamW (PyTorch's, fused) on float32 master copies of ``parameters``.

    Bytes per parameter: for 16-bit parameters 2 (weight) + 2 (gradient) + 4 (master) + 4 + 4
    (Adam's mean and variance); for float32 parameters 4 + 4 + 0 + 4 + 4, as they are their own
    masters. The float32 gradients of a few parameters exist at a time. All else is there from the
    start, so that what is measured or recorded in the first step holds for the later ones.

    Args:
        parameters: what to train; each needs a gradient when ``step`` is called.
        learning_rate: may be changed between steps through ``set_learning_rate``.
        loss_scale: what the loss is multiplied by before the backward pass; off if not given.
    """

    def __init__(
        self,
        parameters: list[torch.nn.Parameter],
        learning_rate: float,
        loss_scale: LossScale | None = None,
    ):
        self.parameters = list(parameters)
        self.loss_scale = loss_scale or LossScale()
        self.masters = [
            p.detach() if p.dtype == torch.float32 else p.detach().float() for p in self.parameters
        ]
        self._adamw = torch.optim.AdamW(
            self.masters, lr=learning_rate, weight_decay=0.0, fused=True
        )
        for master in self.masters:
            self._adamw.state[master] = {
                "step": torch.zeros((), device=master.device),
                "exp_avg": torch.zeros_like(master),
                "exp_avg_sq": torch.zeros_like(master),
            }

    def set_learning_rate(self, learning_rate: float) -> None:
        """Use this learning rate from the next step on."""
        self._adamw.param_groups[0]["lr"] = learning_rate

    @torch.no_grad()
    def step(self, max_norm: float) -> float:
        """Clip the gradients by their global norm, step, and drop the gradients.

        The gradients are divided by the loss scale first; where it is on, gradients that are not
        finite are dropped and no step is made.

        Returns:
            The gradients' norm before clipping.

        Raises:
            CourseError: a parameter has no gradient, or one is not finite and no loss scale can be
                at fault; parameters and masters are then as before. See ``LossScale.accepts`` too.
        """
        gradients = self._gradients()
        norm, factor = self._clip(gradients, max_norm)
        self._drop_gradients()
        if self.loss_scale.accepts(norm.item()):
            self._move(gradients, factor, CHUNK[factor.device.type])
        return norm.item()

    def _gradients(self) -> list[torch.Tensor]:
        refuse_without_gradient(self.parameters)
        return [p.grad for p in self.parameters if p.grad is not None]

    def _drop_gradients(self) -> None:
        for parameter in self.parameters:
            parameter.grad = None

    def _clip(
        self, gradients: list[torch.Tensor], max_norm: float
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The norm of the gradients, and what each is to be multiplied by, () float32 both."""
        scale = self.loss_scale.value
        norm = total_norm(gradients) / scale
        return norm, (max_norm / (norm + 1e-6)).clamp(max=1.0) / scale

    def _move(self, gradients: list[torch.Tensor], factor: torch.Tensor, most: int) -> None:
        """Step all masters; ``gradients``, which is emptied, are in float32 ``most`` at a time."""
        for chunk in _chunks(self.parameters, most):
            self._step_chunk(chunk, gradients, factor)

    def _step_chunk(self, chunk: slice, gradients: list, factor: torch.Tensor) -> None:
        """Step the masters of one chunk: AdamW passes over parameters that have no gradient."""
        parameters, masters = self.parameters[chunk], self.masters[chunk]
        wide = []
        for i in range(chunk.start, chunk.stop):
            wide.append(gradients[i].float())
            gradients[i] = None
        torch._foreach_mul_(wide, factor)
        for master, gradient in zip(masters, wide):
            master.grad = gradient
        self._adamw.step()
        for master in masters:
            master.grad = None
        rounded = [i for i, p in enumerate(parameters) if p.dtype != torch.float32]
        if rounded:
            torch._foreach_copy_([parameters[i] for i in rounded], [masters[i] for i in rounded])

    def state(self) -> dict[str, torch.Tensor]:
        """Masters, Adam's moments, loss scale, by name: all that is needed to continue later."""
        state = self.loss_scale.state()
        state |= {f"{i}.master": master for i, master in enumerate(self.masters)}
        for i, master in enumerate(self.masters):
            for name, value in self._adamw.state[master].items():
                state[f"{i}.{name}"] = value
        return state

    @torch.no_grad()
    def load_state(self, state: dict[str, torch.Tensor]) -> None:
        """Take over a state made by ``state`` on the same parameters, weights included."""
        self.loss_scale.load_state(state)
        for i, (parameter, master) in enumerate(zip(self.parameters, self.masters)):
            master.copy_(state[f"{i}.master"])
            parameter.copy_(master)
            for name, value in self._adamw.state[master].items():
                value.copy_(state[f"{i}.{name}"])


def _chunks(parameters: list[torch.nn.Parameter], most: int) -> list[slice]:
    """Neighbours of at most ``most`` numbers together; a larger parameter is alone."""
    starts, numbers = [0], 0
    for i, parameter in enumerate(parameters):
        numbers += parameter.numel()
        if numbers > most and i > starts[-1]:
            starts.append(i)
            numbers = parameter.numel()
    return [slice(*ends) for ends in itertools.pairwise([*starts, len(parameters)])]


def total_norm(gradients: list[torch.Tensor]) -> torch.Tensor:
    """The norm of all gradients together, () float32, added up in float32 whatever their dtype.

    PyTorch's own rounds each step of the sum to the gradients' dtype: bfloat16 has 8 bits, and
    float16 ends at 65,504.
    """
    if gradients[0].device.type == "cpu":
        small = (g for g in gradients if g.numel() <= PIECE)
        large = (g.reshape(-1).split(PIECE) for g in gradients if g.numel() > PIECE)
        pieces = itertools.chain(small, *large)
        norms = [torch.linalg.vector_norm(piece.float()) for piece in pieces]
    else:
        norms = list(torch._foreach_norm(gradients, 2, torch.float32))
    return torch.linalg.vector_norm(torch.stack(norms))
