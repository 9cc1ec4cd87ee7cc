"""Answers to ``my_template``."""

import torch

from course_utils.data.prompts import Prompt
from course_utils.model.tiny import tiny_tokenizer


def NEXT(answer):
    prompt = Prompt(answer, (" negative", " positive"))
    assert prompt.render("{odd} film").count("{odd} film") == 1
    shots = prompt.with_shots([("fine", 1)])
    assert shots.render("dull").count("fine") == 1
    assert torch.tensor(shots.encoded(tiny_tokenizer(), ["dull"])).shape[1] > 10


RIGHT = [
    "Review: {text}\nSentiment:",
    "{text}\nIs this review positive or negative?\nAnswer:",
    'A critic wrote: "{text}"\n\nThe critic\'s opinion of the film was',
    "Positive or negative? Text: {text} =>",
    '{"review": "{text}", "sentiment": "',
    '{{"review": "{text}"}}\n{"sentiment":',
    '{"labels": ["positive", "negative"], "review": "{text}", "label": "',
    "Choose from {positive, negative}.\n{text}\nChoice:",
    "<|im_start|>user\nPositive or negative? {text}<|im_end|>\n<|im_start|>assistant\n",
    "<review>{text}</review>\n<sentiment>",
    "{text}\nMy rating:",
    "Review: I loved it.\nSentiment: positive\nReview: Dull.\nSentiment: negative\n"
    "Review: {text}\nSentiment:",
    "If the critic liked it, say positive; if not, say negative.\n{text}\nVerdict:",
    "Answer positive or negative. Negative means dislike.\n{text}\nAnswer:",
    "{text}\nDid the critic like it? The tone is",
    "{text}\nWas the review positive, or was it negative? It was",
    "{text}\nIs this review positive or negative?",
    "{text}\nSentiment (positive/negative):",
    "{text}\nOptions: negative, positive\nLabel:",
]
WRONG = [
    ("Review: {review}\nSentiment:", "must be called {text}, not {review}"),
    ("Review: a fine film\nSentiment:", "filled already"),
    ("Review: %s\nSentiment:", "%s is no place here"),
    ("Review: <text>\nSentiment:", "<text> is no place here"),
    ("Review: ${text}\nSentiment:", "the sign before {text}"),
    ("Review: {text}\n{text}\nSentiment:", "2 times"),
    ("Review: {text}\nSentiment: ", "white space at the end"),
    ("Review: {text}\nSentiment:\n", "white space at the end"),
    ("Review: {text}\\nSentiment:", "a line break is written"),
    ("Review: {text}\nSentiment: ____", "a blank stands"),
    ("Review: {text}\nSentiment: positive", "the answer leaks"),
    ("Review: {text}\npositive or negative: negative", "the answer leaks"),
    ("This is a positive review: {text}\nSentiment:", "the answer leaks: 'positive'"),
    ("Is this positive or negative? {text}\nIt is positive", "the answer leaks: 'positive'"),
    ("The review is negative. {text}\nPositive or negative?", "the answer leaks: 'negative'"),
    ("This is positive, not negative: {text}\nSentiment:", "the answer leaks: 'positive'"),
    ("{text}\nIs this review positive?", "the answer leaks"),
    ("Review: {text}\nDid the critic like it? Answer yes or no:", "'yes' or 'no'"),
    ("Review: {text}\nDid the critic like it?\nAnswer:", "'yes' or 'no'"),
    ("Review: {text}\nGood or bad?", "'good' or 'bad'"),
    ("Review: {text}\nStars, from 1 to 5:", "the natural next word is a number"),
    ("{text}\nWrite 1 for positive and 0 for negative:", "the natural next word is a number"),
    ("Review: {text}\nSummary:", "the natural next word is a summary"),
    ("Sentiment of this review: {text}", "nothing after {text}"),
    ("Review: {text}.\n", "nothing after {text}"),
    (["Review: {text}\nSentiment:"], "not a list"),
    (("Review: {text}\nSentiment:",), "a comma after the quotes"),
    (lambda text: f"Review: {text}\nSentiment:", "not a function"),
    ("", "no {text} in it"),
    ("Review: {text}\nSentiment: {label}", "leave out {label}"),
    ("Review: {}\nSentiment:", "not {}"),
    ("Review: {{text}}\nSentiment:", "double braces"),
    ("Review: {text}}\nSentiment:", "a single brace"),
    ("Review: {text!r}\nSentiment:", "must be called {text}"),
]
