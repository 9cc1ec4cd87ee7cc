"""Recorded runs: one line of JSON a training, and the vectors of its soft prompt.

``experiments`` makes them on a GPU; lessons 3 to 5 show them beside the learner's own. Runs that
differ in the seed alone are grouped by ``by_setting``.
"""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file

from course_utils import settings
from course_utils.assets.model import model_folder
from course_utils.errors import CourseError
from course_utils.files import write_text
from course_utils.measure.answered import Answered
from course_utils.methods.names import Method

STEPS = 245  # of 32 examples: about once through the training reviews
START = "start/"  # what the names of prompts' starts begin with


@dataclasses.dataclass(frozen=True)
class Run:
    """One training.

    Attributes:
        study: what it belongs to.
        method: what is trained.
        learning_rate: the highest of the schedule.
        seed: of the adapter's or prompt's start and of the order of the examples.
        task: name of the task that is trained.
        rank, alpha, targets: of LoRA; ``targets`` is a key of ``experiments.plan.TARGETS``.
        length: of a soft prompt.
        init: where a soft prompt starts: ``random``, ``matched``, ``sampled``, ``labels``, ``text``
            or ``normal``. Of LoRA, ``pissa``, or empty where B starts at 0.
        shuffled: train on labels in random order, as a control.
        steps: of training.
        items: what is measured in the end, ``test``, or ``validation`` where settings are searched:
            those validation items that have no say in which weights are kept.
    """

    study: str
    method: Method
    learning_rate: float
    seed: int
    task: str = "movies"
    rank: int = 0
    alpha: float = 0.0
    targets: str = ""
    length: int = 0
    init: str = ""
    shuffled: bool = False
    steps: int = STEPS
    items: str = "test"


@dataclasses.dataclass(frozen=True)
class Record(Answered):
    """One run: the fields of ``Run``, and what was measured.

    Attributes:
        correct: one character for each of the task's ``items``, ``1`` where right, in their order.
        domains: the same for the test items of other domains, by name; empty in a search.
        perplexity: on the test editorials, after training.
        best: steps done and validation loss of the weights that were kept, on the first
            ``experiments.trainings.VALIDATION`` validation items.
        seconds: of training alone, validations included.
        peak_memory: bytes that PyTorch held on the device during training.
        device, versions, date: where, with what and when (UTC) it was run.
    """

    study: str
    method: Method
    learning_rate: float
    seed: int
    task: str
    rank: int
    alpha: float
    targets: str
    length: int
    init: str
    shuffled: bool
    steps: int
    batch_size: int
    correct: str
    domains: dict[str, str]
    perplexity: float
    best: list
    trainable_parameters: int
    seconds: float
    peak_memory: int
    device: str
    versions: dict[str, str]
    date: str
    items: str = "test"

    @property
    def key(self) -> str:
        """Name of the run's vectors in the file of soft prompts."""
        parts = (self.task, self.init, self.length, f"{self.learning_rate:g}", self.seed)
        return "/".join(map(str, parts)) + ("/shuffled" if self.shuffled else "")


def write(records: list[Record], path: Path) -> None:
    """One line a run; answers as hexadecimal digits, four items in each."""
    lines = []
    for record in records:
        row = dataclasses.asdict(record)
        row["correct"] = pack(row["correct"])
        row["domains"] = {name: pack(answers) for name, answers in row["domains"].items()}
        lines.append(json.dumps(row))
    write_text(path, "\n".join(lines) + "\n")


def read(path: Path) -> list[Record]:
    """What ``write`` wrote."""
    lines = path.read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    for row in rows:
        row["method"] = Method(row["method"])
        row["correct"] = unpack(row["correct"])
        row["domains"] = {name: unpack(answers) for name, answers in row["domains"].items()}
    return [Record(**row) for row in rows]


def recorded(study: str) -> list[Record]:
    """The recorded runs of a study that the course ships.

    Raises:
        CourseError: there are none.
    """
    path = settings.RECORDED / f"{study}.jsonl"
    if not path.exists():
        raise CourseError(
            f"There are no recorded runs of '{study}'",
            f"make them with: python -m course_utils experiments {study}",
        )
    return read(path)


def run_of(record: Record) -> Run:
    """The run that a record is of."""
    fields = [field.name for field in dataclasses.fields(Run)]
    return Run(**{name: getattr(record, name) for name in fields})


def soft_prompts(study: str = "clusters") -> dict[str, torch.Tensor]:
    """Vectors of the recorded soft prompts by ``Record.key``: (moments, length, d_model) float32.

    The last are the weights that were kept, those that answered the record's items. Of
    ``clusters`` the start stands before them; of other studies they are alone. Prompts of more
    than 20 tokens are not kept.
    """
    tensors = load_file(settings.RECORDED / f"{study}.safetensors")
    found = {}
    for key, vectors in tensors.items():
        if not key.startswith(START):
            start = tensors.get(start_key(key))
            moments = [vectors] if start is None else [start, vectors]
            found[key] = torch.stack(moments).float()
    return found


def start_key(key: str) -> str:
    """Name of a prompt's start in the file of soft prompts: one for all that start there.

    Args:
        key: as ``Record.key`` gives it.
    """
    task, init, length, _, seed, *_ = key.split("/")
    own_task = task if init in ("sampled", "labels") else ""
    own_seed = "" if init in ("labels", "text") else seed
    return f"{START}{init}/{length}/{own_task}/{own_seed}"


def pack(answers: str) -> str:
    """``"10110"`` becomes ``"5:b0"``: the number of items, then their bits."""
    padded = answers + "0" * (-len(answers) % 4)
    digits = "".join(f"{int(padded[i : i + 4], 2):x}" for i in range(0, len(padded), 4))
    return f"{len(answers)}:{digits}"


def unpack(packed: str) -> str:
    count, digits = packed.split(":")
    return "".join(f"{int(digit, 16):04b}" for digit in digits)[: int(count)]


def by_setting(records: Iterable[Record]) -> dict[Run, list[Record]]:
    """The records of each setting, in the order of their seeds.

    The key is the run with seed 0.
    """
    groups: dict[Run, list[Record]] = {}
    for record in sorted(records, key=lambda record: record.seed):
        groups.setdefault(dataclasses.replace(run_of(record), seed=0), []).append(record)
    return groups


def chosen(records: Iterable[Record]) -> list[Record]:
    """The records of the setting with the lowest mean validation loss; all of them compete.

    Raises:
        CourseError: there is no record.
    """
    groups = list(by_setting(records).values())
    if not groups:
        raise CourseError(
            "There is no record to choose a setting from",
            "run the search first: python -m course_utils experiments lora_grid prompt_grid steps",
        )
    return min(groups, key=lambda group: sum(r.best[1] for r in group) / len(group))


def course_table() -> torch.Tensor:
    """Embeddings of the course's own model, for which the recorded soft prompts were trained.

    Whatever ``COURSE_MODEL`` says, this is the table in which to look up their nearest words.

    Returns:
        (vocabulary, d_model) float32 on the CPU.

    Raises:
        CourseError: the model is not in the cache and cannot be had.
    """
    with safe_open(model_folder() / "model.safetensors", "pt") as file:
        return file.get_tensor("model.embed_tokens.weight").float()
