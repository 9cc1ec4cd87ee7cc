"""The recorded soft prompts of the study ``clusters``, by task, start and control (lesson 4)."""

import dataclasses

import torch

from course_utils.errors import CourseError
from course_utils.recorded.runs import Record, recorded, soft_prompts

STARTS = ("labels", "sampled", "matched", "random")
BEFORE, TRAINED, SHUFFLED = KINDS = ("before training", "trained", "shuffled labels")
Kinds = dict[str, torch.Tensor]  # kind to (seeds, length, d_model)


@dataclasses.dataclass(frozen=True)
class ClusterPrompts:
    """All prompts of the study.

    Attributes:
        runs: one record each.
        vectors: ``Record.key`` to (start and end, length, d_model) float32.
    """

    runs: list[Record]
    vectors: dict[str, torch.Tensor]

    @property
    def starts(self) -> tuple[str, ...]:
        """Those that were recorded."""
        found = {run.init for run in self.runs}
        return tuple(start for start in STARTS if start in found)

    def runs_of(self, task: str, start: str, shuffled: bool = False) -> list[Record]:
        """The runs that differ in the seed alone, in its order.

        Raises:
            CourseError: there are none.
        """
        wanted = (task, start, shuffled)
        own = [run for run in self.runs if (run.task, run.init, run.shuffled) == wanted]
        if not own:
            raise CourseError(
                f"There are no recorded prompts of {task} from the start '{start}'",
                f"choose a start of {', '.join(self.starts)}",
            )
        return sorted(own, key=lambda run: run.seed)

    def of(self, task: str, start: str, shuffled: bool = False) -> torch.Tensor:
        """Their vectors: (seeds, start and end, length, d_model).

        Raises:
            CourseError: see ``runs_of``.
        """
        return torch.stack([self.vectors[r.key] for r in self.runs_of(task, start, shuffled)])

    def with_controls(self, task: str = "movies") -> dict[str, Kinds]:
        """Start to kind to (seeds, length, d_model): before training, trained, on shuffled labels.

        Raises:
            CourseError: see ``runs_of``.
        """
        found = {}
        for start in self.starts:
            true, shuffled = self.of(task, start), self.of(task, start, shuffled=True)
            found[start] = dict(zip(KINDS, (true[:, 0], true[:, -1], shuffled[:, -1])))
        return found

    def movements(self, task: str, start: str, shuffled: bool = False) -> torch.Tensor:
        """How the mean of each prompt's vectors moved: (seeds, d_model).

        Raises:
            CourseError: see ``runs_of``.
        """
        means = self.of(task, start, shuffled).mean(2)  # (seeds, start and end, d_model)
        return means[:, -1] - means[:, 0]


def cluster_prompts() -> ClusterPrompts:
    """What ``experiments clusters`` recorded.

    Raises:
        CourseError: it was not recorded.
    """
    return ClusterPrompts(recorded("clusters"), soft_prompts("clusters"))
