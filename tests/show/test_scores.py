"""The playground: what is typed is scored, and bad input gets a sentence."""

import pytest

from course_utils.data.prompts import Prompt
from course_utils.measure.scoring import label_scores
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.show.scores import describe_scores, prompt_playground

WORDS = (" negative", " positive")
TEMPLATE = "Review: {text}\nSentiment:"
BAD_TEMPLATES = {
    "": "write {text} in it exactly once",
    "no place": "write {text} in it exactly once",
    "{text} and {text}": "write {text} in it exactly once",
    "{0} {}": "write {text} in it exactly once",
}


@pytest.fixture(scope="module")
def model():
    return tiny_model()


def described(model, template, text, words=WORDS):
    return describe_scores(model, tiny_tokenizer(), template, words, text)


@pytest.fixture
def playground(model, capsys):
    """The two fields, and a function that gives what the output shows since it was last asked."""
    box = prompt_playground(model, tiny_tokenizer(), WORDS, TEMPLATE, "a good film")
    template, text, _ = box.children

    def shown():
        return capsys.readouterr().out.rpartition("\r")[2].removesuffix("\n")

    return template, text, shown


def test_each_label_has_its_word_its_share_and_its_bar(model):
    scores = label_scores(model, tiny_tokenizer(), Prompt(TEMPLATE, WORDS), ["a bad film"])[0]
    lines = described(model, TEMPLATE, "a bad film").splitlines()
    assert len(lines) == 2
    for line, word, score in zip(lines, WORDS, scores.tolist()):
        assert word in line and f"{score:.1%}" in line
        assert line.count("#") == round(30 * score)


@pytest.mark.parametrize(("template", "words"), BAD_TEMPLATES.items())
def test_a_bad_template_gets_a_sentence(model, template, words):
    assert words in described(model, template, "a good film")


def test_a_label_word_of_several_tokens_gets_a_sentence(model):
    line = described(model, TEMPLATE, "a good film", (" negative", " marvellous"))
    assert "' marvellous' is" in line and "single token" in line


def test_nothing_at_all_gets_a_sentence(model):
    assert "is empty, so there is no token" in described(model, "{text}", "")


@pytest.mark.parametrize("text", ["", "   ", "{text}", "\U0001f600 \\n {0}"])
def test_any_text_is_scored(model, text):
    assert described(model, TEMPLATE, text).count("%") == 2


def test_braces_in_a_template_are_only_braces(model):
    assert described(model, "{0} {{text} {}", "a good film").count("%") == 2


def test_the_playground_opens_with_scores(model, playground):
    template, text, shown = playground
    assert template.value == "Review: {text}\\nSentiment:" and text.value == "a good film"
    assert shown() == described(model, TEMPLATE, "a good film")


def test_the_scores_follow_what_is_typed(model, playground):
    template, text, shown = playground
    first = shown()
    text.value = "a bad product"
    second = shown()
    assert second == described(model, TEMPLATE, "a bad product") != first
    template.value = "{text}\\n\\nIs it good?"
    assert shown() == described(model, "{text}\n\nIs it good?", "a bad product") != second


def test_the_playground_survives_bad_input(model, playground):
    template, text, shown = playground
    shown()
    template.value = ""
    assert "exactly once" in shown()
    text.value = ""
    template.value = "{text}"
    assert "is empty, so there is no token" in shown()
    template.value = "{text} is"
    assert shown() == described(model, "{text} is", "")
