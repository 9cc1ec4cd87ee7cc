"""Fourteen ways to ask which of two reviews is more positive, for ``pair_words`` (lesson 4)."""

import dataclasses
import random

from transformers import PreTrainedTokenizerBase

from course_utils.data.chat import chat_template
from course_utils.data.columns import texts_and_labels
from course_utils.data.pairs import LABEL_WORDS, reviews_of
from course_utils.data.prompts import Prompt, draw_shots
from course_utils.data.tasks import Task

LETTERS = "A: {a}\nB: {b}"
NAMES = "Review A: {a}\nReview B: {b}"
NUMBERS = "Review 1: {a}\nReview 2: {b}"
ORDER = "First review: {a}\nSecond review: {b}"
SHOT_WORDS = 60  # of the two reviews of a demonstration together, at most


@dataclasses.dataclass(frozen=True)
class Ask:
    """One way to ask.

    Attributes:
        body: the question, with ``{text}`` where the two reviews go.
        cue: what stands right before the answer, on a line of its own.
        words: the label words: A is more positive, B is.
        layout: how the two reviews are written.
        chat: in the model's chat form? The cue then begins its reply.
        system: the system message of a chat; None for the model's own.
    """

    body: str
    cue: str
    words: tuple[str, str] = LABEL_WORDS
    layout: str = LETTERS
    chat: bool = False
    system: str | None = None

    def written(self, text: str) -> str:
        """A text of the task ``pair`` in this layout."""
        first, second = reviews_of(text)
        return self.layout.format(a=first, b=second)

    def prompt(self, tokenizer: PreTrainedTokenizerBase, shots: list[tuple[str, int]]) -> Prompt:
        """The prompt, for texts that are ``written``, with demonstrations before the question.

        In a chat they stand in the user's message.
        """
        cue = self.cue or "Answer: "  # a bare letter below two reviews says little
        shown = "".join(
            self.body.replace("{text}", self.written(text)) + f"\n{cue}{self.words[label]}\n\n"
            for text, label in shots
        )
        if not self.chat:
            return Prompt(f"{self.body}\n{self.cue}", self.words, prefix=shown)
        user = shown + self.body
        return Prompt(chat_template(tokenizer, user, self.system, answer=self.cue), self.words)


RATE = "Give each review a rating from 1 (hates the film) to 5 (loves the film)."
LETTER = (
    "Which of these two film reviews is more positive, A or B? Answer with one letter.\n\n{text}"
)
PLAIN = "question"
ASKS = {
    PLAIN: Ask("{text}\nQuestion: which review is more positive, A or B?", "Answer:"),
    "instruction first": Ask(
        "Two film reviews follow. Decide which of them is more positive, and answer with its "
        "letter, A or B.\n\n{text}\n",
        "More positive:",
    ),
    "who liked it more": Ask(
        "{text}", "The critic who liked the film more wrote review", layout=NAMES
    ),
    "role": Ask(
        "You are an experienced film critic. You read two reviews and say which of them praises "
        "its film more.\n{text}",
        "The review with more praise is review",
        layout=NAMES,
    ),
    "rubric": Ask(
        f"{RATE} Then name the review with the higher rating.\n{{text}}",
        "The review with the higher rating is",
    ),
    "more negative": Ask(
        "{text}\nQuestion: which review is more negative, A or B?", "Answer:", (" B", " A")
    ),
    "first or second": Ask(
        "{text}\nQuestion: which review is more positive, the first or the second?",
        "Answer: the",
        (" first", " second"),
        ORDER,
    ),
    "1 or 2": Ask(
        "{text}\nQuestion: which review is more positive, #1 or #2?",
        "Answer: #",
        ("1", "2"),
        NUMBERS,
    ),
    "worse or better": Ask(
        "{text}", "Compared with review A, review B is", (" worse", " better"), NAMES
    ),
    "no or yes": Ask(
        "{text}\nQuestion: is review B more positive than review A?",
        "Answer:",
        (" No", " Yes"),
        NAMES,
    ),
    "chat": Ask(LETTER, "", ("A", "B"), chat=True),
    "chat, Answer:": Ask(LETTER, "Answer:", chat=True),
    "chat, role and rubric": Ask(
        f"{RATE} Then answer with the letter of the review that has the higher rating.\n\n{{text}}",
        "Answer:",
        chat=True,
        system="You are a film critic who compares reviews with care.",
    ),
    "chat, 1 or 2": Ask(
        "Which of these two film reviews is more positive, 1 or 2? Answer with its number."
        "\n\n{text}",
        "",
        ("1", "2"),
        NUMBERS,
        chat=True,
    ),
}


def balanced_pairs(task: Task, k: int, seed: int) -> list[tuple[str, int]]:
    """``k`` short training pairs, half of them of each label, in random order.

    Raises:
        CourseError: see ``data.prompts.draw_shots``.
    """
    rows = list(zip(*texts_and_labels(task.train)))
    drawn: list[tuple[str, int]] = []
    for label in (0, 1):
        texts = [text for text, given in rows if given == label]
        items = {"text": texts, "label": [label] * len(texts)}
        drawn += draw_shots(items, k // 2, seed, SHOT_WORDS)
    random.Random(seed).shuffle(drawn)
    return drawn
