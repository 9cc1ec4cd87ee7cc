"""The scores of a prompt, and a playground for prompts (lesson 1, *Playground*)."""

import ipywidgets
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure.scoring import label_scores
from course_utils.show.explorer import Explorer, explorer


def describe_scores(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    template: str,
    label_words: tuple[str, ...],
    text: str,
) -> str:
    """One line a label: its word, its probability and a bar; or what is wrong with the input."""
    try:
        prompt = Prompt(template, label_words)
        scores = label_scores(model, tokenizer, prompt, [text])[0]
    except CourseError as error:
        return str(error)
    lines = [
        f"{word:>12} {score:6.1%} {'#' * round(30 * score.item())}"
        for word, score in zip(label_words, scores)
    ]
    return "\n".join(lines)


def prompt_playground(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    label_words: tuple[str, ...],
    template: str,
    text: str,
) -> Explorer:
    """Fields for a template and a text; the label probabilities follow what is typed.

    In the template field, ``\\n`` written as two characters stands for a new line.
    """
    wide = ipywidgets.Layout(width="95%")
    template_field = ipywidgets.Textarea(
        template.replace("\n", "\\n"), description="template", layout=wide
    )
    text_field = ipywidgets.Textarea(text, description="text", layout=wide)

    def show(template: str, text: str) -> None:
        template = template.replace("\\n", "\n")
        print(describe_scores(model, tokenizer, template, label_words, text))

    return explorer(show, {"template": template_field, "text": text_field})
