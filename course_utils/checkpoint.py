"""What a training run keeps on disk, so that nothing is lost when it is cut off."""

import dataclasses
import json
import os
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from course_utils.errors import CourseError


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    """A folder with the best weights so far and the state to resume from.

    Attributes:
        folder: where to keep them; made when needed.
        run: fingerprint of the run's settings and data; another run's files are not resumed.
    """

    folder: Path
    run: str

    def save_best(self, parameters: dict[str, torch.Tensor]) -> None:
        """Keep these weights as the best so far."""
        self._save("best.safetensors", {k: v.detach() for k, v in parameters.items()})

    @torch.no_grad()
    def load_best(self, parameters: dict[str, torch.Tensor]) -> bool:
        """Copy the best weights into ``parameters``; False if there are none."""
        path = self.folder / "best.safetensors"
        if not path.exists():
            return False
        for name, value in load_file(path).items():
            parameters[name].copy_(value)
        return True

    def save_state(self, step: int, tensors: dict[str, torch.Tensor], history: dict) -> None:
        """Keep what is needed to go on at ``step``. The JSON file, written last, makes it valid."""
        (self.folder / "run.json").unlink(missing_ok=True)
        random = {"random": torch.get_rng_state()}
        if torch.cuda.is_available():
            random["cuda_random"] = torch.cuda.get_rng_state()
        self._save("state.safetensors", tensors | random)
        text = json.dumps({"run": self.run, "step": step, "history": history})
        self._replace("run.json", lambda path: path.write_text(text, encoding="utf-8"))

    def load_state(self) -> tuple[int, dict[str, torch.Tensor], dict] | None:
        """Step, tensors and history of an unfinished run with the same settings, or None."""
        path = self.folder / "run.json"
        saved = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if saved.get("run") != self.run:
            return None
        tensors = load_file(self.folder / "state.safetensors")
        torch.set_rng_state(tensors.pop("random"))
        if "cuda_random" in tensors:
            torch.cuda.set_rng_state(tensors.pop("cuda_random"))
        return saved["step"], tensors, saved["history"]

    def clear(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _save(self, name: str, tensors: dict[str, torch.Tensor]) -> None:
        contiguous = {key: value.contiguous() for key, value in tensors.items()}
        self._replace(name, lambda path: save_file(contiguous, path))

    def _replace(self, name: str, write) -> None:
        """Write beside the file, then rename: a cut-off leaves the old file whole."""
        part = self.folder / f"{name}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write(part)
            os.replace(part, self.folder / name)
        except Exception as error:  # safetensors wraps the system's errors in its own
            part.unlink(missing_ok=True)
            raise CourseError(
                f"The checkpoint {self.folder / name} cannot be written ({error})",
                "free some disk space, or set COURSE_RESULTS to a folder with room",
            ) from error
