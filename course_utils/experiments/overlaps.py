"""Overlap of the directions of every setting's update with those of full fine-tuning, and its own.

Part of ``experiments intruders``. Lesson 3, *Look inside*.
"""

import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from course_utils.analysis.overlap import directions, subspace_overlap
from course_utils.experiments.trained_update import Weights, short
from course_utils.files import write_whole
from course_utils.recorded.intruders import TUNED, Setting

MOST = 8  # directions of each update, or as many as LoRA's rank
SIDES = ("left", "right")


def directions_of(update: Weights, rank: int) -> Weights:
    """The strongest directions of each update: ``NAME.left`` (out, k), ``NAME.right`` (in, k)."""
    found = {}
    for name, change in update.items():
        for side, vectors in zip(SIDES, directions(change, min(MOST, rank or MOST))):
            found[f"{name}.{side}"] = vectors.contiguous()
    return found


def path_of(folder: Path, row: dict[str, Any]) -> Path:
    """Where the directions of a run lie until their overlaps are measured."""
    name = f"{row['rank']}_{row['learning_rate']:g}_{row['seed']}"
    return folder / "intruders_directions" / f"{name}.safetensors"


def keep(folder: Path, row: dict[str, Any], found: bytes) -> None:
    """Write the directions of a run, in the format of safetensors."""
    write_whole(path_of(folder, row), lambda part: part.write_bytes(found))


def forget(folder: Path) -> None:
    """Remove all directions."""
    shutil.rmtree(folder / "intruders_directions", ignore_errors=True)


def measure(folder: Path, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Overlap of each setting with full fine-tuning at the tuned rate, and with itself.

    Each seed is held against the next one's, also between two settings: runs of one seed have seen
    the examples in the same order.

    Returns:
        An entry a pair of runs: the settings and seeds of both, and by side and kind of matrix the
        mean overlap over the layers.
    """
    found = []
    settings = list(dict.fromkeys(Setting(row["rank"], row["learning_rate"]) for row in rows))
    seeds = sorted({row["seed"] for row in rows})
    loaded = {key_of(row): load_file(path_of(folder, row)) for row in rows}
    for setting in settings:
        for other in dict.fromkeys((TUNED, setting)):
            for seed, next_seed in zip(seeds, seeds[1:] + seeds[:1]):
                first = loaded[(setting.rank, setting.learning_rate, seed)]
                second = loaded[(other.rank, other.learning_rate, next_seed)]
                found.append(
                    {
                        "first": [setting.rank, setting.learning_rate, seed],
                        "second": [other.rank, other.learning_rate, next_seed],
                        **{side: overlap_by_kind(first, second, side) for side in SIDES},
                    }
                )
    return found


def key_of(row: dict[str, Any]) -> tuple[int, float, int]:
    """Rank, learning rate and seed of a row."""
    return row["rank"], row["learning_rate"], row["seed"]


def overlap_by_kind(first: Weights, second: Weights, side: str) -> dict[str, Any]:
    """Mean overlap over the layers, by kind of matrix."""
    kinds: dict[str, list[float]] = {}
    for name in first:
        if name.endswith(f".{side}"):
            overlap = subspace_overlap(first[name], second[name])
            kinds.setdefault(name.split(".")[-2], []).append(overlap)
    return {kind: short(torch.tensor(each).mean().item()) for kind, each in kinds.items()}
