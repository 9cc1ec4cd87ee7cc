"""The update of full fine-tuning: its spectra, and what is left of the gain when it is cut."""

import dataclasses
from pathlib import Path

import torch

from course_utils.analysis.low_rank import cut, decompose, random_like
from course_utils.data import tasks
from course_utils.experiments.plan import BATCH_SIZE, STEPS
from course_utils.experiments.trainings import examples_of, prompt_of, train_once
from course_utils.machine.environment import environment
from course_utils.measure import scoring
from course_utils.model.load import load_model
from course_utils.quantisation.error import linear_weights, set_linear_weights
from course_utils.recorded.reports import write_report
from course_utils.training.plan import TrainingConfig

RANKS = (1, 2, 4, 8, 16, 32, 64)
CONFIG = TrainingConfig(2e-5, STEPS, BATCH_SIZE, validate_every=STEPS // 6)


def study_update(folder: Path) -> dict:
    """Train all weights; write ``update.json``: spectra, energy and accuracy by rank.

    Embedding and norms go back to their old values first: only the linear layers' update is cut.
    """
    model, tokenizer = load_model()
    task = tasks.load("movies")
    prompt, base = prompt_of(task), linear_weights(model)
    train_once(model, tokenizer, examples_of(tokenizer, task), CONFIG)

    def correct() -> str:
        return scoring.evaluate(model, tokenizer, prompt, task.test).correct

    tuned, everything = linear_weights(model), correct()
    model, _ = load_model()
    before = correct()
    parts = {name: decompose(_change(tuned, base, name)) for name in base}
    by_rank = {}
    for rank in RANKS:
        set_linear_weights(
            model, {name: base[name].float() + cut(parts[name], rank) for name in base}
        )
        by_rank[rank] = correct()
    set_linear_weights(model, tuned)
    report = {
        "settings": dataclasses.asdict(CONFIG),
        **environment(model.device),
        "correct": {"before": before, "everything": everything, "linear layers": correct()},
        "correct_by_rank": by_rank,
        "energy_by_rank": {name: _energy(S) for name, (_, S, _) in parts.items()},
        "spectra": _spectra(tuned, base, parts),
    }
    write_report(folder, "update", report)
    return report


def _change(
    tuned: dict[str, torch.Tensor], base: dict[str, torch.Tensor], name: str
) -> torch.Tensor:
    """The update of one layer, float32."""
    return tuned[name].float() - base[name].float()


def _energy(S: torch.Tensor) -> list[float]:
    """Share of the squared norm that the first singular values hold, for each of ``RANKS``."""
    share = S.square().cumsum(0) / S.square().sum()
    return [round(share[rank - 1].item(), 4) for rank in RANKS]


def _spectra(tuned: dict, base: dict, parts: dict) -> dict[str, dict[str, list[float]]]:
    """Singular values of the middle decoder layer's updates, each with a random matrix's."""
    middle = f".{len({name.split('.')[2] for name in parts}) // 2}."
    generator = torch.Generator().manual_seed(0)
    spectra = {}
    for name in [name for name in parts if middle in name]:
        control = random_like(_change(tuned, base, name), generator)
        values = {"update": parts[name][1], "random": torch.linalg.svdvals(control)}
        spectra[name] = {kind: [round(v, 6) for v in S.tolist()] for kind, S in values.items()}
    return spectra
