"""The update of full fine-tuning: its spectra, and what is left of the gain when it is cut.

Twice: in float32, and through bfloat16, as a model in bfloat16 stores it. The difference is
arithmetic. Lesson 3, *What did full fine-tuning change?*.
"""

import dataclasses
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from course_utils.analysis.low_rank import Parts, cut, decompose, random_like
from course_utils.analysis.rounding import through_bfloat16
from course_utils.analysis.spectra import RANKS, spectrum_of
from course_utils.experiments import trained_update
from course_utils.experiments.jobs import begun, perform_all
from course_utils.experiments.plan import SEEDS
from course_utils.experiments.trained_update import (
    TrainedUpdate,
    Weights,
    answers,
    config_of,
    set_others,
    short,
    shorts,
)
from course_utils.machine.device import pick_device
from course_utils.machine.environment import environment
from course_utils.memory.measured import free_memory
from course_utils.model.load import load_model
from course_utils.quantisation.error import set_linear_weights
from course_utils.recorded.reports import write_report
from course_utils.recorded.runs import pack

RATES = (1e-4, 2e-5)  # the best of the grid, and the usual one
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclasses.dataclass(frozen=True)
class Job:
    """A full fine-tuning."""

    learning_rate: float
    seed: int


def study_update(folder: Path, workers: int) -> dict[str, Any]:
    """Train all weights; write ``update.json``: answers, energy and spectra of the cut update.

    What ``folder`` already holds is not done again.

    Args:
        workers: processes that work at the same time.
    """
    settings = {"learning_rates": list(RATES), "seeds": list(SEEDS), "ranks": list(RANKS),
                **dataclasses.asdict(config_of(RATES[0], 0, 0))}  # fmt: skip
    del settings["learning_rate"], settings["seed"]
    start = {"settings": settings, **environment(pick_device()), "workers": workers}
    start |= {"runs": [], "spectra": {}}
    report = begun(folder, "update", start)
    done = {Job(row["learning_rate"], row["seed"]) for row in report["runs"]}
    jobs = [Job(rate, seed) for seed in SEEDS for rate in RATES]
    for row, spectra in perform_all(perform, [job for job in jobs if job not in done], workers):
        report["runs"].append(row)
        if spectra:
            report["spectra"][f"{row['learning_rate']:g}"] = spectra
        write_report(folder, "update", report)
        print(_line(row), flush=True)
    return report


def _line(row: dict[str, Any]) -> str:
    return (
        f"full fine-tuning at {row['learning_rate']:g}, seed {row['seed']}: "
        f"{row['rounding']['all']:.0%} rounding, {row['seconds']:.0f} s"
    )


def perform(job: Job) -> tuple[dict[str, Any], dict[str, Any]]:
    """Train, cut and ask; the row of the report, and with seed 0 the spectra of one layer."""
    start = time.perf_counter()
    trained = trained_update.train_update(job.learning_rate, job.seed)
    stored = {n: through_bfloat16(trained.base[n], u) for n, u in trained.update.items()}
    row: dict[str, Any] = dataclasses.asdict(job) | {
        "best": list(trained.best),
        "rounding": _rounding(trained.update, stored),
        "energy": {},
        "most": {},
        "correct": {},
    }
    for precision, update in (("float32", trained.update), ("bfloat16", stored)):
        parts = {name: decompose(matrix) for name, matrix in update.items()}
        row["energy"][precision], row["most"][precision] = energies_of(parts)
        found = _answers(PRECISIONS[precision], trained, update, parts)
        row["correct"][precision] = {what: pack(correct) for what, correct in found.items()}
    row["seconds"] = round(time.perf_counter() - start, 1)
    return row, _spectra(trained.update, stored) if job.seed == 0 else {}


def _answers(
    dtype: torch.dtype, trained: TrainedUpdate, update: Weights, parts: dict[str, Parts]
) -> dict[str, str]:
    """Answers to the test items with the update cut to each rank, and whole.

    Embedding and norms keep their old values, but for ``everything``.
    """
    model, tokenizer = load_model(dtype)
    device, most = model.device, RANKS[-1]
    base = {name: weight.to(device).float() for name, weight in trained.base.items()}
    first = {
        name: (U[:, :most].to(device), S[:most].to(device), Vh[:most].to(device))
        for name, (U, S, Vh) in parts.items()
    }

    found = {"before": answers(model, tokenizer)}
    for rank in RANKS:
        set_linear_weights(model, {n: base[n] + cut(first[n], rank) for n in base})
        found[str(rank)] = answers(model, tokenizer)
    set_linear_weights(model, {n: base[n] + update[n].to(device) for n in base})
    found["linear layers"] = answers(model, tokenizer)
    set_others(model, trained.others)
    found["everything"] = answers(model, tokenizer)
    del model, base, first
    free_memory()
    return found


def energies_of(parts: dict[str, Parts]) -> tuple[dict[str, list[float]], list[float]]:
    """Energy of the cuts to ``RANKS``: by kind of matrix and of all together; the highest of any.

    That of several matrices is the share of their squared norms together.
    """
    kept = {name: _kept(S) for name, (_, S, _) in parts.items()}  # (ranks + 1,), the last is whole
    groups = {"all": list(kept)} | _by_kind(kept)
    energy = {}
    for group, names in groups.items():
        together = torch.stack([kept[name] for name in names]).sum(0)
        energy[group] = shorts(together[:-1] / together[-1])
    shares = torch.stack([squares[:-1] / squares[-1] for squares in kept.values()])
    return energy, shorts(shares.nan_to_num(0.0).amax(0))


def _kept(S: torch.Tensor) -> torch.Tensor:
    squares = S.double().square().cumsum(0)
    return torch.stack([squares[min(rank, len(squares)) - 1] for rank in RANKS] + [squares[-1]])


def _by_kind(names: Iterable[str]) -> dict[str, list[str]]:
    """Full names by last name."""
    kinds: dict[str, list[str]] = {}
    for name in names:
        kinds.setdefault(name.split(".")[-1], []).append(name)
    return kinds


def _rounding(update: Weights, stored: Weights) -> dict[str, float]:
    """Share of the stored squared norm that is rounding, by kind of matrix and of all together."""
    shares = {}
    for group, names in ({"all": list(update)} | _by_kind(update)).items():
        error = sum((stored[n] - update[n]).double().square().sum().item() for n in names)
        shares[group] = short(error / sum(stored[n].double().square().sum().item() for n in names))
    return shares


def _spectra(update: Weights, stored: Weights) -> dict[str, dict[str, Any]]:
    """Of the middle layer's matrices: the update, as it is stored, the rounding, and a control."""
    middle = f".{len({name.split('.')[2] for name in update}) // 2}."
    generator = torch.Generator().manual_seed(0)
    spectra = {}
    for name in [name for name in update if middle in name]:
        matrices = {
            "update": update[name],
            "through bfloat16": stored[name],
            "rounding": stored[name] - update[name],
            "random": random_like(update[name], generator),
        }
        spectra[name] = {kind: _shortened(matrix) for kind, matrix in matrices.items()}
    return spectra


def _shortened(matrix: torch.Tensor) -> dict[str, Any]:
    found = spectrum_of(matrix)
    numbers = [[short(number) for number in v] for v in (found.values, found.energies)]
    return {"count": found.count, "values": numbers[0], "energies": numbers[1]}
