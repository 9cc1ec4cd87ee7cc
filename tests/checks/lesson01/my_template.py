"""Answers to ``my_template``."""

RIGHT = [
    "Review: {text}\nSentiment:",
    "{text}\nIs this review positive or negative?\nAnswer:",
    'A critic wrote: "{text}"\n\nThe critic\'s opinion of the film was',
    "Positive or negative? Text: {text} =>",
]
WRONG = [
    ("Review: {review}\nSentiment:", "must be called {text}, not {review}"),
    ("Review: a fine film\nSentiment:", "filled already by an f"),
    ("Review: {text}\n{text}\nSentiment:", "2 times"),
    ("Review: {text}\nSentiment: ", "white space at the end"),
    ("Review: {text}\nSentiment:\n", "white space at the end"),
    ("Review: {text}\nSentiment: positive", "the answer leaks"),
    ("Review: {text}\npositive or negative: negative", "the answer leaks"),
    ("Sentiment of this review: {text}", "nothing after {text}"),
    ("Review: {text}.\n", "nothing after {text}"),
    (["Review: {text}\nSentiment:"], "not a list"),
    (lambda text: f"Review: {text}\nSentiment:", "not a function"),
    ("", "no {text} in it"),
    ("Review: {text}\nSentiment: {label}", "leave out {label}"),
    ("Review: {}\nSentiment:", "not {}"),
    ("Review: {{text}}\nSentiment:", "double braces"),
    ("Review: {text}}\nSentiment:", "a single brace"),
    ("Review: {text!r}\nSentiment:", "must be called {text}"),
]
