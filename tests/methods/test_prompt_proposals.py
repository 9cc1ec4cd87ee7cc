"""Proposals: what is asked, what is kept of the replies, and sampling from a tiny random model."""

import copy
import dataclasses

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.methods import prompt_proposals
from course_utils.methods.prompt_proposals import cleaned, proposals
from course_utils.model.selftest import ways
from course_utils.model.tiny import tiny_model, tiny_tokenizer

TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"
WORDING = "Is the film good or bad?"


@pytest.fixture
def tokenizer():
    own = copy.deepcopy(tiny_tokenizer())
    own.chat_template = TEMPLATE
    return own


@pytest.fixture
def replying(monkeypatch):
    """A model that says what is in ``rounds``; the list of how many replies were asked for."""

    def with_rounds(*rounds):
        asked, left = [], iter(rounds)

        def replies(model, tokenizer, question, k):
            asked.append(k)
            return next(left)

        monkeypatch.setattr(prompt_proposals, "_replies", replies)
        return asked

    return with_rounds


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("Is the film good?", "Is the film good?"),
        ('"Is the film good?"', "Is the film good?"),
        ("\n  - Say if  it is\tgood. \nOr bad.", "Say if it is good."),
        ("1. Say if it is good:", "Say if it is good:"),
        ("2) “Say it now!”", "Say it now!"),
        ("**Say it now.**", "Say it now."),
        ("Say if it is good, or whether the", None),  # cut
        ("Say {text} is good.", None),
        ("Is it {good} or bad?", None),
        ("Positive, good.", None),  # two words
        ("word " * 20 + "end.", None),  # 21 words
        ("word " * 19 + "end.", "word " * 19 + "end."),
        ("", None),
        (" \n ", None),
    ],
)
def test_a_reply_becomes_one_instruction_or_none(reply, kept):
    assert cleaned(reply) == kept


def test_each_wording_is_kept_once_and_never_the_first_one(tokenizer, replying):
    asked = replying(
        ["Is the movie good?", "is the MOVIE good.", WORDING.upper(), "Is the film good or bad."],
        ["no end", "Say if it is good.", "Is the movie good?", "Good {text} or bad?"],
        ["Is it a good one?", "Is it a bad one?", "", ""],
    )
    found = proposals(None, tokenizer, WORDING, 4, 0)
    assert found == [
        "Is the movie good?", "Say if it is good.", "Is it a good one?", "Is it a bad one?",
    ]  # fmt: skip
    assert asked == [4, 4, 4]


def test_no_more_than_wanted_and_no_more_than_four_rounds(tokenizer, replying):
    asked = replying(["Is it one?", "Is it two?", "Is it three?"])
    assert proposals(None, tokenizer, WORDING, 2, 0) == ["Is it one?", "Is it two?"]
    assert asked == [2]
    asked = replying(*[["Is it one?"] * 2] * 4)
    assert proposals(None, tokenizer, WORDING, 2, 0) == ["Is it one?"]
    assert asked == [2] * 4


def test_the_model_is_shown_rewordings_and_then_asked_for_one(tokenizer):
    text = tokenizer.decode(prompt_proposals._question(tokenizer, WORDING))
    first, reworded = prompt_proposals.SHOWN[0]
    assert text.startswith(f"user: Say in other words: {first}\nassistant: {reworded}\nuser: ")
    assert text.endswith(f"user: Say in other words: {WORDING}\nassistant:")


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_the_cached_question_samples_what_the_whole_one_does(kind, tokenizer):
    model = tiny_model(kind)
    question, said = tokenizer.encode("user: Say it\nassistant:"), []
    assert ways(model).shares_prefix
    for shares in (True, False):
        model.course_ways = dataclasses.replace(ways(model), shares_prefix=shares)
        torch.manual_seed(0)
        said.append(prompt_proposals._replies(model, tokenizer, question, 3))
    assert said[0] == said[1]
    assert len(set(said[0])) == 3 and all(said[0])
    assert not any("Say it" in reply for reply in said[0])  # the answers alone


def test_the_seed_decides_and_the_random_state_stays(tokenizer, monkeypatch):
    monkeypatch.setattr(prompt_proposals, "cleaned", lambda reply: reply or None)
    monkeypatch.setattr(prompt_proposals, "_key", str)
    model = tiny_model().train()
    torch.manual_seed(5)
    state = torch.random.get_rng_state()
    first, again, other = (proposals(model, tokenizer, WORDING, 3, seed) for seed in (0, 0, 1))
    assert first == again != other and len(first) == 3
    assert torch.equal(torch.random.get_rng_state(), state) and model.training


@pytest.mark.parametrize(
    ("wording", "k", "seed", "words"),
    [
        ("Review: {text}", 1, 0, "without a place for the text"),
        ("  ", 1, 0, "wording = '  '"),
        (None, 1, 0, "The wording is None"),
        (WORDING, 0, 0, "k = 0"),
        (WORDING, 1, -1, "seed = -1"),
    ],
)
def test_what_cannot_be_asked_is_refused(tokenizer, wording, k, seed, words):
    with pytest.raises(CourseError, match=words):
        proposals(None, tokenizer, wording, k, seed)


def test_a_model_without_a_chat_template_is_refused():
    with pytest.raises(CourseError, match="no chat template"):
        proposals(None, tiny_tokenizer(), WORDING, 1, 0)
