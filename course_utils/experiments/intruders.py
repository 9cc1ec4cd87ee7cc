"""Inside LoRA and full fine-tuning: norms, directions, intruder dimensions, and what these do.

Lesson 3, *Look inside* and *Act on it*; Shuttleworth et al. 2024, arXiv 2410.21228.
"""

import dataclasses
import time
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from course_utils.analysis.intruders import below, largest_cosines
from course_utils.analysis.low_rank import decompose, random_like
from course_utils.experiments import overlaps, trained_update
from course_utils.experiments.jobs import begun, perform_all
from course_utils.experiments.plan import SEEDS
from course_utils.experiments.shrinking import Adapted, shrink_and_ask, untrained
from course_utils.experiments.trained_update import TrainedUpdate, config_of, shorts
from course_utils.machine.device import pick_device
from course_utils.machine.environment import environment
from course_utils.recorded.intruders import SHRUNK, THRESHOLDS, K, Setting
from course_utils.recorded.reports import write_report

SETTINGS = (  # full fine-tuning first: it takes longest
    Setting(0, 1e-4),
    Setting(0, 3e-4),
    Setting(0, 2e-5),
    Setting(8, 5e-4),
    Setting(8, 2e-3),
    Setting(8, 5e-3),
    Setting(1, 2e-3),
)


@dataclasses.dataclass(frozen=True)
class Job:
    """A training of a setting."""

    setting: Setting
    seed: int


def study_intruders(folder: Path, workers: int) -> dict[str, Any]:
    """Train, look inside and act; write ``intruders.json``.

    What ``folder`` already holds is not done again. The directions of each update lie beside the
    report until all are there and their overlaps are measured.

    Args:
        workers: processes that work at the same time.
    """
    settings = {"settings": [dataclasses.asdict(setting) for setting in SETTINGS], "k": K,
                "thresholds": list(THRESHOLDS), "seeds": list(SEEDS), "directions": overlaps.MOST,
                **dataclasses.asdict(config_of(1.0, 0, 8))}  # fmt: skip
    del settings["learning_rate"], settings["seed"], settings["validate_every"]
    start = {"settings": settings, **environment(pick_device()), "workers": workers, "runs": []}
    report = begun(folder, "intruders", start)
    if "overlaps" in report:
        return report
    if "untrained" not in report:
        report |= untrained()
    done = {job_of(row) for row in report["runs"] if overlaps.path_of(folder, row).exists()}
    report["runs"] = [row for row in report["runs"] if job_of(row) in done]
    jobs = [Job(setting, seed) for setting in SETTINGS for seed in SEEDS]
    for row, directions in perform_all(perform, [job for job in jobs if job not in done], workers):
        overlaps.keep(folder, row, directions)
        report["runs"].append(row)
        write_report(folder, "intruders", report)
        print(_line(row), flush=True)
    report["overlaps"] = overlaps.measure(folder, report["runs"])
    write_report(folder, "intruders", report)
    overlaps.forget(folder)
    return report


def job_of(row: dict[str, Any]) -> Job:
    """The job whose row this is."""
    return Job(Setting(row["rank"], row["learning_rate"]), row["seed"])


def perform(job: Job) -> tuple[dict[str, Any], bytes]:
    """Train, look, shrink; the row of the report, and the directions of the update as a file."""
    setting, start = job.setting, time.perf_counter()
    trained = trained_update.train_update(setting.learning_rate, job.seed, setting.rank)
    adapted, counts, control = look(trained, setting.rank, job.seed)
    answers = shrink_and_ask(trained, adapted)
    row = {
        **dataclasses.asdict(setting),
        "seed": job.seed,
        "best": list(trained.best),
        "norms": shorts(torch.stack([change.norm() for change in trained.update.values()])),
        "counts": {f"{t:g}": "".join(f"{n:x}" for n in counts[t]) for t in THRESHOLDS},
        "control": {f"{t:g}": sum(control[t]) for t in THRESHOLDS},
        "answers": answers,
    }
    directions = save(overlaps.directions_of(trained.update, setting.rank))
    return row | {"seconds": round(time.perf_counter() - start, 1)}, directions


Counts = dict[float, list[int]]


def look(trained: TrainedUpdate, rank: int, seed: int) -> tuple[dict[str, Adapted], Counts, Counts]:
    """Every adapted matrix taken apart; its intruders counted; and those of a control.

    The control is a random update of the same norm and, for LoRA, of the same rank.

    Returns:
        Parts of the adapted weights by name; counts by threshold, one number a matrix, of these and
        of the control.
    """
    adapted: dict[str, Adapted] = {}
    counts: Counts = {threshold: [] for threshold in THRESHOLDS}
    control: Counts = {threshold: [] for threshold in THRESHOLDS}
    generator = torch.Generator().manual_seed(seed)
    for name, update in trained.update.items():
        weight = trained.base[name].float()
        old = decompose(weight)[0]
        parts = decompose(weight + update)
        similar = largest_cosines(old, parts[0])
        adapted[name] = Adapted.of(parts, similar)
        drawn = decompose(weight + random_update(update, rank, generator))[0]
        for threshold in THRESHOLDS:
            counts[threshold].append(_count(similar, threshold))
            control[threshold].append(_count(largest_cosines(old, drawn), threshold))
    return adapted, counts, control


def _count(similar: torch.Tensor, threshold: float) -> int:
    return len(below(similar, min(K, len(similar)), threshold))


def random_update(update: torch.Tensor, rank: int, generator: torch.Generator) -> torch.Tensor:
    """A random matrix of the update's shape and norm: of this rank, or of full rank where it is 0.

    Args:
        generator: on the CPU, as the update.
    """
    if not rank:
        return random_like(update, generator)
    out, in_ = update.shape
    B, A = torch.randn(out, rank, generator=generator), torch.randn(rank, in_, generator=generator)
    product = B @ A
    return product * (update.norm() / product.norm())


def _line(row: dict[str, Any]) -> str:
    count = sum(int(digit, 16) for digit in row["counts"][f"{SHRUNK:g}"])
    other, whole = row["control"][f"{SHRUNK:g}"], row["answers"][0]
    return (
        f"{job_of(row).setting}, seed {row['seed']}: {count} intruders (random update: {other}), "
        f"perplexity {whole['perplexity']:.1f}, {row['seconds']:.0f} s"
    )
