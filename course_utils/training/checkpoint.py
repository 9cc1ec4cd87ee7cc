"""What a training run keeps on disk, so that nothing is lost when it is cut off.

``training.loop`` writes it at every validation, in each lesson that trains; the folder is gone when
the run ends.
"""

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from course_utils.errors import CourseError
from course_utils.files import write_whole
from course_utils.methods.lora import adapter_numbers
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.plan import Example, TrainingConfig
from course_utils.training.state import History


def fingerprint(
    model: torch.nn.Module,
    trainable: dict[str, torch.nn.Parameter],
    config: TrainingConfig,
    examples: list[Example],
) -> str:
    """What must be equal for a run to be resumed: settings, parameters and data, as one digest."""
    parts = [
        dataclasses.asdict(config),
        [(name, list(p.shape), str(p.dtype)) for name, p in trainable.items()],
        adapter_numbers(model),
        [(example.ids, example.answer) for example in examples],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """A folder with the best weights so far and the state to resume from.

    Attributes:
        folder: where to keep them; made when needed.
        run: fingerprint of the run's settings and data; another run's files are not resumed.
        device: of the model, whose random state is kept too.
    """

    folder: Path
    run: str
    device: torch.device

    def save_best(self, parameters: dict[str, torch.nn.Parameter]) -> None:
        """Keep these weights as the best so far."""
        self._save("best.safetensors", {k: v.detach() for k, v in parameters.items()})

    @torch.no_grad()
    def load_best(self, parameters: dict[str, torch.nn.Parameter]) -> bool:
        """Copy the best weights into ``parameters``; False if there are none."""
        path = self.folder / "best.safetensors"
        if not path.exists():
            return False
        for name, value in load_file(path).items():
            parameters[name].copy_(value)
        return True

    def save_state(self, optimiser: MixedPrecisionAdamW, history: History) -> None:
        """Keep what is needed to resume. The JSON file, written last, makes it valid."""
        (self.folder / "run.json").unlink(missing_ok=True)
        random = {"random": torch.get_rng_state()}
        if self.device.type == "cuda":
            random["cuda_random"] = torch.cuda.get_rng_state(self.device)
        self._save("state.safetensors", optimiser.state() | random)
        kept = {
            "run": self.run,
            "step": len(history.losses),
            "history": dataclasses.asdict(history),
        }
        text = json.dumps(kept)
        self._write("run.json", lambda part: part.write_text(text, encoding="utf-8"))

    def resumed(self, optimiser: MixedPrecisionAdamW) -> History | None:
        """Bring weights, optimiser and random numbers back to where an unfinished run was.

        Returns:
            Its history so far; None if there is no unfinished run with the same fingerprint.
        """
        path = self.folder / "run.json"
        saved = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if saved.get("run") != self.run:
            return None
        tensors = load_file(self.folder / "state.safetensors")
        torch.set_rng_state(tensors.pop("random"))
        if "cuda_random" in tensors:
            torch.cuda.set_rng_state(tensors.pop("cuda_random"), self.device)
        optimiser.load_state(tensors)
        history = History(**saved["history"])
        history.validations = [(step, loss) for step, loss in history.validations]  # no JSON lists
        print(f"Resuming after step {saved['step']} (resume=False starts afresh).")
        return history

    def clear(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _save(self, name: str, tensors: dict[str, torch.Tensor]) -> None:
        contiguous = {key: value.contiguous() for key, value in tensors.items()}
        self._write(name, lambda part: save_file(contiguous, part))

    def _write(self, name: str, write: Callable[[Path], object]) -> None:
        try:
            write_whole(self.folder / name, write)
        except Exception as error:  # safetensors wraps the system's errors in its own
            raise CourseError(
                f"The checkpoint {self.folder / name} cannot be written ({error})",
                "free some disk space, or set COURSE_RESULTS to a folder with room",
            ) from error
