"""AdamW in mixed precision: the model in 16 bits, the optimiser in float32.

bfloat16 keeps 8 bits of a number. Near 1 its neighbours are 1/128 apart, while a step of
fine-tuning moves a weight by about 1/100,000: added in bfloat16, most steps would be rounded
away. So the optimiser keeps a float32 *master* copy, steps there, and rounds the result into the
model (Micikevicius et al. 2018, section 3.1).
"""

import torch

# Parameters whose gradients are held in float32 at the same time: few where memory is scarce, all
# where many small calls are slow.
CHUNK = {"cpu": 4, "cuda": 100_000}


class MixedPrecisionAdamW:
    """AdamW (PyTorch's, fused) on float32 master copies of ``parameters``.

    Bytes per parameter: for 16-bit parameters 2 (weight) + 2 (gradient) + 4 (master) + 4 + 4
    (Adam's mean and variance); for float32 parameters 4 + 4 + 0 + 4 + 4, as they are their own
    masters. The float32 gradients of a few parameters exist at a time. All else is there from the
    start, so that what is measured or recorded in the first step holds for the later ones.

    Args:
        parameters: what to train; each needs a gradient when ``step`` is called.
        learning_rate: may be changed between steps through ``set_learning_rate``.
    """

    def __init__(self, parameters: list[torch.nn.Parameter], learning_rate: float):
        self.parameters = list(parameters)
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
    def step(self, max_norm: float, loss_scale: float | None = None) -> float:
        """Clip the gradients by their global norm, step, and drop the gradients.

        Args:
            loss_scale: what the loss was multiplied by; the gradients are divided by it first.
                With it, gradients that are not finite are dropped and no step is made.

        Returns:
            The gradients' norm before clipping.
        """
        gradients = [p.grad for p in self.parameters]
        norm = _total_norm(gradients) / (loss_scale or 1.0)
        scale = (max_norm / (norm + 1e-6)).clamp(max=1.0) / (loss_scale or 1.0)
        for parameter in self.parameters:
            parameter.grad = None
        if loss_scale is not None and not torch.isfinite(norm):
            return norm.item()
        size = CHUNK[self.parameters[0].device.type]
        for start in range(0, len(gradients), size):
            self._step_chunk(slice(start, start + size), gradients, scale)
        return norm.item()

    def _step_chunk(self, chunk: slice, gradients: list, scale: torch.Tensor) -> None:
        """Step the masters of one chunk: AdamW passes over parameters that have no gradient."""
        for i in range(*chunk.indices(len(gradients))):
            self.masters[i].grad = gradients[i].float().mul_(scale)
            gradients[i] = None
        self._adamw.step()
        for parameter, master in zip(self.parameters[chunk], self.masters[chunk]):
            master.grad = None
            if parameter.dtype != torch.float32:
                parameter.copy_(master)

    def state(self) -> dict[str, torch.Tensor]:
        """Masters and Adam's moments, by name: all that is needed to go on later."""
        state = {f"{i}.master": master for i, master in enumerate(self.masters)}
        for i, master in enumerate(self.masters):
            for name, value in self._adamw.state[master].items():
                state[f"{i}.{name}"] = value
        return state

    @torch.no_grad()
    def load_state(self, state: dict[str, torch.Tensor]) -> None:
        """Take over a state made by ``state`` on the same parameters, weights included."""
        for i, (parameter, master) in enumerate(zip(self.parameters, self.masters)):
            master.copy_(state[f"{i}.master"])
            parameter.copy_(master)
            self._adamw.state[master] = {
                name: state[f"{i}.{name}"].to(master.device, copy=True)
                for name in ("step", "exp_avg", "exp_avg_sq")
            }


def _total_norm(gradients: list[torch.Tensor]) -> torch.Tensor:
    """The global norm, float32."""
    if all(gradient.dtype != torch.float16 for gradient in gradients):
        return torch.nn.utils.get_total_norm(gradients).float()
    norms = [torch.linalg.vector_norm(g, dtype=torch.float32) for g in gradients]
    return torch.linalg.vector_norm(torch.stack(norms))  # float16 ends at 65,504
