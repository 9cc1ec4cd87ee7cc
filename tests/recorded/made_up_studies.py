"""A ladder and a study of labels that nobody ran: accuracies that are known to the item."""

import numpy

from course_utils.methods.names import Method
from course_utils.recorded.ladder import FEW_SHOT, TRAINED, ZERO_SHOT
from tests.recorded.made_up_ladder import rung

FULL, LORA, SOFT = Method.FULL.value, Method.LORA.value, Method.PROMPT_TUNING.value
MODELS = {
    "SmolLM2-135M-Instruct": 134_515_008,
    "gemma-3-270m": 268_098_176,
    "Qwen2.5-Coder-0.5B-Instruct": 494_032_768,
    "Qwen2.5-Coder-1.5B-Instruct": 1_543_714_304,
}
ITEMS = 1000
BEST = 0.9  # of full fine-tuning, at its end
MOMENTS = (50, 100, 200, 400, 800)
SLOPES = {"pair": -6.0, "movies": 0.0}  # of prompt tuning's gap, in points for ten times the size
WIGGLE = (0.2, -0.2, -0.2, 0.2)  # points from the line, model by model
LAG = 20.0  # points that a training is behind its end after 50 steps
BEHIND = {ZERO_SHOT: 40.0, FEW_SHOT: 30.0, LORA: 1.0}  # points, on every task
COSTS = {FULL: 6, LORA: 4, SOFT: 4}  # operations a parameter in a step


def answers(accuracy, seed=0):
    """So many of 1,000 items right, to the item: the easy ones, with some luck."""
    easy = numpy.random.default_rng(7).permutation(ITEMS)
    luck = numpy.random.default_rng(seed).normal(0, 30, ITEMS)
    right = numpy.argsort(easy + luck)[: round(accuracy * ITEMS)]
    row = numpy.zeros(ITEMS, int)
    row[right] = 1
    return "".join(map(str, row))


def soft_gap(task, number):
    """Points between prompt tuning's end and full fine-tuning's, of one of the models."""
    x = numpy.log10(list(MODELS.values()))
    return 4.0 + SLOPES[task] * (x[number] - x.mean()) + WIGGLE[number]


def training(model, task, method, seed, end, steps=1000, **more):
    """One whose accuracy nears its end: the lag halves when the steps double."""
    own = numpy.random.default_rng([seed, COSTS[method]]).integers(1 << 30)
    readings = [(s, answers(end - LAG / 100 * 50 / s, own)) for s in MOMENTS if s < steps]
    last = answers(end, own)
    about = {
        "readings": [*readings, (steps, last)], "correct": last, "steps": steps,
        "best_step": steps - 300, "step_flops": 1e6 * MODELS[model] * COSTS[method],
        "parameters": MODELS[model], "peak_memory": 10**9 * COSTS[method], "seconds": 60.0,
        "trainable_parameters": 11_520,
    }  # fmt: skip
    return rung(model=model, task=task, method=method, seed=seed, **(about | more))


def ladder(tasks=tuple(SLOPES), models=tuple(MODELS), seeds=(0, 1, 2)):
    """All cells of these, and a rate that was tried and not chosen."""
    rungs = []
    for number, model in enumerate(MODELS):
        for task in tasks if model in models else ():
            ends = {m: BEST - BEHIND.get(m, 0.0) / 100 for m in (FULL, LORA, ZERO_SHOT, FEW_SHOT)}
            ends[SOFT] = BEST - soft_gap(task, number) / 100
            for method in TRAINED:
                rungs += [training(model, task, method, s, ends[method]) for s in seeds]
                rungs.append(training(model, task, method, 0, 0.5, learning_rate=1.0, loss=9.0))
            rungs += [
                rung(model=model, task=task, method=m, correct=answers(ends[m], 5), labels=0,
                     parameters=MODELS[model], validations=[], readings=[], step_flops=0.0,
                     learning_rate=0.0, peak_memory=0, trainable_parameters=0)
                for m in (ZERO_SHOT, FEW_SHOT)
            ]  # fmt: skip
    return rungs


def without(rungs, **named):
    """The rungs but those with all of these attributes."""
    return [r for r in rungs if any(getattr(r, name) != v for name, v in named.items())]


CURVES = {  # accuracy by labels
    "best hand-written prompt": {8: 0.70, 80: 0.74, 800: 0.75},
    "TF-IDF": {8: 0.52, 80: 0.60, 800: 0.80},
    SOFT: {8: 0.60, 80: 0.70, 800: 0.88},
    LORA: {8: 0.66, 80: 0.78, 800: 0.90},
    FULL: {8: 0.72, 80: 0.80, 800: 0.90},
}


def label_study(draws=(0, 1, 2, 3, 4)):
    """Accuracies of ``CURVES``, a little higher or lower draw by draw, and a prompt of no label."""
    first = next(iter(CURVES))
    rungs = [rung(method=first, labels=0, correct=answers(0.65), validations=[], readings=[])]
    for method, curve in CURVES.items():
        for labels, accuracy in curve.items():
            own = [accuracy + (seed - 2) / 500 for seed in draws]
            rungs += [
                rung(method=method, labels=labels, seed=s, correct=answers(a, 10 + s),
                     validation_items=200 if method in TRAINED else 0)
                for s, a in zip(draws, own)
            ]  # fmt: skip
    return rungs
