"""Made-up results of each lesson, as its verdict cells find them: as usual, turned, or equal."""

import dataclasses
import types

import torch

from course_utils.machine.device import GIB
from course_utils.measure import evaluation, verdicts
from course_utils.measure.evaluation import compare, wilson_interval
from course_utils.measure.means import Mean
from course_utils.measure.perplexity import Change
from course_utils.measure.seeds import compare_means
from course_utils.recorded.end_to_end import LOADED, TRAINED, UNTRAINED

USUAL, TURNED, EQUAL = "usual", "turned", "equal"
RIGHT, FAIR, WRONG = (("1" * hits + "0" * (400 - hits)) for hits in (360, 300, 220))
CHANGES = {
    USUAL: Change(1.2, 1.1, 1.3),
    TURNED: Change(0.8, 0.7, 0.9),
    EQUAL: Change(1.0, 0.9, 2.1),
}

GRID = ("rank 1", "rank 8", "full fine-tuning")  # series of the lesson on LoRA


class Items(list):
    """As many items as are asked for, with texts."""

    def select(self, rows):
        return Items(rows)

    def __getitem__(self, key):
        return ["a text"] * len(self) if key == "text" else super().__getitem__(key)


@dataclasses.dataclass
class Result:
    """What an ``Evaluation`` and a result of the lab book have in common, and more."""

    correct: str
    method: str = "LoRA"
    items: str = "the same"
    source: str = "recorded"
    quick: bool = False
    seconds: float = 1.0
    steps: int = 245
    details: dict = dataclasses.field(default_factory=lambda: {"prefix": "", "prompts_tried": 1})

    @property
    def accuracy(self):
        return self.correct.count("1") / len(self.correct)

    @property
    def interval(self):
        return wilson_interval(self.correct.count("1"), len(self.correct))

    @property
    def right(self):
        return torch.tensor([answer == "1" for answer in self.correct])

    scores = torch.zeros(8, 2)

    def __str__(self):
        return f"{self.accuracy:.3f}"


def made_up(lesson, outcome):
    """Names that a lesson's verdict cells find: {name: value}.

    Args:
        lesson: ``01`` to ``06``.
        outcome: ``usual`` (the lesson's method is ahead), ``turned`` (behind) or ``equal``.
    """
    usual = outcome == USUAL
    ours, theirs = {
        USUAL: (RIGHT, WRONG), TURNED: (WRONG, RIGHT), EQUAL: (FAIR, FAIR),
    }[outcome]  # fmt: skip
    best_prompt, full = Result(theirs, "best hand-written prompt"), Result(theirs)
    return _common(usual, ours, best_prompt) | {
        "01": _lesson_1, "02": _lesson_2, "03": _lesson_3, "04": _lesson_4, "05": _lesson_5,
        "06": _lesson_6,
    }[lesson](outcome, Result(ours), best_prompt, full)  # fmt: skip


def _common(usual, ours, best_prompt):
    run = types.SimpleNamespace(
        losses=[1.0] * 40, validations=[(0, 6.0)], best=(40, 1.0 if usual else 5.5)
    )
    return {
        "torch": torch,
        "verdicts": verdicts,
        "evaluation": evaluation,
        "compare_means": compare_means,
        "GIB": GIB,
        "STEPS": 40,
        "history": run,
        "point": run if usual else types.SimpleNamespace(best=(2, 6.5), validations=[(0, 6.0)]),
        "test_items": Items(range(400 if usual else 300)),
        "memory": types.SimpleNamespace(peak=3.0 if usual else 1.0),
        "predicted": 2.0,
        "tokenizer": None,
        "prompt": None,
        "model": None,
        "model_name": lambda: "a model",
        "task": types.SimpleNamespace(majority=0.5, test=Items(range(400))),
        "shorten": lambda full, short: full,
        "scoring": types.SimpleNamespace(
            evaluate=lambda *_: Result(ours), label_scores=lambda *_: torch.zeros(8, 2)
        ),
        "labbook": types.SimpleNamespace(
            find=lambda *_: best_prompt,
            look_up=lambda *_, lesson: Result(best_prompt.correct),
            current=lambda *_: [Result(best_prompt.correct), best_prompt],
        ),
        "plt": types.SimpleNamespace(show=lambda: None),
        "accuracy_figure": lambda rows, baseline, title, recorded=False: print(title),
        "show": lambda figure: None,
        "display": lambda table: None,
        "differences": lambda found, caption: None,
    }


