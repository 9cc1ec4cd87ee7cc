"""The lessons' verdict cells, executed on made-up results: each sentence turns with its numbers."""

import re

import pytest

from course_utils.authoring.build import find_sources
from course_utils.authoring.lesson import read_lesson
from course_utils.measure.verdicts import NOT_TESTED
from course_utils.settings import PACKAGE
from course_utils.show import figures
from tests.authoring.made_up_results import EQUAL, TURNED, USUAL, made_up

DECIDED = re.compile(r"verdicts\.(measured|order|versus|title|trend)\(")
CELLS = [
    (source.name[:2], cell.source)
    for source in find_sources(PACKAGE.parent, [])
    for cell in read_lesson(source).cells
    if cell.cell_type == "code" and DECIDED.search(cell.source)
]
# Where a cell's verdicts are printed: what it says as usual, and what if the numbers are turned.
HOLDS, NOT = ": holds", ": does not hold"
SAID = {
    ("01", "by_accuracy"): ("the best of the nine is ahead of the worst one",),
    ("01", "no other design"): (f"no other design beats plain continuation{HOLDS}",),
    ("01", "knows most"): (f"the most accurate prompt is not the one that knows most{HOLDS}",),
    ("01", "with_texts"): (f"on most prompts, real texts do better than empty ones{HOLDS}",),
    ("01", "recency"): (
        f"the answers follow the last label (recency){HOLDS}",
        f"they follow the commoner label, whichever is last{HOLDS}",
    ),
    ("01", "accuracy_figure"): ("The best prompt is ahead of a bag of words with all labels",),
    ("01", "test items at least"): (
        f"test items at least 400{HOLDS} (400)",
        "the best prompt is ahead of the plain one",
        "the best prompt is ahead of TF-IDF with 640 labels",
    ),
    ("02", "clipped"): (
        f"most gradients are clipped{HOLDS}",
        f"the loss over the label words fell too{HOLDS}",
    ),
    ("02", "differences"): ("Full fine-tuning is ahead of the best prompt",),
    ("02", "test items at least"): (
        f"test items at least 400{HOLDS} (400)",
        "full fine-tuning is ahead of the best prompt",
        "full fine-tuning is ahead of the same prompt, untrained",
    ),
    ("02", "report.difference"): ("everything is ahead of the head on frozen features: +35.0",),
    ("02", "verdicts.trend"): ("perplexity on editorials rose: the interval excludes 1",),
    ("03", "halved"): (f"validation loss fell by half{HOLDS}", f"every B has moved{HOLDS}"),
    ("03", "LoRA keeps 70 %"): (
        f"LoRA keeps 70 % to 130 % of the activations{HOLDS}",
        f"at least the predicted bytes were held{HOLDS}",
        f"in time, neither is twice the other{HOLDS}",
    ),
    ("03", "accuracy_figure"): ("LoRA is ahead of the best prompt",),
    ("03", "test items at least"): (
        f"test items at least 400{HOLDS} (400)",
        "LoRA is ahead of the best prompt",
        "LoRA is ahead of full fine-tuning",
    ),
    ("03", "the random adapter"): (
        "the random adapter is behind the trained one",
        "training on shuffled labels is behind no training",
    ),
    ("03", "verdicts.trend"): (
        "perplexity on editorials rose: the interval excludes 1",
        f"it did not double{HOLDS}",
    ),
    ("03", "merged and unmerged"): (f"merged and unmerged agree on 95 % of the items{HOLDS}",),
    ("03", "swapping"): (f"swapping is over ten times as fast{HOLDS}",),
    ("03", "gets further"): (f"LoRA's own rate gets further{HOLDS}",),
    ("03", "without its intruders"): (
        "LoRA without its intruders is ahead of LoRA: +35.0 points",
        "LoRA without as many others is ahead of LoRA: +35.0 points",
    ),
    ("03", "each at its best rate"): (
        "rank 8 is ahead of rank 1, each at its best rate: +35.0 points",
    ),
    ("03", "LoRA of rank 8"): ("LoRA of rank 8 is ahead of full fine-tuning: +35.0 points",),
    ("03", "PiSSA's start"): ("PiSSA's start is ahead of LoRA's, rank 8: +35.0 points",),
    ("04", "pair_leads"): ("the soft prompt is ahead of TF-IDF: +35.0 points",),
    ("04", "behind_none"): (f"label words start worse than no prompt{HOLDS}",),
    ("04", "fell to a third"): (f"validation loss fell to a third{HOLDS}",),
    ("04", "test items at least"): (
        f"test items at least 400{HOLDS} (400)",
        "prompt tuning is ahead of the best hand-written prompt",
    ),
    ("04", "over_words"): ("prompt tuning, recorded, is ahead of the best prompt: +35.0 points",),
    ("04", "have turned"): (f"the tokens have turned, to a mean cosine below 0.9{HOLDS}",),
    ("04", "snap_losses"): ("your prompt, snapped, is behind the prompt as it was",),
    ("04", "verdicts.trend"): (
        "perplexity with the prompt in place rose: the interval excludes 1",
    ),
    ("04", "the loss fell"): (f"the loss fell{HOLDS}",),
    ("05", "in_order"): (
        f"every rounding raises perplexity{HOLDS}",
        "int4 in blocks of 512 is behind the model before",
    ),
    ("05", "accuracy_figure"): ("QLoRA is ahead of LoRA",),
    ("05", "halved"): (
        f"validation loss fell by half{HOLDS}",
        f"the interval lies 20 points above the majority baseline{HOLDS}",
        f"test items at least 400{HOLDS} (400)",
        "QLoRA is ahead of LoRA",
    ),
    ("05", "in 16 bits"): (f"it is above that of the model in 16 bits{HOLDS}",),
    ("05", "every seed and rate"): (
        "QLoRA is ahead of LoRA: +35.0 points",
        "QLoRA through the libraries is ahead of LoRA: +35.0 points",
    ),
    ("05", "LoftQ starts nearer"): (
        "LoftQ is ahead of QLoRA: +35.0 points",
        "QLoRA of rank 64 is ahead of QLoRA of rank 8: +35.0 points",
    ),
    ("05", "attention alone"): (
        "attention alone, rank 8 is ahead of all layers, rank 8: +35.0 points",
        "attention alone, rank 21 is ahead of all layers, rank 8: +35.0 points",
    ),
    ("05", "merged into the original"): (
        "merged: original is ahead of unmerged: +35.0 points",
        "merged: dequantised is ahead of unmerged: +35.0 points",
    ),
    ("05", "saved and loaded"): (
        "QLoRA is ahead of LoRA: +35.0 points",
        f"saved and loaded, every probability is the same{HOLDS}",
    ),
    ("06", "trained further"): (
        f"validation loss fell{HOLDS}",
        "the prompt trained further is ahead of its start",
        "the prompt trained further is ahead of full fine-tuning",
    ),
}
RECORDED = {  # decided in a quick run too
    ("02", "report.difference"),
    ("03", "without its intruders"),
    ("03", "each at its best rate"),
    ("03", "LoRA of rank 8"),
    ("03", "PiSSA's start"),
    ("04", "pair_leads"),
    ("04", "over_words"),
    ("05", "every seed and rate"),
    ("05", "LoftQ starts nearer"),
    ("05", "attention alone"),
    ("05", "merged into the original"),
    ("05", "saved and loaded"),
}
NEVER_TURNED = {"the best of the nine is ahead of the worst one", f"it did not double{HOLDS}"}


