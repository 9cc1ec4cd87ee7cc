"""The update of full fine-tuning: its spectra, and what is left of the gain when it is cut."""

import dataclasses
import json
import tempfile
from pathlib import Path

import torch
from transformers import PreTrainedModel

from course_utils.analysis.low_rank import cut, decompose, random_like
from course_utils.data import tasks
from course_utils.data.prompts import Prompt
from course_utils.experiments.plan import BATCH_SIZE, STEPS
from course_utils.experiments.train_and_measure import REVIEW, VALIDATION
from course_utils.machine.environment import environment
from course_utils.measure import scoring
from course_utils.model.layers import linear_layers
from course_utils.model.load import load_model
from course_utils.training.loop import train
from course_utils.training.plan import TrainingConfig, make_examples

RANKS = (1, 2, 4, 8, 16, 32, 64)
CONFIG = TrainingConfig(2e-5, STEPS, BATCH_SIZE, validate_every=STEPS // 6)


@torch.no_grad()
def weights(model: PreTrainedModel) -> dict[str, torch.Tensor]:
    """Copies of the weights of the linear layers, by name, float32."""
    return {name: m.weight.float().clone() for name, m in linear_layers(model).items()}


@torch.no_grad()
def set_weights(model: PreTrainedModel, values: dict[str, torch.Tensor]) -> None:
    """Write weights, as ``weights`` gives them, into the model."""
    for name, layer in linear_layers(model).items():
        layer.weight.copy_(values[name])


def study_update(folder: Path) -> dict:
    """Train all weights; write ``update.json``: spectra, energy and accuracy by rank.

    Embedding and norms go back to their old values first: only the linear layers' update is cut.
    """
    model, tokenizer = load_model()
    task = tasks.load("movies")
    prompt = Prompt(REVIEW, task.label_words)
    base = weights(model)
    examples = make_examples(tokenizer, prompt, task.train)
    validation = make_examples(tokenizer, prompt, task.validation.select(range(VALIDATION)))
    with tempfile.TemporaryDirectory() as scratch:
        train(
            model,
            examples,
            validation,
            CONFIG,
            pad_id=tokenizer.pad_token_id,
            folder=Path(scratch),
            resume=False,
        )

    def correct() -> str:
        return scoring.evaluate(model, tokenizer, prompt, task.test).correct

    tuned, everything = weights(model), correct()
    model, _ = load_model()
    before = correct()
    parts = {name: decompose(tuned[name] - base[name]) for name in base}
    by_rank = {}
    for rank in RANKS:
        set_weights(model, {name: base[name] + cut(parts[name], rank) for name in base})
        by_rank[rank] = correct()
    set_weights(model, tuned)
    report = {
        "settings": dataclasses.asdict(CONFIG),
        **environment(model.device),
        "correct": {"before": before, "everything": everything, "linear layers": correct()},
        "correct_by_rank": by_rank,
        "energy_by_rank": {name: _energy(S) for name, (_, S, _) in parts.items()},
        "spectra": _spectra(tuned, base, parts),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "update.json").write_text(json.dumps(report) + "\n", encoding="utf-8")
    return report


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
        control = random_like(tuned[name] - base[name], generator)
        values = {"update": parts[name][1], "random": torch.linalg.svdvals(control)}
        spectra[name] = {kind: [round(v, 6) for v in S.tolist()] for kind, S in values.items()}
    return spectra
