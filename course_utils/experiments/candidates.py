"""Twelve candidate prompts, and the best of them by a few labels: for ``label_counts`` (lesson 2).

Six templates, each with its scores as they are and with its preference divided out. The preference
is the mean score of unlabelled texts, so it costs no labels (batch calibration, Zhou et al. 2024).
"""

import dataclasses

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.chat import chat_template
from course_utils.data.columns import texts_and_labels
from course_utils.data.prompts import Prompt, calibrate
from course_utils.data.tasks import Task
from course_utils.experiments.trainings import REVIEW
from course_utils.measure.scoring import label_scores

UNLABELLED = 500  # the first training texts, whose mean score is divided out
PLAIN, PLAIN_CALIBRATED = "Sentiment:", "Sentiment:, calibrated"
CHAT = (
    "Is this film review positive or negative? Answer with one word.\n\n{text}",
    "What is the sentiment of this film review, positive or negative?\n\nReview: {text}",
)


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A prompt that could be chosen.

    Attributes:
        name: of its template, with ``, calibrated`` where its preference is divided out.
        right: (training texts,) bool.
        correct: one character a test item, ``1`` where right.
    """

    name: str
    right: torch.Tensor
    correct: str


def templates(tokenizer: PreTrainedTokenizerBase) -> dict[str, str]:
    """The six templates; in the last two the model's reply has begun already."""
    return {
        PLAIN: REVIEW,
        "The sentiment is": "{text}\nThe sentiment of this review is",
        "question": "Is this film review positive or negative?\n{text}\nAnswer:",
        "opinion": "Film review: {text}\nThe critic's opinion of the film is",
        "chat, question": chat_template(tokenizer, CHAT[0], answer="Answer:"),
        "chat, sentiment": chat_template(tokenizer, CHAT[1], answer="Sentiment:"),
    }


def candidates(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, task: Task
) -> list[Candidate]:
    """Each template as it is, then calibrated; scored on all training and test texts."""
    texts, labels = texts_and_labels(task.train)
    test_texts, test_labels = texts_and_labels(task.test)
    own, test = torch.tensor(labels), torch.tensor(test_labels)
    found = []
    for name, template in templates(tokenizer).items():
        prompt = Prompt(template, task.label_words)
        scores = label_scores(model, tokenizer, prompt, texts + test_texts)
        even = calibrate(scores, scores[: min(UNLABELLED, len(texts))])
        for title, given in ((name, scores), (f"{name}, calibrated", even)):
            answers = given.argmax(1)
            right = answers[len(texts) :] == test
            correct = "".join("01"[value] for value in right.tolist())
            found.append(Candidate(title, answers[: len(texts)] == own, correct))
    return found


def best(found: list[Candidate], rows: list[int]) -> Candidate:
    """The candidate that is right most often on these training reviews; of equal ones the first."""
    return max(found, key=lambda candidate: int(candidate.right[rows].sum()))
