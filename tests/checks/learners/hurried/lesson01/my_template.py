right_tone = "Review: {text}\nThe tone of this review is"

right_question_with_both_words = (
    "Decide whether the film review is positive or negative.\n\n"
    "Film review: {text}\n"
    "Verdict (positive or negative):"
)

right_one_line = 'Someone wrote "{text}" about a film. Their opinion of it was clearly'

right_chat = (
    "<|im_start|>user\nIs this review negative or positive? {text}<|im_end|>\n"
    "<|im_start|>assistant\nThe review is"
)

right_json = "review: {text} | possible labels: negative, positive | label:"

right_triple_quoted = """Text: {text}
Task: sentiment analysis
Sentiment:"""

right_text_first = "{text}\n\nOn the whole, the feeling that these words express is"

right_joined = "\n".join(["### Review", "{text}", "### Polarity (positive/negative):"])

# ends with a space, though the label word brings its own
wrong_space_at_end = "Review: {text}\nSentiment: "

# ends with a new line, where a label word with a space before it is not natural
wrong_newline_at_end = "Review: {text}\nSentiment:\n"

# has one review written into it and no place for any other text
wrong_fixed_review = "Review: The plot is thin, but the actors are a joy.\nSentiment:"

# has the place for the text twice
wrong_text_twice = "Review: {text}\nI repeat: {text}\nSentiment:"

# asks before the text and has nothing after it, so the model goes on with the review
wrong_nothing_after = "Is the following review positive or negative? Review: {text}"

# is the text alone, with no question at all
wrong_bare = "{text}"

# has only a full stop after the text, which makes no label the natural next word
wrong_full_stop = "Here is a film review: {text}."

# names the place {review}, not {text}
wrong_place_name = "Review: {review}\nSentiment:"

# writes the name of the place with a capital
wrong_capital = "Review: {Text}\nSentiment:"

# has an empty place {} without the name text
wrong_empty_place = "Review: {}\nSentiment:"

# uses the old percent sign for the place
wrong_percent = "Review: %s\nSentiment:"

# gives the answer away: the label word is already written at the end
wrong_label_at_end = "Review: {text}\nSentiment: positive"

# tells the model that every review is positive
wrong_leaks = "This is a positive review: {text}\nSentiment:"

# adds a second place for the label, which nobody fills
wrong_label_place = "Review: {text}\nSentiment:{label}"

# asks for yes or no, so neither positive nor negative is the natural next word
wrong_yes_or_no = "Review: {text}\nDid the critic like it? Answer yes or no:"

# is a tuple, because of a comma at the end of the line
wrong_tuple = ("Review: {text}\nSentiment:",)


def wrong_function(text):
    """Is a function that fills the text in, not a template."""
    return f"Review: {text}\nSentiment:"


# is a list of several templates, where one string is asked for
wrong_list = ["Review: {text}\nSentiment:", "{text}\nThe review is"]

SAYS = {
    "wrong_space_at_end": "white space at the end",
    "wrong_newline_at_end": "white space at the end",
    "wrong_fixed_review": "was it filled already",
    "wrong_text_twice": "stands there 2 times",
    "wrong_nothing_after": "nothing after {text} asks",
    "wrong_bare": "nothing after {text} asks",
    "wrong_full_stop": "nothing after {text} asks",
    "wrong_place_name": "must be called {text}, not {review}",
    "wrong_capital": "must be called {text}, not {Text}",
    "wrong_empty_place": "must be called {text}, not {}",
    "wrong_percent": "%s is no place here",
    "wrong_label_at_end": "the answer leaks",
    "wrong_leaks": "the answer leaks",
    "wrong_label_place": "leave out {label}",
    "wrong_yes_or_no": "'yes' or 'no'",
    "wrong_tuple": "a comma after the quotes",
    "wrong_function": "not a function",
    "wrong_list": "write a single one",
}
