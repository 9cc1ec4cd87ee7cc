"""Ask the model and let it write: four ways to ask, each beside its label words (lesson 1)."""

import dataclasses
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data import tasks
from course_utils.data.chat import chat_template
from course_utils.data.columns import texts_and_labels
from course_utils.data.prompts import Prompt, draw_shots
from course_utils.data.tasks import SENTIMENT_WORDS, Task
from course_utils.experiments.trainings import REVIEW
from course_utils.machine.environment import environment
from course_utils.measure import scoring
from course_utils.measure.free_text import Reply, parse_answer, write_replies
from course_utils.model.load import load_model
from course_utils.recorded.free_text import Design
from course_utils.recorded.reports import write_report

ITEMS = 200  # the first of the validation items
ALONE, ALONE_TOKENS = 20, 20  # replies that are written one at a time, too, and their tokens
SAMPLES = 3
SHOTS = 2  # of each label
QUESTION = "Is this film review positive or negative?"
ONE_WORD = f"{QUESTION} Answer with one word."
STEP_BY_STEP = f"{QUESTION} Think step by step, then end with: Answer: positive or Answer: negative"
REPLY_WORDS = ("Negative", "Positive")  # at the start of a reply a word has no space


@dataclasses.dataclass(frozen=True)
class Question:
    """One way to ask.

    Attributes:
        prompt: its label words are those to compare.
        new_tokens: where a reply is cut off.
        scored: does a label word follow the prompt at once? Not where the model is to think first.
    """

    prompt: Prompt
    new_tokens: int
    scored: bool = True


def study_free_text(folder: Path) -> dict[str, Any]:
    """Let the model write, read the labels, score label words; write ``free_text.json``.

    The weights are in float32, so that a reply does not depend on the batch that it is written in.
    """
    model, tokenizer = load_model(dtype=torch.float32)
    task = tasks.load("movies")
    items = texts_and_labels(task.validation.select(range(ITEMS)))
    report: dict[str, Any] = {
        "settings": {"task": task.name, "split": "validation", "items": ITEMS, "dtype": "float32"},
        **environment(model.device),
        "designs": {},
    }
    for name, question in questions(tokenizer, task).items():
        design = measure(model, tokenizer, question, *items)
        report["designs"][name] = dataclasses.asdict(design)
        print(f"{name}: a label in {design.parse_rate}; right {design.accuracy}", flush=True)
        print(
            f"  label words {design.accuracy_of_scores}; {design.same_alone} of {design.alone} "
            f"the same alone; {design.tokens} tokens in {design.seconds:.0f} s",
            flush=True,
        )
        write_report(folder, "free_text", report)
    return report


def questions(tokenizer: PreTrainedTokenizerBase, task: Task) -> dict[str, Question]:
    """The ways to ask, by name."""
    raw = Prompt(REVIEW, SENTIMENT_WORDS)
    chat, thinking = (
        Prompt(chat_template(tokenizer, f"{words}\n\nReview: {{text}}"), REPLY_WORDS)
        for words in (ONE_WORD, STEP_BY_STEP)
    )
    return {
        "raw": Question(raw, 20),
        "chat": Question(chat, 20),
        "chain of thought": Question(thinking, 160, scored=False),
        "4 shots": Question(raw.with_shots(balanced_shots(task)), 8),
    }


def balanced_shots(task: Task) -> list[tuple[str, int]]:
    """``SHOTS`` training texts of each label, in turn: negative, positive, negative, positive."""
    rows = list(zip(*texts_and_labels(task.train)))
    drawn = []
    for label in range(len(task.label_words)):
        texts = [text for text, given in rows if given == label]
        drawn.append(draw_shots({"text": texts, "label": [label] * len(texts)}, SHOTS, seed=0))
    return [shot for shots in zip(*drawn) for shot in shots]


def measure(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    question: Question,
    texts: list[str],
    labels: list[int],
) -> Design:
    """Ask about each text; a first few are also written one at a time."""
    prompt = question.prompt
    write_replies(model, tokenizer, prompt, texts[:1], 2)  # libraries set themselves up
    start = time.perf_counter()
    replies = write_replies(model, tokenizer, prompt, texts, question.new_tokens)
    seconds = time.perf_counter() - start
    answers = [parse_answer(reply.text) for reply in replies]
    scored = ""
    if question.scored:
        items = {"text": texts, "label": labels}
        scored = scoring.evaluate(model, tokenizer, prompt, items).correct
    return Design(
        template=prompt.template,
        prefix=prompt.prefix,
        label_words=list(prompt.label_words),
        new_tokens=question.new_tokens,
        correct=_bits(answer == label for answer, label in zip(answers, labels)),
        parsed=_bits(answer is not None for answer in answers),
        scored=scored,
        same_alone=_same_alone(model, tokenizer, question, texts[:ALONE], replies),
        alone=min(ALONE, len(texts)),
        tokens=sum(len(reply.ids) for reply in replies),
        seconds=round(seconds, 1),
        samples=[
            {"text": text, "label": label, "reply": reply.text, "answer": answer}
            for text, label, reply, answer in list(zip(texts, labels, replies, answers))[:SAMPLES]
        ],
    )


def _same_alone(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    question: Question,
    texts: list[str],
    replies: list[Reply],
) -> int:
    """How many texts get the same tokens when each is alone in its batch, where no padding is."""
    tokens = min(question.new_tokens, ALONE_TOKENS)
    alone = [write_replies(model, tokenizer, question.prompt, [text], tokens)[0] for text in texts]
    return sum(one.ids == reply.ids[:tokens] for one, reply in zip(alone, replies))


def _bits(values: Iterable[bool]) -> str:
    """One character an item, ``1`` where true."""
    return "".join("01"[value] for value in values)
