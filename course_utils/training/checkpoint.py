"""What a training run keeps on disk, so that nothing is lost when it is cut off.

``training.run`` writes it at every validation, in each lesson that trains. Each run has a folder of
its own, named by its fingerprint, so a run with other settings destroys nothing; the folder is gone
when the run ends. New files are written beside the old ones, and one small file, replaced as the
last step, says which of them belong together: whatever moment it is cut off at, the checkpoint from
before or the new one is whole.
"""

import contextlib
import dataclasses
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from course_utils.assets import cache
from course_utils.errors import CourseError
from course_utils.files import write_whole
from course_utils.training.mixed_precision import MixedPrecisionAdamW
from course_utils.training.state import History

RUN = "run.json"
Parameters = dict[str, torch.nn.Parameter]


class Damaged(Exception):
    """A checkpoint that cannot be gone on with; its text says why."""


class Checkpoint:
    """The folder of one run: best weights so far, the state to resume from, and moments.

    Args:
        folder: of all runs of this training; made when needed.
        run: fingerprint of what is trained, on what, and how; see ``training.fingerprint``.
        device: of the model, whose random state is kept too.

    Attributes:
        step: from which the run would be resumed; None while there is nothing to resume.
    """

    def __init__(self, folder: Path, run: str, device: torch.device):
        self.folder, self.run, self.device = Path(folder), run, device
        self.place = self.folder / run
        self.step: int | None = None

    def save_best(self, step: int, masters: dict[str, torch.Tensor]) -> None:
        """Keep these weights as the best so far; earlier ones go when the next state is saved.

        Args:
            masters: in float32, by the parameter's name.
        """
        self._save(_best(step), masters)

    @torch.no_grad()
    def load_best(
        self,
        parameters: Parameters,
        history: History,
        masters: dict[str, torch.Tensor] | None = None,
    ) -> None:
        """Round the best weights that were kept into ``parameters``; without any, leave them.

        Args:
            masters: is given a copy of them as they were before rounding, on the CPU.
        """
        for step, _ in sorted(history.validations, key=lambda point: point[1]):
            if (self.place / _best(step)).exists():
                best = self._load(_best(step))
                _copy(best, parameters)
                if masters is not None:
                    masters.update({name: value.clone() for name, value in best.items()})
                return

    def save_moment(self, step: int, parameters: Parameters) -> None:
        """Keep these weights, so that a resumed run can show its whole course."""
        self._save(_moment(step), {name: p.detach() for name, p in parameters.items()})

    def save_state(self, optimiser: MixedPrecisionAdamW, history: History) -> None:
        """Keep what is needed to resume from here, then drop what this replaces."""
        step, random = len(history.losses), {"random": torch.get_rng_state()}
        if self.device.type == "cuda":
            random["cuda_random"] = torch.cuda.get_rng_state(self.device)
        self._save(_state(step), optimiser.state() | random)
        needed = (_state(step), _best(history.best[0]))
        kept = {
            "run": self.run,
            "step": step,
            "files": {name: cache.sampled(self.place / name) for name in needed},
            "history": dataclasses.asdict(history),
        }
        text = json.dumps(kept)
        self._write(RUN, lambda part: part.write_text(text, encoding="utf-8"))
        self.step = step
        for path in self.place.iterdir():  # half files of a killed process among them
            if path.name not in (RUN, *needed) and not path.name.startswith("moment"):
                path.unlink()

    def resumed(
        self,
        optimiser: MixedPrecisionAdamW,
        parameters: Parameters,
        watch: Callable[[int], None] | None = None,
    ) -> History | None:
        """Bring weights, optimiser and random numbers back to where the run was cut off.

        A damaged checkpoint is set aside, and said.

        Args:
            watch: shown each moment that was kept, as by the run before it was cut off.

        Returns:
            Its history so far; None if there is nothing to resume.

        Raises:
            CourseError: the folder cannot be read.
        """
        if not (self.place / RUN).exists():
            return None
        try:
            step, history, tensors = self._read(optimiser)
        except Damaged as damage:
            self._set_aside(damage)
            return None
        if watch is not None:
            self._replay(parameters, history, watch)
        torch.set_rng_state(tensors.pop("random"))
        cuda_random = tensors.pop("cuda_random", None)
        if cuda_random is not None and self.device.type == "cuda":
            torch.cuda.set_rng_state(cuda_random, self.device)
        optimiser.load_state(tensors)
        self.step = step
        return history

    @torch.no_grad()
    def _replay(
        self, parameters: Parameters, history: History, watch: Callable[[int], None]
    ) -> None:
        for step, _ in history.validations:
            with contextlib.suppress(OSError, SafetensorError):  # a moment is no need
                _copy(self._load(_moment(step)), parameters)
                watch(step)

    def _read(self, optimiser: MixedPrecisionAdamW) -> tuple[int, History, dict[str, torch.Tensor]]:
        """Steps done, history, tensors; all is looked at before anything is changed.

        Raises:
            CourseError: they may not be read.
            Damaged: they are not what ``save_state`` wrote.
        """
        try:
            saved = json.loads((self.place / RUN).read_text(encoding="utf-8"))
            history = History(**saved["history"])
            history.validations = [(at, loss) for at, loss in history.validations]  # no JSON lists
            needed = (_state(saved["step"]), _best(history.best[0]))
            whole = saved["files"] == {name: cache.sampled(self.place / name) for name in needed}
            tensors = self._load(needed[0])
            whole &= tensors.keys() - {"random", "cuda_random"} == optimiser.state().keys()
            whole &= saved["run"] == self.run and saved["step"] == len(history.losses)
        except PermissionError as error:
            raise CourseError(
                f"The checkpoint in {self.place} cannot be read ({error.strerror})",
                "set COURSE_RESULTS to a folder of yours",
            ) from error
        except Exception as error:  # half a file: each library has its own
            raise Damaged(str(error) or type(error).__name__) from error
        if not whole:
            raise Damaged("its files do not belong together")
        return saved["step"], history, tensors

    def _set_aside(self, why: Exception) -> None:
        number = 1
        while (aside := self.place.with_name(f"{self.place.name}.damaged{number}")).exists():
            number += 1
        self.place.rename(aside)
        print(f"The checkpoint of this run is damaged ({why}); it was set aside as {aside}.")

    def clear(self) -> None:
        """Remove the run's folder, and the folder above it where nothing else is in it."""
        shutil.rmtree(self.place, ignore_errors=True)
        self.step = None
        with contextlib.suppress(OSError):  # other runs are in it, or it was never made
            self.folder.rmdir()

    def say_others(self) -> None:
        """Say so where unfinished runs with other settings are kept in the same folder."""
        others = sorted(p for p in self.folder.glob("*") if p.name != self.run)
        if others:
            size = sum(f.stat().st_size for p in others for f in [p, *p.rglob("*")] if f.is_file())
            print(
                f"Kept in {self.folder}: {len(others)} unfinished or damaged run(s) with other "
                f"settings or starting weights ({size / 1e9:.2f} GB). The same call as then goes "
                "on with one; delete what you do not need."
            )

    def _load(self, name: str) -> dict[str, torch.Tensor]:
        return load_file(self.place / name)

    def _save(self, name: str, tensors: dict[str, torch.Tensor]) -> None:
        contiguous = {key: value.contiguous() for key, value in tensors.items()}
        self._write(name, lambda part: save_file(contiguous, part))

    def _write(self, name: str, write: Callable[[Path], object]) -> None:
        try:
            write_whole(self.place / name, write)
        except Exception as error:  # safetensors wraps the system's errors in its own
            raise CourseError(
                f"The checkpoint {self.place / name} cannot be written ({error})",
                "free some disk space, or set COURSE_RESULTS to a folder of yours with room",
            ) from error


def _best(step: int) -> str:
    return f"best-{step:06}.safetensors"


def _state(step: int) -> str:
    return f"state-{step:06}.safetensors"


def _moment(step: int) -> str:
    return f"moment-{step:06}.safetensors"


def _copy(values: dict[str, torch.Tensor], parameters: Parameters) -> None:
    for name, value in values.items():
        parameters[name].copy_(value)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder of a training: two kernels that train in it would mix their weights.

    A process that dies frees it.

    Raises:
        CourseError: another process holds it, or it cannot be written to.
    """
    import filelock

    path = folder.with_name(f".{folder.name}.lock")
    lock = filelock.FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise CourseError(
            f"Another kernel is training in {folder}",
            "wait until it is done, shut that kernel down (Kernel > Shut Down), or set "
            "COURSE_RESULTS to another folder",
        ) from None
    except OSError as error:
        raise CourseError(
            f"The checkpoints in {folder} cannot be written ({error.strerror or error})",
            "set COURSE_RESULTS to a folder of yours",
        ) from error
    try:
        yield
    finally:
        lock.release()
