"""Studies that are run at settings which earlier runs chose: methods, controls and the pair task.

A setting is a learning rate and a number of steps. The one with the lowest mean validation loss is
taken, over the seeds that it was tried with. Each of full fine-tuning, LoRA of rank 8 and prompt
tuning from label words was tried with eleven settings: seven rates, and four of a longer training.
LoRA of rank 1 was tried with seven, PiSSA with four and PEFT's default start of a prompt with
three; on the task ``pair`` each method with four, of one seed.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from course_utils.experiments.plan import MORE_SEEDS, STUDIES, lora, prompt
from course_utils.methods.names import Method
from course_utils.recorded.runs import Record, Run, chosen, run_of

Records = Mapping[str, Sequence[Record]]  # by study
SEARCHED = ("lora_grid", "prompt_grid", "steps")
PAIR_STEPS, PAIR_PROMPT_STEPS = 500, 1500

LORA_8 = lora("methods", 0.0, 0)
COMPARED = (  # what is tried with several rates and steps; those here do not count
    Run("methods", Method.FULL, 0.0, 0),
    LORA_8,
    lora("methods", 0.0, 0, rank=1),
    lora("methods", 0.0, 0, alpha=8.0, init="pissa"),
    prompt("methods", 0.0, 0),
    prompt("methods", 0.0, 0, init="normal"),
)


def methods(records: Records) -> list[Run]:
    """The methods side by side, each at the setting that its search chose, on test items."""
    tried = [record for study in SEARCHED for record in records.get(study, ())]
    return [run for kind in COMPARED for run in _finals(tried, kind, study="methods")]


def controls(records: Records) -> list[Run]:
    """LoRA on shuffled labels: what is reached where there is nothing to learn."""
    tried = [record for study in SEARCHED for record in records.get(study, ())]
    return _finals(tried, LORA_8, study="controls", shuffled=True)


def pair(records: Records) -> list[Run]:
    """The task that words cannot do: the search, and where that is complete, the finals."""
    search, done = pair_search(), records.get("pair", ())
    if {run_of(record) for record in done}.issuperset(search):
        tried = [record for record in done if record.items == "validation"]
        kinds = {_kind(run): None for run in search}
        return search + [run for kind in kinds for run in _finals(tried, kind, study="pair")]
    return search


def pair_search() -> list[Run]:
    """Four rates for each method, one seed."""
    more: dict[str, Any] = {"study": "pair", "seed": 0, "task": "pair", "items": "validation"}
    runs = [
        prompt(learning_rate=rate, steps=PAIR_PROMPT_STEPS, **more)
        for rate in (1e-2, 3e-2, 1e-1, 3e-1)
    ]
    more["steps"] = PAIR_STEPS
    runs += [lora(learning_rate=rate, **more) for rate in (2e-4, 5e-4, 1e-3, 2e-3)]
    return runs + [
        Run(method=Method.FULL, learning_rate=rate, **more) for rate in (2e-5, 5e-5, 1e-4, 2e-4)
    ]


def is_compared(run: Run) -> bool:
    """Is this one of the searched settings from which ``methods`` chooses?"""
    return run.study in SEARCHED and _kind(run) in map(_kind, COMPARED)


def _kind(run: Run) -> Run:
    """The run without what is searched, and without where and why it was run."""
    return dataclasses.replace(run, study="", learning_rate=0.0, seed=0, steps=1, items="")


def _finals(tried: Iterable[Record], kind: Run, **changes: Any) -> list[Run]:
    """Five seeds at the best of the settings of this kind that were tried."""
    best = chosen(record for record in tried if _kind(run_of(record)) == _kind(kind))[0]
    setting = dataclasses.replace(run_of(best), items="test", **changes)
    return [dataclasses.replace(setting, seed=seed) for seed in MORE_SEEDS]


FINALS: dict[str, Callable[[Records], list[Run]]] = {
    "methods": methods,
    "controls": controls,
    "pair": pair,
}
NEEDS = {"methods": SEARCHED, "controls": SEARCHED, "pair": ()}


def planned(study: str, records: Records) -> list[Run]:
    """All runs of a study, as far as ``records`` allow to plan it."""
    return STUDIES[study]() if study in STUDIES else FINALS[study](records)
