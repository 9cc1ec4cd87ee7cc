"""A made-up report of ``experiments qlora``: the task comes back, the language model does not."""

import dataclasses

from course_utils.experiments.qlora_plan import ARMS, RATES, STARTS
from course_utils.experiments.qlora_runs import ways_of
from course_utils.recorded.qlora import Merge, Recorded, Start, Training, Trial

N = 1000
PERPLEXITY = {"bfloat16": 130.0, "NF4": 175.0, "bitsandbytes": 174.0}
WAYS = {"original": 128.0, "dequantised": 175.0}


def answers(right):
    return "1" * right + "0" * (N - right)


def made_up(trained=905):
    """Every arm at the rate of 5e-4, five seeds; ``trained`` of 1,000 reviews are right."""
    trials, trainings, merges = [], [], []
    for arm in ARMS:
        level = PERPLEXITY[arm.base] - (20 if arm.start == "LoftQ" else 0)
        trials += [
            Trial(arm.name, rate, seed, 200, abs(rate - 5e-4) + 0.2, level + 1e4 * rate + seed)
            for rate in RATES for seed in (0, 1)
        ]  # fmt: skip
        for seed in range(5):
            trainings.append(
                Training(arm.name, 5e-4, seed, 205, 0.2, level + seed, answers(trained + seed),
                         305_280 * arm.rank, 60.0, 3 * 2**30)
            )  # fmt: skip
            for way in ways_of(arm):
                right = trained + seed - (5 if "rounded" in way else 0)
                base = WAYS[way.split(",")[0]] + (10 if "rounded" in way else 0)
                merges.append(Merge(arm.name, seed, way, answers(right), base + seed))
    starts = [
        Start(job.name, 0.0 if job.rank is None else 0.09 - job.rank / 4000, answers(780 - at),
              110.0 if job.rank is None else 150.0 - job.rank / 4)
        for at, job in enumerate(STARTS)
    ]  # fmt: skip
    settings = {"arms": [dataclasses.asdict(arm) for arm in ARMS], "steps": 245, "batch_size": 32}
    return Recorded(settings, "a GPU", {"torch": "2"}, "2026-11-26", 48, starts, trials, trainings,
                    merges)  # fmt: skip
