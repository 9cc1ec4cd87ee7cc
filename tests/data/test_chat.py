"""Chat templates as text, on a tiny tokeniser with a Jinja template of its own."""

import copy

import pytest
from tokenizers.processors import TemplateProcessing

from course_utils.data.chat import chat_prompt, chat_template, turn_end
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


def test_answers_end_as_a_turn_does_and_demonstrations_are_turns():
    tokenizer = tokenizer_with(TURNS.replace("[/]", "<end>"))
    assert turn_end(tokenizer) == "<end>"
    prompt = chat_prompt(tokenizer, "Rate:\n{text}", ("two", "minus two"))
    assert prompt.label_words == ("two<end>", "minus two<end>")
    assert prompt.answer_ids(tokenizer)[0] == [*tokenizer.encode("two"), tokenizer.eos_token_id]
    shown = prompt.with_shots([("a film", 1)]).render("b")
    turns = "[user]\nRate:\n{}<end>\n[assistant]\n"
    assert shown == turns.format("a film") + "minus two<end>\n\n" + turns.format("b")


def test_a_system_message_stands_in_such_a_prompt_too():
    tokenizer = tokenizer_with(TURNS.replace("[/]", "<end>"))
    prompt = chat_prompt(tokenizer, "{text}", ("two", "one"), system="Be short.")
    assert prompt.template.startswith("[system]\nBe short.<end>")


@pytest.mark.parametrize("end", ["[/]", ""])
def test_a_turn_that_ends_in_no_token_of_its_own_is_refused(end):
    with pytest.raises(CourseError, match="does not begin with a token that ends a turn"):
        turn_end(tokenizer_with(TURNS.replace("[/]", end)))
