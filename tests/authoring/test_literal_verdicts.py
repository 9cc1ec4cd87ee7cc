"""A verdict that is written down is found; one that is computed, and neutral text, are let be."""

import pytest

from course_utils import settings
from course_utils.authoring.build import find_sources
from course_utils.authoring.lesson import read_lesson
from course_utils.authoring.literal_verdicts import literal_verdicts

DECIDED_BY_QUICK = [
    'print("ahead:", a > b or quick())',
    "ahead = quick() or a > b",
    "ahead = a > b or settings.quick()",
    "assert change.low > 1 or quick()",
]
PRINTED_TRUTHS = [
    'print("LoRA is ahead:", a > b)',
    'print("in order:", a < b < c)',
    'print("not equal:", not equal)',
    'print("both:", a > b and c > d)',
    'print("all within 5 %:", all(e < 0.05 for e in errors))',
    'print("equal:", torch.equal(a, b))',
    'print("equal:", torch.allclose(a, b, atol=1e-4))',
    'few = a < b\nprint("few:", few)',
    'print(f"{name} is ahead: {a > b}")',
    'print(f"ahead, {name}:", a > b)',
    'print("n:", n, "enough:", n >= 400)',
    'print("ahead:", True)',
]
LITERAL_SENTENCES = ['print("LoRA is ahead of the prompt")', 'print("perplexity rose")']
CLAIMING_TITLES = [
    'accuracy_figure(rows, baseline, "Training beats wording")',
    'show.accuracy_figure(rows, baseline, f"Moving {share:.1%} still wins")',
    'title = f"Moving {share} as many numbers still beats the best prompt"',
    'titles = ("Singular values", "A small rank keeps most of the gain")',
    'message = "LoRA wants another rate"',
    'axes.set_title("The error grows with the block")',
    'axes.set(xlabel="rank", title="LoRA is better")',
    'figure.suptitle("Perplexity rises" if a else "Perplexity")',
    'word_map(paths, words, "Soft tokens leaves words")',
    'seed_figure(values, "tightness", "Tightness comes from the start")',
    'axes.set_title("LoRA " + "is worse")',
]
GOOD = [
    'print(verdicts.measured("LoRA is ahead", a > b))',
    'print(verdicts.exact("equal", torch.equal(a, b)))',
    'print("n:", len(items), "labels:", labels)',
    'print(f"{len(losses)} of {STEPS} steps")',
    'print("holds" if a > b else "does not hold")',
    "print(a > b)",
    "steps = full if a > b else short",
    "details = dict(quick=quick())",
    "marked = quick() and not recorded",
    'accuracy_figure(rows, baseline, "Accuracy on the test items")',
    'accuracy_figure(rows, baseline, verdicts.title("LoRA", "the prompt", lead))',
    'title = verdicts.message("LoRA is ahead", lead.low > 0, "LoRA and the prompt")',
    'axes.set_title("Loss at the answer")',
    'axes.set_title(f"{len(levels)} levels of {codebook}, block {block}")',
    'axes.legend(title="start from")',
    'raise CourseError("the model is worse", "load it again")',
    'print("rank 8 against full fine-tuning")',
    'labels = {"label": "what it costs"}',
]


@pytest.mark.parametrize(
    "code", DECIDED_BY_QUICK + PRINTED_TRUTHS + LITERAL_SENTENCES + CLAIMING_TITLES
)
def test_written_verdicts_are_found(code):
    assert list(literal_verdicts(code))


@pytest.mark.parametrize("code", GOOD)
def test_computed_verdicts_and_neutral_texts_are_let_be(code):
    assert list(literal_verdicts(code)) == []


def test_the_sentence_names_line_and_title():
    (problem,) = literal_verdicts('\naxes.set_title("A beats B")')
    assert problem.startswith("line 2: the title 'A beats B' claims ('beats')")


@pytest.mark.parametrize("path", sorted((settings.PACKAGE / "show").glob("*.py")), ids=str)
def test_no_figure_has_a_written_verdict(path):
    assert list(literal_verdicts(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source", find_sources(settings.PACKAGE.parent, []), ids=lambda source: source.stem
)
def test_no_lesson_has_a_written_verdict(source):
    for cell in read_lesson(source).cells:
        if cell.cell_type == "code":
            assert list(literal_verdicts(cell.source)) == [], cell.source
