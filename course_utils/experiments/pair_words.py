"""How far do words alone get on a task that takes a comparison? Prompts for ``pair`` (lesson 4).

Two controls are measured beside them: each review asked on its own, and a linear model of words.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from sklearn.metrics import roc_auc_score
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data import tasks
from course_utils.data.columns import texts_and_labels
from course_utils.data.prompts import Prompt, calibrate
from course_utils.data.tasks import SENTIMENT_WORDS, Task
from course_utils.experiments.pair_prompts import ASKS, PLAIN, balanced_pairs
from course_utils.experiments.trainings import REVIEW
from course_utils.machine.environment import environment
from course_utils.measure.evaluation import Evaluation, fingerprint
from course_utils.measure.pairs import evaluate_one_by_one, evaluate_pair_bag_of_words
from course_utils.measure.scoring import label_scores
from course_utils.model.load import load_model
from course_utils.recorded.pair_words import Answers, Asked, chosen
from course_utils.recorded.reports import write_report
from course_utils.recorded.rows import to_row

SHOTS = (0, 2, 4, 8)
DRAWS = 2  # of demonstrations; without any there is nothing to draw


def study_pair_words(folder: Path) -> dict[str, Any]:
    """Choose the best prompt on the validation pairs, read it on the test; ``pair_words.json``.

    The weights are in float32, so that close scores are not rounded to equal ones.
    """
    model, tokenizer = load_model(dtype=torch.float32)
    task = tasks.load("pair")
    start = {"settings": _settings(task), **environment(model.device)}
    asked = []
    for row in ask_all(model, tokenizer, task):
        asked.append(row)
        print(
            f"{row.template}, {row.shots} shots, draw {row.draw}: {row.plain:.3f}, "
            f"calibrated {row.calibrated:.3f}, AUC {row.auc:.3f}",
            flush=True,
        )
    answers = answer_test(model, tokenizer, task, *chosen(asked))
    for name, found in answers.items():
        print(f"{name} ({found.name}): {found}, A to {found.said_a:.0%} of the pairs", flush=True)
    rows = {name: to_row(row) for name, row in answers.items()}
    report = start | {"asked": [to_row(row) for row in asked], "answers": rows}
    write_report(folder, "pair_words", report)
    return report


def _settings(task: Task) -> dict[str, Any]:
    sizes = {split: len(getattr(task, split)) for split in tasks.SPLITS}
    given = {"task": task.name, **sizes, "shots": list(SHOTS), "draws": DRAWS}
    templates = {name: f"{ask.body}\n{ask.cue}" for name, ask in ASKS.items()}
    return given | {"dtype": "float32", "templates": templates}


def ask_all(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, task: Task
) -> Iterator[Asked]:
    """Each template with each number of shots and each draw, on the validation pairs."""
    labels = task.validation["label"][:]
    for name in ASKS:
        for shots in SHOTS:
            for draw in range(DRAWS if shots else 1):
                scores = _scores(model, tokenizer, task, (name, shots, draw), "validation")
                yield Asked(
                    name,
                    shots,
                    draw,
                    plain=_right(scores, labels),
                    calibrated=_right(calibrate(scores, scores), labels),
                    auc=float(roc_auc_score(labels, _log_odds(scores))),
                )


def answer_test(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    task: Task,
    best: Asked,
    calibrated: bool,
) -> dict[str, Answers]:
    """The chosen prompt, the plain one and the two controls on the test pairs."""
    of_best = (best.template, best.shots, best.draw)
    scores = _scores(model, tokenizer, task, of_best, "test")
    if calibrated:
        unlabelled = _scores(model, tokenizer, task, of_best, "validation")
        scores = calibrate(scores, unlabelled)
    title = f"{best.template}, {best.shots} shots" + ", calibrated" * calibrated
    plain = _scores(model, tokenizer, task, (PLAIN, 0, 0), "test")
    alone = Prompt(REVIEW, SENTIMENT_WORDS)
    return {
        "plain": _answers(PLAIN, _evaluation(task, plain)),
        "best": _answers(title, _evaluation(task, scores)),
        "one_by_one": _answers(
            "review by review", evaluate_one_by_one(model, tokenizer, alone, task.test)
        ),
        "bag_of_words": _answers("TF-IDF of B less A", evaluate_pair_bag_of_words(task)),
    }


def _scores(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    task: Task,
    which: tuple[str, int, int],
    split: str,
) -> torch.Tensor:
    """(pairs, 2) float32: the label scores of a template with so many shots of this draw."""
    name, shots, draw = which
    prompt = ASKS[name].prompt(tokenizer, balanced_pairs(task, shots, draw))
    texts, _ = texts_and_labels(getattr(task, split))
    return label_scores(model, tokenizer, prompt, [ASKS[name].written(text) for text in texts])


def _right(scores: torch.Tensor, labels: list[int]) -> float:
    """Accuracy, to four decimals."""
    return round((scores.argmax(1) == torch.tensor(labels)).float().mean().item(), 4)


def _log_odds(scores: torch.Tensor) -> list[float]:
    return (scores[:, 1].log() - scores[:, 0].log()).tolist()


def _evaluation(task: Task, scores: torch.Tensor) -> Evaluation:
    texts, labels = texts_and_labels(task.test)
    return Evaluation(scores, torch.tensor(labels), fingerprint(texts))


def _answers(name: str, found: Evaluation) -> Answers:
    said_a = (found.predictions == 0).float().mean().item()
    return Answers(name, round(said_a, 4), found.correct)
