"""Exercise 3: your template (values)."""

_review = "The plot is thin, but the actors are a joy to watch."

right_plain = "Film review: {text}\nIs the review positive or negative? It is"

right_joined = "\n".join(["Text: {text}", "Label (negative/positive):"])

right_one_line = "{text} All in all, my opinion of this film is very"

right_chat_markup = (
    "<|im_start|>user\nIs this review positive or negative?\n{text}<|im_end|>\n"
    "<|im_start|>assistant\nThe sentiment of the review is"
)

# Ends with a space, but the label word brings its own.
wrong_trailing_space = "Review: {text}\nSentiment: "

# Jinja's double braces, as in chat templates: format leaves a literal {text} and no review.
wrong_jinja = "Review: {{text}}\nSentiment:"

# The slot is called review, not text.
wrong_slot_name = "Review: {review}\nSentiment:"

# An f-string with one review already filled in: there is no slot left.
wrong_filled_in = f"Review: {_review}\nSentiment:"

# A second slot for the label, as for supervised training: nothing fills it, and it is the answer.
wrong_label_slot = "Review: {text}\nSentiment:{label}"

# A BERT-style mask where the label word should come: the model's next word follows the mask.
wrong_mask = "{text}\nThe sentiment of this review is [MASK]."

# The question comes first and nothing follows the text, so the model would continue the review.
wrong_ends_with_text = "Is the sentiment of this film review positive or negative?\n{text}"

# A list of chat messages instead of a string.
wrong_messages = [{"role": "user", "content": "Review: {text}\nSentiment:"}]

# Leaks the answer: it says that the review is positive.
wrong_leak = "Here is a positive film review: {text}\nSentiment:"

# Uses {text} twice.
wrong_text_twice = "Review: {text}\nI repeat the review: {text}\nSentiment:"

# A chat's own line break stands before the answer (its author had taken it for a mistake).
right_chat = "<|im_start|>user\nSentiment of: {text}<|im_end|>\n<|im_start|>assistant\n"


SAYS = {
    "wrong_trailing_space": "white space at the end: the label",
    "wrong_jinja": "double braces mean plain braces: write {text}",
    "wrong_slot_name": "the place for the review must be",
    "wrong_filled_in": "no {text} in it: was it filled",
    "wrong_label_slot": "only {text} will be filled: leave out",
    "wrong_mask": "a blank stands where the label word",
    "wrong_ends_with_text": "nothing after {text} asks for the answer",
    "wrong_messages": "the template is a text in quotes",
    "wrong_leak": "the answer leaks: 'positive' is told in",
    "wrong_text_twice": "{text} stands there 2 times: the review",
}