def cell_of(lesson, phrase):
    (code,) = [code for number, code in CELLS if number == lesson and phrase in code]
    return code


def printed(lesson, code, outcome, capsys):
    exec(code, made_up(lesson, outcome))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 90, lines
    return lines


def said(sentence, lines):
    return any(line.startswith(sentence) for line in lines)


def claims(sentence):
    """What a sentence is about, and every way to claim it."""
    subject = re.split(r" is (?:ahead|behind)|: (?:holds|does not)| rose", sentence)[0]
    return subject, [
        f"{subject}{end}" for end in (HOLDS, " is ahead", " is behind", " rose", " fell")
    ]


def turned(sentence):
    for one, other in ((" is ahead of ", " is behind "), (" rose:", " fell:"), (HOLDS, NOT)):
        if one in sentence:
            return sentence.replace(one, other).split(" (")[0].split(": +")[0]
    return sentence.replace(" is behind ", " is ahead of ")


@pytest.fixture(autouse=True)
def full(monkeypatch):
    monkeypatch.delenv("COURSE_QUICK", raising=False)
    monkeypatch.setattr(figures, "accuracy_figure", lambda rows, baseline, title: print(title))


def test_every_verdict_cell_of_the_lessons_is_tried():
    assert sorted(CELLS) == sorted((lesson, cell_of(lesson, phrase)) for lesson, phrase in SAID)


@pytest.mark.parametrize(("lesson", "phrase"), SAID)
def test_as_usual_the_cell_says_what_the_lesson_explains(lesson, phrase, capsys):
    lines = printed(lesson, cell_of(lesson, phrase), USUAL, capsys)
    for sentence in SAID[lesson, phrase]:
        assert said(sentence, lines), (sentence, lines)


@pytest.mark.parametrize(("lesson", "phrase"), SAID)
def test_with_the_results_turned_the_cell_says_the_opposite(lesson, phrase, capsys):
    lines = printed(lesson, cell_of(lesson, phrase), TURNED, capsys)
    for sentence in SAID[lesson, phrase]:
        if sentence not in NEVER_TURNED:
            assert not said(sentence, lines), lines
            assert said(turned(sentence), lines), (turned(sentence), lines)


@pytest.mark.parametrize(("lesson", "phrase"), SAID)
def test_equal_results_are_not_ranked(lesson, phrase, capsys):
    lines = printed(lesson, cell_of(lesson, phrase), EQUAL, capsys)
    for sentence in SAID[lesson, phrase]:
        if " is ahead of " in sentence or " is behind " in sentence:
            assert said(f"{claims(sentence)[0]} cannot be told from", lines), lines
        elif " rose" in sentence:
            assert said(f"{claims(sentence)[0]}: no change can be shown", lines), lines
        else:
            assert not said(sentence, lines), lines


@pytest.mark.parametrize("outcome", [USUAL, TURNED, EQUAL])
@pytest.mark.parametrize(("lesson", "phrase"), SAID)
def test_a_quick_run_claims_nothing(lesson, phrase, outcome, capsys, monkeypatch):
    monkeypatch.setenv("COURSE_QUICK", "1")
    lines = printed(lesson, cell_of(lesson, phrase), outcome, capsys)
    for sentence in SAID[lesson, phrase] if (lesson, phrase) not in RECORDED else ():
        subject, claimed = claims(sentence)
        assert not any(said(claim, lines) for claim in claimed), lines
        untested = [line for line in lines if NOT_TESTED in line or line.endswith("(quick run)")]
        assert said(f"{subject}: ", untested) or said(f"{subject} against ", untested), lines
