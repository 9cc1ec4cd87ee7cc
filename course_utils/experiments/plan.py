"""What is run: every study is a list of runs."""

from typing import Any

from course_utils.methods.names import Method
from course_utils.model.layers import ALL_LINEAR, ATTENTION, MLP
from course_utils.recorded.runs import Run

SEEDS = (0, 1, 2)
STEPS, BATCH_SIZE = 245, 32  # 7,840 examples: about once through the training reviews
TARGETS = {
    "q, v": ("q_proj", "v_proj"),
    "attention": ATTENTION,
    "MLP": MLP,
    "all": ALL_LINEAR,
}


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


def methods() -> list[Run]:
    """The methods side by side, each at a good setting, timed one after the other."""
    return [
        run
        for seed in SEEDS
        for run in (
            Run("methods", Method.FULL, 2e-5, seed),
            lora("methods", 5e-4, seed),
            lora("methods", 1e-3, seed, rank=2),
            prompt("methods", 3e-2, seed),
        )
    ]


def lora_grid() -> list[Run]:
    """What matters in LoRA: rank and learning rate, which matrices, alpha; full for comparison."""
    study, rates = "lora_grid", (1e-4, 2e-4, 5e-4, 1e-3, 2e-3)
    runs = [
        lora(study, rate, seed, rank=rank)
        for rank in (8, 1, 32, 2)
        for rate in rates
        for seed in SEEDS
    ]
    runs += [
        lora(study, rate, seed, targets=targets)
        for targets in ("q, v", "MLP", "attention")
        for rate in (5e-4, 2e-3)
        for seed in SEEDS
    ]
    runs += [lora(study, 5e-4, seed, alpha=alpha) for alpha in (4.0, 64.0) for seed in SEEDS]
    full_rates = (5e-6, 2e-5, 5e-5, 1e-4)
    return runs + [Run(study, Method.FULL, rate, seed) for rate in full_rates for seed in SEEDS]


def controls() -> list[Run]:
    """LoRA on shuffled labels: what is reached where there is nothing to learn."""
    return [lora("controls", 5e-4, seed, shuffled=True) for seed in SEEDS]


def prompt_grid() -> list[Run]:
    """What matters in prompt tuning: length and init; learning rate and init."""
    study, inits = "prompt_grid", ("labels", "random", "sampled", "text")
    runs = [prompt(study, 3e-2, seed, init=init) for init in inits for seed in SEEDS]
    runs += [
        prompt(study, 3e-2, seed, length=length, init=init)
        for length in (1, 5, 100)
        for init in inits[:2]
        for seed in SEEDS
    ]
    return runs + [
        prompt(study, rate, seed, init=init)
        for rate in (3e-3, 1e-2, 1e-1)
        for init in inits[:2]
        for seed in SEEDS
    ]


def clusters() -> list[Run]:
    """Soft prompts of several tasks, from three inits, and of shuffled labels as a control."""
    tasks = ("movies", "tweets", "products", "source")
    runs = [
        prompt("clusters", 1e-2, seed, init=init, task=task)
        for task in tasks
        for init in ("random", "sampled", "labels")
        for seed in SEEDS
    ]
    return runs + [
        prompt("clusters", 1e-2, seed, init=init, shuffled=True)
        for init in ("random", "sampled", "labels")
        for seed in SEEDS
    ]


STUDIES = {
    "methods": methods,
    "lora_grid": lora_grid,
    "controls": controls,
    "prompt_grid": prompt_grid,
    "clusters": clusters,
}