def _lesson_1(outcome, ours, best_prompt, full):
    usual = outcome == USUAL
    better, worse = (FAIR, FAIR) if outcome == EQUAL else (RIGHT, WRONG)
    results = {"knows": Result(better), "best": Result(worse)}
    wide = {"knows": Result(RIGHT if usual else WRONG), "best": Result(RIGHT if usual else WRONG)}
    return {
        "results": results,
        "knows": "knows",
        "best": "best",
        "auc": lambda result: 0.95 if usual and result is results["knows"] else 0.9,
        "with_texts": wide,
        "without_content": dict.fromkeys(results, Result(FAIR)),
        "rows": [{"prompt": "ask", "points": -5.0 if usual else 5.0, "p": 0.01}],
        "said": lambda last, positives=2: (last + positives) / 10 if usual else 0.5 - last / 10,
        "best_test": ours,
        **dict.fromkeys(("plain_test", "plain_divided", "bag_few", "bag_all"), best_prompt),
        "than": dict.fromkeys(
            ("plain prompt", "TF-IDF, 640 labels"), verdicts.paired(ours, best_prompt)
        ),
        "baseline": 0.5,
    }


def _lesson_2(outcome, ours, best_prompt, full):
    usual = outcome == USUAL
    part = types.SimpleNamespace(
        name="last block", trainable_parameters=2, accuracies=types.SimpleNamespace(mean=0.9)
    )
    report = types.SimpleNamespace(
        variants=lambda: [part], of=lambda _: [ours],
        difference=lambda *_: compare(ours.correct, full.correct),
    )  # fmt: skip
    return {
        "losses": [(1, 5.0)] * 40,
        "task_losses": [(1, 0.1 if usual else 0.9)] * 40,
        "both": [5.5, 0.47],
        "norms": [(1, 9.0)] * 40,
        "clipped": 40 if usual else 4,
        "after": {"movies": ours},
        "before": {"movies": full},
        "tuned": ours,
        "lead": verdicts.paired(ours, best_prompt),
        "gain": verdicts.paired(ours, full),
        "report": report,
        "change": CHANGES[outcome],
    }


def _lesson_3(outcome, ours, best_prompt, full):
    usual = outcome == USUAL
    moved = types.SimpleNamespace(lora_B=torch.ones(1) if usual else torch.zeros(1))
    untaught = {USUAL: 50, TURNED: 240, EQUAL: 150}[outcome]  # right, of 250
    inside = types.SimpleNamespace(against_whole=lambda *_: compare(ours.correct, full.correct))
    return {
        "model": types.SimpleNamespace(parameters=lambda: []),
        "share": 1.0 if usual else 0.1,
        "whole": 9.0,
        "fastest": {"LoRA": 1.0 if usual else 9.0, "full fine-tuning": 1.0},
        "full": full,
        "total": 100,
        "trainable": 2,
        "tuned": ours,
        "over_prompt": verdicts.paired(ours, best_prompt),
        "over_full": verdicts.paired(ours, full),
        "n": 250,
        "random_result": Result({USUAL: "0" * 250, TURNED: "1" * 250, EQUAL: FAIR[:250]}[outcome]),
        "some_before": Result("1" * 150 + "0" * 100),
        "shuffled": [Result("1" * untaught + "0" * (250 - untaught))] * 3,
        "inside": inside,
        "strong": "LoRA",
        "gone": {"intruders": 0.5, "others": 0.1, "update": 0.2},
        "after": {"tweets": None},
        "texts": ["a text"] * 100,
        "change": CHANGES[outcome],
        "lora": types.SimpleNamespace(lora_layers=lambda _: {"a layer": moved}),
        "same": 0.99 if usual else 0.5,
        "apart": 0.0,
        "swap": 1.0,
        "reload": 99.0 if usual else 2.0,
        "ranks": compare(ours.correct, full.correct),
        "best": {name: [types.SimpleNamespace(trainable_parameters=2)] for name in GRID},
        "rates": dict.fromkeys(GRID, 1e-3),
        "tried": dict.fromkeys(GRID, [1e-4, 1e-3, 1e-2]),
        "lora_grid": types.SimpleNamespace(best_table=lambda *_: None),
        "grid": None,
        "my_points": {"2e-3": 1.0 if usual else 6.0, "5e-5": 5.0},
        "ours": {"LoRA, rank 8": [ours]},
        "reference": [full],
        "runs": {("LoRA", 8, "pissa"): [ours], ("LoRA", 8, ""): [full]},
    }


