"""The nearest words of recorded soft prompts at every moment, for the explorer of lesson 4.

The study ``explorer`` needs no GPU: it reads what the study ``paths`` kept, and writes
``explorer.json``. Lesson 4 (*The soft tokens, seen*) shows it with ``show.prompt_explorer``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cosine_similarity, normalize
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from course_utils.analysis.neighbours import nearest
from course_utils.assets.model import model_folder
from course_utils.errors import CourseError
from course_utils.experiments.trainings import VALIDATION
from course_utils.recorded.explorer import HUNDREDTHS
from course_utils.recorded.paths import PromptPath, prompt_paths
from course_utils.recorded.reports import write_report
from course_utils.recorded.runs import Record, course_table, recorded

NEIGHBOURS = 5  # words shown of a token


def study_explorer(folder: Path) -> dict[str, Any]:
    """Look up the words of the recorded paths; write ``explorer.json``.

    Raises:
        CourseError: the paths or their runs are not recorded.
    """
    paths = prompt_paths()
    runs = {record.key: record for record in recorded("paths") if record.key in paths}
    if missing := paths.keys() - runs.keys():
        raise CourseError(
            f"The path {min(missing)} belongs to no recorded run",
            "record both again: python -m course_utils experiments paths",
        )
    ordered = {key: paths[key] for key in sorted(paths, key=lambda key: _place(runs[key]))}
    tokenizer = AutoTokenizer.from_pretrained(model_folder())  # of ``course_table``
    report = explorer_data(ordered, course_table(), tokenizer)
    run = next(iter(runs.values()))
    devices = sorted({each.device for each in runs.values()})
    report["settings"] = {
        "task": run.task,
        "length": run.length,
        "learning_rate": run.learning_rate,
        "items": VALIDATION,
    }
    report |= {"devices": devices, "versions": run.versions, "date": run.date}
    write_report(folder, "explorer", report)
    return report


def _place(run: Record) -> tuple[str, int, bool]:
    """Of a start's prompts, the one with true labels first, then its control, then other seeds."""
    return run.init, run.seed, run.shuffled


def explorer_data(
    paths: Mapping[str, PromptPath], table: torch.Tensor, tokenizer: PreTrainedTokenizerBase
) -> dict[str, Any]:
    """What the explorer shows, small enough to stand in a page.

    Args:
        paths: by ``Record.key``.
        table: (vocabulary, d_model), the words that the vectors are compared with.

    Returns:
        ``vocabulary``: each word that is near to any token, once; ``chance``: the mean cosine of
        two words; ``prompts``: a dictionary for each path with its ``start``, ``seed``,
        ``shuffled``, ``steps``, ``losses`` and ``accuracies``, and by moment and token ``words``
        (the five nearest by cosine, as numbers of the vocabulary) with their ``cosines``, the
        token's ``length``, and ``turned``, its cosine with its own start. Cosines and lengths are
        whole numbers, in hundredths.

    Raises:
        CourseError: a path has no number for each moment; or see ``analysis.neighbours.nearest``.
    """
    found = {key: _nearest(key, path, table) for key, path in paths.items()}
    used = torch.cat([ids.flatten() for ids in found.values()]).unique()
    return {
        "vocabulary": [tokenizer.decode([i]) for i in used.tolist()],
        "chance": round(_chance(table), 2),
        "prompts": [
            _names(key) | _prompt(paths[key], ids, torch.searchsorted(used, ids), table)
            for key, ids in found.items()
        ],
    }


def _names(key: str) -> dict[str, Any]:
    """What ``Record.key`` says of a prompt."""
    _, start, _, _, seed, *shuffled = key.split("/")
    return {"start": start, "seed": int(seed), "shuffled": bool(shuffled)}


def _nearest(key: str, path: PromptPath, table: torch.Tensor) -> torch.Tensor:
    """(moments, length, NEIGHBOURS) int64: rows of the table."""
    moments, length, _ = path.vectors.shape
    if not {len(path.steps), len(path.losses), len(path.accuracies)} == {moments}:
        raise CourseError(
            f"The path {key} has {moments} moments, but "
            f"{len(path.steps)} steps, {len(path.losses)} losses and {len(path.accuracies)} "
            "accuracies",
            "record the study 'paths' again",
        )
    ids = nearest(path.vectors.flatten(0, 1).float(), table, "cosine", NEIGHBOURS)
    return ids.view(moments, length, NEIGHBOURS)


def _prompt(
    path: PromptPath, ids: torch.Tensor, words: torch.Tensor, table: torch.Tensor
) -> dict[str, Any]:
    vectors = path.vectors.float()
    cosines = cosine_similarity(vectors[:, :, None], table[ids].float(), dim=-1)
    return {
        "steps": path.steps,
        "losses": [round(loss, 3) for loss in path.losses],
        "accuracies": [round(accuracy, 3) for accuracy in path.accuracies],
        "words": words.tolist(),
        "cosines": _hundredths(cosines),
        "lengths": _hundredths(vectors.norm(dim=-1)),
        "turned": _hundredths(cosine_similarity(vectors, vectors[:1], dim=-1)),
    }


def _hundredths(values: torch.Tensor) -> list[Any]:
    return (HUNDREDTHS * values).round().int().tolist()


def _chance(table: torch.Tensor) -> float:
    """Mean cosine of two different words, over all pairs: |sum of directions|^2 has each twice."""
    directions, n = normalize(table.float(), dim=1), len(table)
    return float((directions.sum(0).square().sum() - n) / (n * (n - 1)))
