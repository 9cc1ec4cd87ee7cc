"""Do movements of one task agree? Exact tests by start, and what is shared with controls.

Lesson 4, *Do prompts of one task move together?*.
"""

from collections.abc import Sequence

import torch
from torch.nn.functional import normalize

from course_utils.analysis.clusters import cosine_gap_of, purity_of
from course_utils.analysis.permutations import blocked_test, without_block_mean
from course_utils.recorded.cluster_prompts import ClusterPrompts
from course_utils.show.tables import Table, table


def movements(
    prompts: ClusterPrompts, tasks: Sequence[str], start: str
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The movements of some tasks from one start, task by task: (prompts, d), tasks, seeds.

    The numbers of the tasks and of the seeds, (prompts,) int64, count from 0.
    """
    moved = torch.stack([prompts.movements(task, start) for task in tasks])
    numbers = torch.cartesian_prod(*map(torch.arange, moved.shape[:2]))
    return moved.flatten(0, 1), numbers[:, 0], numbers[:, 1]


def movement_tests(prompts: ClusterPrompts, tasks: Sequence[str]) -> Table:
    """A row a start: purity without the seeds' means, and the gap of cosines; exact p of both."""
    rows, assignments = [], 0
    for start in prompts.starts:
        moved, task, seed = movements(prompts, tasks, start)
        free = without_block_mean(moved, seed)
        others = int(seed.max())  # as many as have the same task
        pure = blocked_test(purity_of(free, others), task, seed)
        gap = blocked_test(cosine_gap_of(moved, seed), task, seed)
        assignments = pure.assignments
        rows.append(
            {
                "start": start,
                "purity": pure.observed,
                "by chance": pure.chance,
                "p of purity": pure.p,
                "cosine within less between": gap.observed,
                "p of cosine": gap.p,
            }
        )
    caption = f"{2 * len(rows)} tests of movements by task, over {assignments:,} assignments each"
    digits: dict[str, int | str] = {
        "purity": 2,
        "by chance": 2,
        "p of purity": ".2g",
        "cosine within less between": "+.3f",
        "p of cosine": ".2g",
    }
    return table(rows, caption, digits)


def shared_table(prompts: ClusterPrompts, tasks: Sequence[str]) -> Table:
    """A row a start: the cosine of the first task's movements with those of other seeds.

    The last column is the control: the first task's prompts trained on shuffled labels.
    """
    rows = []
    for start in prompts.starts:
        own = normalize(prompts.movements(tasks[0], start), dim=1)
        others = {task: prompts.movements(task, start) for task in tasks}
        others[f"{tasks[0]}, shuffled"] = prompts.movements(tasks[0], start, shuffled=True)
        apart = ~torch.eye(len(own), dtype=torch.bool)
        cosines = {n: own @ normalize(v, dim=1).T for n, v in others.items()}
        rows.append({"start": start} | {n: c[apart].mean().item() for n, c in cosines.items()})
    caption = f"Mean cosine of a {tasks[0]} prompt's movement with that of a prompt of another seed"
    return table(rows, caption, dict.fromkeys(list(rows[0])[1:], 2))