def _lesson_4(outcome, ours, best_prompt, full):
    usual = outcome == USUAL
    kinds = {USUAL: (WRONG, RIGHT), TURNED: (RIGHT, WRONG), EQUAL: (FAIR, FAIR)}
    over_words = compare_means([ours.correct], [best_prompt.correct])
    journey = types.SimpleNamespace(
        start="labels", shuffled=False, kept=20 if usual else 19, tokens=20,
        accuracies=(0.5, 0.9 if usual else 0.5),
    )  # fmt: skip
    return {
        "explorer": None,
        "summary": lambda explorer: [journey],
        "first": types.SimpleNamespace(device="a GPU", date="today", correct=ours.correct),
        "pair_leads": {"TF-IDF": over_words},
        "over_words": over_words,
        "start_losses": {"labels": 6.0 if usual else 5.0},
        "no_prompt": 5.0,
        "losses": [1.0] * 40,
        "validations": [(0, 6.0), (40, 1.0 if usual else 5.5)],
        "best": 1,
        "tuned": ours,
        "lead": verdicts.paired(ours, best_prompt),
        "turned": 0.5 if usual else 1.0,
        "snap_losses": {"your prompt": compare(*kinds[outcome])},
        "change": CHANGES[outcome],
    }


def _lesson_5(outcome, ours, best_prompt, full):
    usual = outcome == USUAL
    wide = {USUAL: (WRONG, RIGHT), TURNED: (RIGHT, WRONG), EQUAL: (FAIR, FAIR)}[outcome]
    rounded = [
        types.SimpleNamespace(rmse=rmse, perplexity=CHANGES[outcome], accuracy=accuracy)
        for rmse, accuracy in ((0.1, None), (0.2, None), (0.3, None), (0.4, compare(*wide)))
    ]
    ways = ("original", "dequantised")
    trials = [
        types.SimpleNamespace(arm=arm, perplexity=perplexity, seed=0, learning_rate=5e-4)
        for arm, perplexity in (("LoRA", 130.0), ("QLoRA", 170.0))
    ]
    study = types.SimpleNamespace(
        of=lambda _: trials, merged=lambda *_: trials, tried=lambda *_: trials, trials=trials,
        start=lambda _: types.SimpleNamespace(perplexity=120.0),
    )  # fmt: skip
    start = types.SimpleNamespace(rmse=0.1, perplexity=150.0)
    found = compare(ours.correct, full.correct)
    sides = {"LoRA": full.correct, "QLoRA": ours.correct}
    rated = [types.SimpleNamespace(arm=a, perplexity=80.0, learning_rate=3e-4) for a in sides]
    apart = 0.0 if usual else 0.1
    return {
        "LOADED": LOADED, "TRAINED": TRAINED, "UNTRAINED": UNTRAINED,
        "larger": types.SimpleNamespace(kept=rated, trials=rated),
        "at": {
            (arm, state): types.SimpleNamespace(correct=c, apart=apart, perplexity=80.0, reply="")
            for arm, c in sides.items() for state in (LOADED, TRAINED, UNTRAINED)
        },
        "rounded": rounded,
        "probe": Items(range(200)),
        "texts": ["a text"] * 30,
        "tuned": Result(RIGHT if usual else WRONG),
        "over_lora": verdicts.paired(ours, full),
        "answer": lambda *_: "",
        "guess_points": None,
        "change": CHANGES[outcome],
        "study": study,
        "gap": found,
        "by_name": dict.fromkeys(("LoRA", "QLoRA", "QLoRA, libraries"), trials),
        "nf4_start": start,
        "loftq_start": start,
        "high": 2e-3,
        "difference": lambda *_: found,
        "perplexity_ratio": lambda *_: Mean(1.0, 0.9, 1.1, 5),
        "perplexity_of": lambda _: Mean(130.0, 120.0, 140.0, 5),
        "ways": ways,
        "against": dict.fromkeys(ways, found),
    }  # fmt: skip


def _lesson_6(outcome, ours, best_prompt, full):
    return {
        "best": 2 if outcome == USUAL else 0,
        "shrunk": compare(ours.correct, best_prompt.correct),
        "further": ours,
        "full": dataclasses.replace(full, method="full fine-tuning"),
    }
