"""A training step of the course against the same step through the HF Trainer.

``python -m course_utils benchmark`` measures full fine-tuning and LoRA, each on both sides in turn
and each in a process of its own, so that its peak memory is its own: the same batches of 16 reviews
in the same order, in bfloat16 mixed precision (``experiments.benchmark_sides``). The losses are
compared relatively: before any step, where both have the same weights (a LoRA adapter starts as
nothing), and for full fine-tuning over the first steps. How well a step uses the machine is its
share of the rate of a large product in bfloat16, measured in the same process.
"""

import statistics
from typing import Any

import torch

from course_utils.experiments.benchmark_sides import BATCH, measure
from course_utils.experiments.fresh_process import call_fresh
from course_utils.machine.device import describe_device
from course_utils.machine.environment import versions
from course_utils.machine.storage import explained
from course_utils.recorded.reports import write_report
from course_utils.settings import results_folder

WARM, ROUNDS = 4, 2
SIDES = ("course", "trainer")
METHODS = {"full": "full fine-tuning", "lora": "LoRA on all linear layers"}
PACKAGES = ("torch", "transformers", "accelerate", "peft")


def run_benchmark() -> None:
    """Run all, in turn, print a table and write ``benchmark.json`` into the results folder.

    Raises:
        CourseError: one of the processes failed.
    """
    runs: dict[str, dict[str, list[dict[str, Any]]]]
    runs = {method: {side: [] for side in SIDES} for method in METHODS}
    for _ in range(ROUNDS):
        for method, sides in runs.items():
            for side, results in sides.items():
                results.append(_in_process(side, method))
    report: dict[str, Any] = {method: _compared(sides) for method, sides in runs.items()}
    report["device"] = describe_device(torch.device("cpu"))
    report["versions"] = versions(PACKAGES)
    folder = results_folder()
    with explained("The benchmark", folder):
        write_report(folder, "benchmark", report)
    print(f"one step on {BATCH} reviews, bfloat16, {report['device']}")
    for method, what in METHODS.items():
        _say(what, report[method])
    print(
        "share: of the rate of a large bfloat16 product; a step's operations are counted for its "
        "real tokens, without attention, output head and optimiser"
    )


def _in_process(side: str, method: str) -> dict[str, Any]:
    return call_fresh(measure, side, method, environment={"COURSE_DEVICE": "cpu"})


def _compared(sides: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """A summary of each side, how much faster the course is, and how far the losses are apart."""
    compared: dict[str, Any] = {side: _summary(results) for side, results in sides.items()}
    ours, theirs = compared["course"], compared["trainer"]
    compared["speed_up"] = theirs["median_seconds"] / ours["median_seconds"]
    for key in ("first_loss", "first_losses_mean"):
        compared[f"{key}_difference"] = abs(ours[key] / theirs[key] - 1)
    return compared


def _summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    seconds = [s for result in results for s in result["seconds"][WARM:]]
    return {
        "median_seconds": statistics.median(seconds),
        "steps": len(seconds),
        "peak_bytes": max(result["peak"] for result in results),
        "first_loss": results[0]["losses"][0],
        "first_losses_mean": statistics.mean(results[0]["losses"][:WARM]),
        "share_of_matmul_rate": statistics.median(
            flops / s / result["matmul_rate"]
            for result in results
            for flops, s in zip(result["flops"][WARM:], result["seconds"][WARM:])
        ),
        "matmul_rates": [result["matmul_rate"] for result in results],
        "seconds": [result["seconds"] for result in results],
        "losses": results[0]["losses"],
    }


def _say(what: str, compared: dict[str, Any]) -> None:
    print(f"{what}:")
    for side in SIDES:
        row = compared[side]
        print(
            f"  {side:8} {row['median_seconds']:.2f} s/step (median of {row['steps']}), "
            f"peak {row['peak_bytes'] / 1e9:.2f} GB, first loss {row['first_loss']:.3f}, "
            f"mean of the first {WARM} {row['first_losses_mean']:.3f}, "
            f"share {row['share_of_matmul_rate']:.0%} of "
            f"{statistics.median(row['matmul_rates']) / 1e12:.2f} TFLOP/s"
        )
    print(
        f"  speed-up {compared['speed_up']:.2f}; first losses "
        f"{compared['first_loss_difference']:.1%} apart, means "
        f"{compared['first_losses_mean_difference']:.1%}"
    )
