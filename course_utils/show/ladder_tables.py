"""The ladder as tables: accuracies, seeds, equal compute, and costs (lesson 6)."""

from collections.abc import Iterable, Mapping

from course_utils.measure.evaluation import compare
from course_utils.measure.seeds import mean_accuracy
from course_utils.methods.names import Method
from course_utils.recorded.compute import (
    full_budget,
    gap_at_full_budget,
    mean_flops,
)
from course_utils.recorded.gaps import FEWEST_SEEDS, Gap
from course_utils.recorded.ladder import METHODS, TRAINED, Rung, counted
from course_utils.recorded.model_names import models_of, short_name, tasks_of
from course_utils.show.tables import Table, table

TERA, GIGA = 1e12, 1e9


def accuracy_table(rungs: Iterable[Rung]) -> Table:
    """A row a task and model: each method's accuracy at its end, mean over seeds.

    Behind it half the width of the 95 % interval, over items and seeds together; none where a
    training has fewer than three seeds.
    """
    rungs, rows = list(rungs), []
    for task, model, name in _cells(rungs):
        found = {method: _accuracy(counted(rungs, model, task, method)) for method in METHODS}
        if any(found.values()):
            named = {method.removesuffix(" prompt"): text for method, text in found.items()}
            rows.append({"task": task, "model": name, **named})
    return table(rows, "Test accuracy of every method at its end, with half its 95 % interval")


def seed_table(rungs: Iterable[Rung], method: str, majorities: Mapping[str, float]) -> Table:
    """A row a task and model: accuracy of each seed of a trained method, and what the mean says.

    Args:
        majorities: task to accuracy of always giving the commonest training label.
    """
    rungs, rows = list(rungs), []
    for task, model, name in _cells(rungs):
        seeds = counted(rungs, model, task, method)
        if not seeds:
            continue
        mean = mean_accuracy([rung.correct for rung in seeds])
        ends = above = None
        if len(seeds) >= FEWEST_SEEDS:
            ends = f"{mean.low:.3f} to {mean.high:.3f}"
            above = "yes" if mean.low > majorities[task] else "not shown"
        rows.append({
            "task": task,
            "model": name,
            "each seed": ", ".join(f"{rung.accuracy:.3f}" for rung in seeds),
            "mean": mean.difference,
            "95 % of the mean": ends,
            "above majority": above,
        })  # fmt: skip
    return table(rows, f"Test accuracy of {method}, seed by seed")


def picked_table(rungs: Iterable[Rung], method: str) -> Table:
    """A row a task and model: of the seeds the one that validation prefers, and its gap.

    Both methods are given three tries, the first ones; the gap is paired by item, and knows no
    other seeds. No row where one of them has fewer.
    """
    rungs, rows = list(rungs), []
    for task, model, name in _cells(rungs):
        tried = [counted(rungs, model, task, each) for each in (method, Method.FULL.value)]
        if min(map(len, tried)) < FEWEST_SEEDS:
            continue
        own, full = (min(seeds[:FEWEST_SEEDS], key=lambda rung: rung.loss) for seeds in tried)
        behind = compare(full.correct, own.correct)
        ends = f"[{100 * behind.low:+.1f}, {100 * behind.high:+.1f}]"
        rows.append({
            "task": task,
            "model": name,
            method: own.accuracy,
            Method.FULL.value: full.accuracy,
            "points behind [95 %]": f"{100 * behind.difference:+.1f} {ends}",
        })  # fmt: skip
    return table(rows, "Test accuracy of the one of three seeds with the lowest validation loss")


def equal_compute_table(rungs: Iterable[Rung]) -> Table:
    """A row a task and model: gaps at the compute that full fine-tuning used until its best."""
    rungs, rows = list(rungs), []
    others = [method for method in TRAINED if method != Method.FULL.value]
    for task, model, name in _cells(rungs):
        found = {method: gap_at_full_budget(rungs, model, task, method) for method in others}
        if not any(found.values()):
            continue
        row: dict[str, object] = {"task": task, "model": name}
        row["TFLOPs"] = full_budget(rungs, model, task) / TERA
        for method, gap in found.items():
            row[f"{method} [95 %]"] = gap and _points(gap)
        rows.append(row)
    caption = f"Points behind {Method.FULL} at the compute that it used until its best"
    return table(rows, caption, {"TFLOPs": ",.0f"})


def cost_table(rungs: Iterable[Rung], task: str) -> Table:
    """A row a model and trained method: what it cost on a task, means over seeds.

    TFLOPs are counted until the best weights; seconds until the end of the run, which shared its
    GPU with as many others as ``together`` says.
    """
    rungs, rows = list(rungs), []
    for model, parameters in models_of(rungs).items():
        for method in TRAINED:
            seeds = counted(rungs, model, task, method)
            if seeds:
                name = short_name(model, parameters)
                rows.append({"model": name, "method": method, **_costs(seeds)})
    formats = {"TFLOPs": ",.0f", "seconds": ",.0f", "peak GB": ".1f", "best step": ",.0f"}
    return table(
        rows,
        f"What training on {task} cost; the last column counts the numbers that it could move",
        formats,
    )


def _cells(rungs: list[Rung]) -> list[tuple[str, str, str]]:
    """Task, model and the model's short name."""
    models = models_of(rungs)
    return [(t, m, short_name(m, models[m])) for t in tasks_of(rungs) for m in models]


def _accuracy(seeds: list[Rung]) -> str | None:
    if not seeds:
        return None
    found = mean_accuracy([rung.correct for rung in seeds])
    if seeds[0].method in TRAINED and len(seeds) < FEWEST_SEEDS:
        return f"{found.difference:.3f}"
    return f"{found.difference:.3f} \u00b1 {(found.high - found.low) / 2:.3f}"


def _points(gap: Gap) -> str:
    if gap.ends is None:
        return f"{gap.points:+.1f}"
    low, high = gap.ends
    return f"{gap.points:+.1f} [{low:+.1f}, {high:+.1f}]"


def _costs(seeds: list[Rung]) -> dict[str, object]:
    count = len(seeds)
    return {
        "seeds": count,
        "best step": sum(rung.best_step for rung in seeds) / count,
        "TFLOPs": mean_flops(seeds) / TERA,
        "seconds": sum(rung.seconds for rung in seeds) / count,
        "together": max(rung.together for rung in seeds),
        "peak GB": max(rung.peak_memory for rung in seeds) / GIGA,
        "trained": seeds[0].trainable_parameters,
    }
