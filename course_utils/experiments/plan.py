"""What is run: every study here is a list of runs; ``finals`` has those that need their results.

The searches measure validation items, so that the test items are read once, by the runs that the
lessons compare. Lessons 3 and 4 show the results.
"""

import itertools
from collections.abc import Callable
from typing import Any

from course_utils.methods.names import Method
from course_utils.model.layers import ALL_LINEAR, ATTENTION, MLP
from course_utils.recorded.runs import STEPS, Run

SEEDS, MORE_SEEDS = (0, 1, 2), (0, 1, 2, 3, 4)
TWO_SEEDS = SEEDS[:2]  # of settings that are shown, and not compared with other methods
BATCH_SIZE = 32
PROMPT_STEPS = 3 * STEPS
TARGETS = {
    "q, v": ("q_proj", "v_proj"),
    "attention": ATTENTION,
    "MLP": MLP,
    "all": ALL_LINEAR,
}
FULL_RATES = (5e-6, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3)
LORA_RATES = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2)
LABEL_RATES = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)  # of prompts from label words
STARTS = ("random", "matched", "sampled", "labels")  # of the prompts in ``clusters``


def lora(
    study: str,
    learning_rate: float,
    seed: int,
    rank: int = 8,
    alpha: float | None = None,
    targets: str = "all",
    **more: Any,
) -> Run:
    """A LoRA run; alpha is twice the rank unless given."""
    alpha = 2.0 * rank if alpha is None else alpha
    return Run(
        study, Method.LORA, learning_rate, seed, rank=rank, alpha=alpha, targets=targets, **more
    )


def prompt(
    study: str, learning_rate: float, seed: int, length: int = 20, init: str = "labels", **more: Any
) -> Run:
    """A prompt-tuning run."""
    return Run(study, Method.PROMPT_TUNING, learning_rate, seed, length=length, init=init, **more)


def lora_grid() -> list[Run]:
    """What matters in LoRA: rank, learning rate, the factor alpha / rank, the matrices, the start.

    With alpha of twice the rank, the factor is 2 throughout. rsLoRA's alpha / sqrt(rank) is another
    alpha here, and so is LoRA+'s higher rate of B under Adam: ``tests/methods/test_lora_plus.py``.
    """
    search: dict[str, Any] = {"study": "lora_grid", "items": "validation"}
    runs = []
    for seed in SEEDS:
        for rank, rate in itertools.product((8, 1), LORA_RATES):
            runs.append(lora(learning_rate=rate, seed=seed, rank=rank, **search))
        for rate in (5e-5, 2e-4, 5e-4, 1e-3):
            runs.append(lora(learning_rate=rate, seed=seed, alpha=8.0, init="pissa", **search))
        for rate in FULL_RATES:
            runs.append(Run(method=Method.FULL, learning_rate=rate, seed=seed, **search))
    for seed in TWO_SEEDS:
        for rate in LORA_RATES:
            runs.append(lora(learning_rate=rate, seed=seed, rank=32, **search))
        for rank, rate in itertools.product((1, 32), (2e-4, 1e-3, 2e-3, 5e-3)):
            runs.append(lora(learning_rate=rate, seed=seed, rank=rank, alpha=16.0, **search))
        for alpha, rate in itertools.product((4.0, 64.0, 256.0), (2e-4, 1e-3)):
            runs.append(lora(learning_rate=rate, seed=seed, alpha=alpha, **search))
        for targets, rate in itertools.product(("q, v", "MLP", "attention"), (5e-4, 2e-3)):
            runs.append(lora(learning_rate=rate, seed=seed, targets=targets, **search))
    return runs


def prompt_grid() -> list[Run]:
    """What matters in prompt tuning: learning rate, start and length, of three times the steps."""
    search: dict[str, Any] = {"study": "prompt_grid", "items": "validation", "steps": PROMPT_STEPS}
    three_rates = (1e-2, 1e-1, 1.0)
    tried: dict[str, tuple[tuple[int, ...], tuple[float, ...]]] = {
        "labels": (SEEDS, LABEL_RATES),
        "normal": (SEEDS, three_rates),
        "random": (TWO_SEEDS, LABEL_RATES[1:]),
    }
    tried |= dict.fromkeys(("sampled", "text", "matched"), (TWO_SEEDS, three_rates))
    runs = [
        prompt(learning_rate=rate, seed=seed, init=init, **search)
        for init, (seeds, rates) in tried.items()
        for seed, rate in itertools.product(seeds, rates)
    ]
    others = itertools.product(TWO_SEEDS, (1, 5, 100), ("labels", "random"))
    return runs + [
        prompt(learning_rate=3e-2, seed=seed, length=length, init=init, **search)
        for seed, length, init in others
    ]


def steps() -> list[Run]:
    """Does a longer training help? Four rates around the best of the grids, one seed."""
    search: dict[str, Any] = {"study": "steps", "seed": 0, "items": "validation"}
    runs = [
        prompt(learning_rate=rate, steps=8 * STEPS, **search) for rate in (1e-2, 3e-2, 1e-1, 3e-1)
    ]
    search["steps"] = 3 * STEPS
    runs += [lora(learning_rate=rate, **search) for rate in (2e-4, 5e-4, 1e-3, 2e-3)]
    return runs + [
        Run(method=Method.FULL, learning_rate=rate, **search) for rate in (2e-5, 5e-5, 1e-4, 2e-4)
    ]


def clusters() -> list[Run]:
    """Soft prompts of several tasks, from four starts, and of shuffled labels as a control.

    All at one rate, at which the words near a soft token stay: at ten times the rate they do not,
    as ``prompt_grid`` shows.
    """
    more: dict[str, Any] = {"study": "clusters", "learning_rate": 1e-2, "steps": 2 * STEPS}
    runs = []
    for seed, init in itertools.product(MORE_SEEDS, STARTS):
        for task in ("movies", "tweets", "products", "source"):
            runs.append(prompt(seed=seed, init=init, task=task, **more))
        runs.append(prompt(seed=seed, init=init, shuffled=True, **more))
    return runs


def paths() -> list[Run]:
    """Soft prompts of which many moments are kept, for the explorer, at the rate of ``clusters``.

    From each start one, and its control; from label words another seed too.
    """
    more: dict[str, Any] = {"study": "paths", "learning_rate": 1e-2, "steps": 2 * STEPS}
    starts = ("labels", "random")
    runs = [
        prompt(seed=0, init=init, shuffled=shuffled, **more)
        for init, shuffled in itertools.product(starts, (False, True))
    ]
    return [*runs, prompt(seed=1, init="labels", **more)]


def keeps_vectors(run: Run) -> bool:
    """Are the vectors kept after training? Long prompts would fill the repository.

    Those of ``paths`` are kept at many moments instead.
    """
    compared = run.study in ("clusters", "prompt_grid") or run.items == "test"
    if run.study == "paths":
        return False
    return run.method == Method.PROMPT_TUNING and compared and run.length <= 20


STUDIES: dict[str, Callable[[], list[Run]]] = {
    "lora_grid": lora_grid,
    "prompt_grid": prompt_grid,
    "steps": steps,
    "clusters": clusters,
    "paths": paths,
}
