"""Ways to ask about a pair: how the two reviews, the demonstrations and the answer are written."""

import copy

import datasets
import pytest

from course_utils.data.pairs import pair_text, reviews_of
from course_utils.experiments import trainings
from course_utils.experiments.pair_prompts import ASKS, PLAIN, Ask, balanced_pairs
from course_utils.model.tiny import tiny_tokenizer

TURNS = "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}[assistant]"
TEXT = pair_text("lovely {a}", "dull {b}")
SHOTS = [(pair_text("fine", "poor"), 0), (pair_text("weak", "strong"), 1)]


@pytest.fixture
def tokenizer():
    tokenizer = copy.deepcopy(tiny_tokenizer())
    tokenizer.chat_template = TURNS
    return tokenizer


def test_the_plain_way_is_the_prompt_that_the_studies_train(tokenizer):
    prompt = ASKS[PLAIN].prompt(tokenizer, [])
    assert prompt.template == trainings.TEMPLATES["pair"] and prompt.label_words == (" A", " B")
    assert ASKS[PLAIN].written(TEXT) == TEXT


@pytest.mark.parametrize("name", ASKS)
def test_each_way_shows_both_reviews_and_demonstrates_what_it_asks_for(tokenizer, name):
    ask = ASKS[name]
    shown = ask.prompt(tokenizer, SHOTS).render(ask.written(TEXT))
    assert shown.endswith(ask.cue) and not shown.endswith(" ")
    places = [shown.index(word) for word in ("fine", "poor", "weak", "strong", "lovely", "dull")]
    assert places == sorted(places)
    assert "lovely {a}" in shown and "dull {b}" in shown
    lines = shown.splitlines()
    answers = [line for line in lines if line.endswith(tuple(ask.words)) and ": " in line + ": "]
    cue = ask.cue or "Answer: "
    assert [line for line in answers if line.startswith(cue)] == [cue + word for word in ask.words]


@pytest.mark.parametrize("name", ASKS)
def test_the_ways_differ_in_more_than_their_names(name):
    others = [ask for other, ask in ASKS.items() if other != name]
    assert ASKS[name] not in others and ASKS[name].body.count("{text}") == 1


def test_asking_for_the_negative_one_turns_the_letters():
    assert (
        ASKS["more negative"].words == (" B", " A")
        and "more negative" in ASKS["more negative"].body
    )


def test_a_chat_has_its_demonstrations_in_the_message_and_its_reply_begun(tokenizer):
    ask = Ask("Which?\n{text}", "Answer:", (" A", " B"), "1: {a} 2: {b}", True, "Judge.")
    shown = ask.prompt(tokenizer, SHOTS[:1]).render(ask.written(pair_text("x", "y")))
    expected = "Which?\n1: fine 2: poor\nAnswer: A\n\nWhich?\n1: x 2: y"
    assert shown == f"[system]Judge.[user]{expected}[assistant]Answer:"


def test_demonstrations_are_short_training_pairs_as_many_of_each_label():
    texts = [pair_text(f"film {i}", "word " * (80 if i % 5 == 0 else 3)) for i in range(60)]
    data = datasets.Dataset.from_dict({"text": texts, "label": [i % 2 for i in range(60)]})
    task = type("Task", (), {"train": data})
    drawn = balanced_pairs(task, 8, 0)
    assert sorted(label for _, label in drawn) == [0] * 4 + [1] * 4
    assert all(data["label"][texts.index(text)] == label for text, label in drawn)
    assert all(int(reviews_of(text)[0].split()[1]) % 5 for text, _ in drawn)
    assert drawn == balanced_pairs(task, 8, 0) != balanced_pairs(task, 8, 1)
    assert balanced_pairs(task, 0, 0) == []
