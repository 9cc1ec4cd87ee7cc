"""What words alone reach, for the ladder: the best of several prompts, without and with examples.

Each candidate is tried on the validation items, as it is and with its preference divided out (batch
calibration, Zhou et al. 2024, with the validation texts' scores, which needs no labels); the best
answers the test items. Where the answer is a whole reply, the model writes it, in its chat form if
it has one; a reply has no scores to calibrate.
"""

import dataclasses
import itertools

import datasets
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.chat import chat_prompt
from course_utils.data.prompts import Prompt, calibrate, draw_shots
from course_utils.data.tasks import Task
from course_utils.experiments.trainings import REVIEW, TEMPLATES
from course_utils.measure.evaluation import Evaluation
from course_utils.measure.exact_match import evaluate_exact
from course_utils.measure.scoring import evaluate

ASKED = {  # by task; the first is the one that is trained
    "movies": (
        REVIEW,
        "{text}\nThe sentiment of this review is",
        "Is this film review positive or negative?\n{text}\nAnswer:",
        "Film review: {text}\nThe critic's opinion of the film is",
    ),
    "strength": (
        "Review: {text}\nThe film is",
        "{text}\nIn one word (terrible, bad, okay, good, great), the film is",
        "How good is the film: terrible, bad, okay, good or great?\nReview: {text}\nAnswer:",
        "Film review: {text}\nThe critic's opinion of the film is",
    ),
    "pair": (
        TEMPLATES["pair"],
        "{text}\nThe more positive of the two reviews is",
        "Which of two film reviews is more positive?\n{text}\nAnswer (A or B):",
        "{text}\nThe critic who liked the film more is",
    ),
    "same": (
        "{text}\nQuestion: are the sources of A and B the same or different?\nAnswer:",
        "{text}\nThe sources of the two sentences are",
        "Tweet, film review, product review or editorial? Are A and B of the same kind, or "
        "different?\n{text}\nAnswer:",
        "{text}\nThe kinds of text that A and B come from are",
    ),
    "source": (
        TEMPLATES["source"],
        "{text}\nThis sentence comes from a review or text of the kind",
        "Is this a film, tweet, product or editorial text?\n{text}\nAnswer:",
        "{text}\nKind (film, tweet, product, editorial):",
    ),
    "rating": (
        "Rate this film review from minus four (terrible) to four (great), in words, to the "
        "nearest half.\n{text}",
        "{text}\nHow good is this film? Answer with a number from minus four to four, in words, "
        "such as one point five or minus two.",
        "Read the film review and answer with its rating alone: minus four is the worst, zero is "
        "neutral, four is the best; halves are allowed. Write it in words.\nReview: {text}",
        "Film review: {text}\nRating in words, between minus four and four:",
    ),
    "form": (
        "Fill in the form 'kind, rating'. Kind: film, tweet, product or editorial. Rating: "
        "terrible, bad, okay, good or great.\n{text}",
        "{text}\nWhat kind of text is this (film, tweet, product, editorial), and how positive is "
        "it (terrible, bad, okay, good, great)? Answer like this: film, good.",
        "Answer with two words, a kind and a rating, such as tweet, bad. Kinds: film, tweet, "
        "product, editorial. Ratings: terrible, bad, okay, good, great.\nText: {text}",
        "Text: {text}\nForm (kind, rating):",
    ),
}
SHOTS, DRAWS, MAX_WORDS = (4, 8), (0, 1, 2), 80


@dataclasses.dataclass(frozen=True)
class Best:
    """The best of some candidates.

    Attributes:
        name: which it is.
        prompt: itself.
        accuracy: on the validation items.
        correct: one character a test item, ``1`` where right.
    """

    name: str
    prompt: Prompt
    accuracy: float
    correct: str


def prompts_of(
    task: Task, tokenizer: PreTrainedTokenizerBase, end: str | None = None
) -> list[Prompt]:
    """The templates of a task, the trained one first.

    A base model has no chat form: whole replies then follow plain text.

    Args:
        end: of a base model's whole replies; if not given, as a text ends, which training can
            teach. A model that is only asked goes on with the text, but it does end the line.

    Raises:
        CourseError: see ``data.chat.chat_prompt``.
    """
    asked = ASKED[task.name]
    if not task.whole_reply:
        return [Prompt(template, task.label_words) for template in asked]
    if tokenizer.chat_template:
        return [chat_prompt(tokenizer, user, task.label_words) for user in asked]
    answers = tuple(f"{answer}{end or tokenizer.eos_token}" for answer in task.label_words)
    return [Prompt(f"{user}\nAnswer:\n", answers) for user in asked]


def zero_shot(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    task: Task,
    validation: datasets.Dataset,
) -> Best:
    """The best of the templates of a task."""
    prompts = {f"template {i}": p for i, p in enumerate(prompts_of(task, tokenizer, end="\n"))}
    return _best(model, tokenizer, task, validation, prompts)


def few_shot(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    task: Task,
    validation: datasets.Dataset,
    prompt: Prompt,
) -> Best:
    """The best of several draws of 4 and of 8 training examples before ``prompt``."""
    prompts = {
        f"{shots} shots, draw {draw}": prompt.with_shots(
            draw_shots(task.train, shots, draw, MAX_WORDS)
        )
        for shots, draw in itertools.product(SHOTS, DRAWS)
    }
    return _best(model, tokenizer, task, validation, prompts)


def _best(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    task: Task,
    validation: datasets.Dataset,
    prompts: dict[str, Prompt],
) -> Best:
    if task.whole_reply:
        return _best_writer(model, tokenizer, task, validation, prompts)
    tried: list[tuple[float, str, str]] = []
    references: dict[str, torch.Tensor] = {}
    for name, prompt in prompts.items():
        plain = evaluate(model, tokenizer, prompt, validation)
        references[name] = plain.scores
        even = _calibrated(plain, plain.scores)
        tried += [(plain.accuracy, name, ""), (even.accuracy, name, ", calibrated")]
    accuracy, name, calibrated = max(tried, key=lambda candidate: candidate[0])
    found = evaluate(model, tokenizer, prompts[name], task.test)
    if calibrated:
        found = _calibrated(found, references[name])
    return Best(name + calibrated, prompts[name], accuracy, found.correct)


def _best_writer(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    task: Task,
    validation: datasets.Dataset,
    prompts: dict[str, Prompt],
) -> Best:
    """The prompt behind which the most replies are right, to the letter."""
    accuracies = {
        name: evaluate_exact(model, tokenizer, prompt, validation).accuracy
        for name, prompt in prompts.items()
    }
    name = max(accuracies, key=lambda name: accuracies[name])
    found = evaluate_exact(model, tokenizer, prompts[name], task.test)
    return Best(name, prompts[name], accuracies[name], found.correct)


def _calibrated(found: Evaluation, reference: torch.Tensor) -> Evaluation:
    return dataclasses.replace(found, scores=calibrate(found.scores, reference))
