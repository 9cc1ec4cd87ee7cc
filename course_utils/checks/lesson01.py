"""Checks of lesson 1, prompt engineering: ``check.label_scores(label_scores)``."""

from course_utils.checks import calibration, labels, prompts, statistics
from course_utils.checks import progress as kept
from course_utils.checks.exercise import Exercise

LESSON = "lesson01"

label_token_ids = Exercise(
    LESSON,
    "label_token_ids",
    labels.label_token_ids,
    (
        "print tokenizer.encode(' positive', add_special_tokens=False), then the same without the "
        "space: how many ids, and which?",
        "encode each word as it is, check that the list has one id, and keep that id",
        "raise ValueError(f'{word!r} is {len(ids)} tokens') when len(ids) is not 1",
    ),
)
label_scores = Exercise(
    LESSON,
    "label_scores",
    labels.label_scores,
    (
        "model(input_ids=input_ids).logits has the shape (1, tokens, vocabulary): which position "
        "predicts the token that comes next?",
        "pick the logits at [0, -1, label_ids]: one number for each label",
        "softmax over just these is the same as softmax over the vocabulary, renormalised; put "
        "the model's call under torch.no_grad()",
    ),
)
my_template = Exercise(
    LESSON,
    "my_template",
    prompts.my_template,
    (
        "the model goes on where the prompt ends: what must stand there so that the next word is "
        "the label?",
        "write a plain text, without f before the quotes; {text} marks the review's place",
        "end with a word and a colon, such as 'Sentiment:', and no space after it",
    ),
)
wilson_interval = Exercise(
    LESSON,
    "wilson_interval",
    statistics.wilson_interval,
    (
        "what interval do you get for 20 right out of 20? A sensible one is not a single point",
        "with p = correct / n and z = 1.96, the centre is (p + z*z / (2*n)) / (1 + z*z / n)",
        "the half-width is z * sqrt(p * (1 - p) / n + z*z / (4*n*n)) / (1 + z*z / n)",
    ),
)
majority_baseline = Exercise(
    LESSON,
    "majority_baseline",
    statistics.majority_baseline,
    (
        "two steps: what would you always answer, and how often is that right?",
        "choose the label from train_labels alone, and count it in test_labels alone",
        "max(set(train_labels), key=train_labels.count) is the commonest training label",
    ),
)
few_shot_prefix = Exercise(
    LESSON,
    "few_shot_prefix",
    prompts.few_shot_prefix,
    (
        "print repr(few_shot_prefix(...)) for two examples: repr shows spaces and line breaks",
        "for each (text, label): the template with the text in it, label_words[label], '\\n\\n'",
        "collect the pieces in a list and return ''.join(pieces): with no examples that is ''",
    ),
)
calibrate = Exercise(
    LESSON,
    "calibrate",
    calibration.calibrate,
    (
        "which label does the prompt favour when there is no review at all? content_free tells",
        "average content_free over its rows: one number for each label",
        "divide scores by that average, then each row by its own sum (keepdim=True)",
    ),
)


def progress() -> None:
    """Show the state of each exercise of the lesson: the best one ever reached."""
    exercises = ("label_token_ids", "label_scores", "my_template", "wilson_interval",
                 "majority_baseline", "few_shot_prefix", "calibrate")  # fmt: skip
    kept.show("Lesson 1", LESSON, exercises)
