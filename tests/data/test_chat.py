"""Chat templates as text, on a tiny tokeniser with a Jinja template of its own."""

import copy

import pytest
from tokenizers.processors import TemplateProcessing

from course_utils.data.chat import chat_template
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.model.tiny import WORDS, tiny_tokenizer

TURNS = (
    "{% for m in messages %}[{{ m['role'] }}]\n{{ m['content'] }}[/]\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant]\n{% endif %}"
)
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"


def tokenizer_with(template):
    tokenizer = copy.deepcopy(tiny_tokenizer())
    tokenizer.chat_template = template
    return tokenizer


def test_the_turns_stand_in_the_models_form_and_the_text_keeps_its_place():
    template = chat_template(tokenizer_with(TURNS), "Good or bad?\n{text}")
    assert template == "[user]\nGood or bad?\n{text}[/]\n[assistant]\n"
    prompt = Prompt(template, WORDS[:2])  # a line break at the end is allowed
    assert "Good or bad?\na {fine} film[/]" in prompt.render("a {fine} film")


def test_a_system_message_comes_first_and_the_reply_may_have_begun():
    tokenizer = tokenizer_with(TURNS)
    template = chat_template(tokenizer, "{text}", system="Be short.", answer="Sentiment:")
    assert template == "[system]\nBe short.[/]\n[user]\n{text}[/]\n[assistant]\nSentiment:"
    assert chat_template(tokenizer, "{text}", system="").startswith("[system]\n[/]\n")


def test_a_start_token_that_every_text_gets_is_not_written_twice():
    start = "{{ bos_token }}" + TURNS
    plain, adding = tokenizer_with(start), tokenizer_with(start)
    adding.backend_tokenizer.post_processor = TemplateProcessing(
        single="<end> $A", special_tokens=[("<end>", adding.bos_token_id)]
    )
    assert chat_template(plain, "{text}").startswith("<end>[user]")
    assert chat_template(adding, "{text}").startswith("[user]")


def test_a_model_that_cannot_chat_is_refused():
    with pytest.raises(CourseError, match="no chat template"):
        chat_template(tiny_tokenizer(), "{text}")


def test_turns_that_the_template_refuses_are_explained():
    tokenizer = tokenizer_with(NO_SYSTEM + TURNS)
    assert chat_template(tokenizer, "{text}").startswith("[user]")
    with pytest.raises(CourseError, match="no system.*leave the system message out"):
        chat_template(tokenizer, "{text}", system="Be short.")


@pytest.mark.parametrize("given", [{"user": None}, {"user": "{text}", "system": 3}])
def test_what_is_no_string_is_refused(given):
    with pytest.raises(CourseError, match="not a string"):
        chat_template(tokenizer_with(TURNS), **given)
