"""The workbench: what is pressed and typed changes the answer, and mistakes get a sentence."""

import asyncio

import pytest
import torch

from course_utils.analysis.prompt_edits import Action, Edit, edit_effect, edited_prompt
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.show.token_workbench import (
    REVIEW,
    after_a_pause,
    describe_effect,
    token_workbench,
)

PROMPT = Prompt("Review: {text}\nSentiment:", (" negative", " positive"))


class Bench:
    """A workbench of a tiny model, by what a learner sees of it."""

    def __init__(self):
        self.model = tiny_model()
        self.table = self.model.get_input_embeddings().weight.detach().float()
        noise = torch.randn(6, self.table.shape[1], generator=torch.Generator().manual_seed(1))
        self.start, self.vectors = self.table[10:16], self.table[10:16] + 0.1 * noise
        self.box = token_workbench(
            self.model, tiny_tokenizer(), PROMPT, self.vectors, self.start, self.table
        )
        grid, self.action, row, self.review, self.shown = self.box.children
        self.tokens, (self.word, self.undo) = grid.children, row.children

    def expected(self, edits, text=REVIEW):
        tokenizer = tiny_tokenizer()
        edited = edited_prompt(self.vectors, self.start, edits, self.table, tokenizer)
        return describe_effect(
            edit_effect(self.model, tokenizer, PROMPT, self.vectors, edited, text)
        )


@pytest.fixture
def bench():
    return Bench()


def test_it_opens_with_the_answer_of_the_trained_prompt(bench):
    assert bench.shown.value == bench.expected({})
    assert "Change: +0.0 points." in bench.shown.value
    assert len(bench.tokens) == 6 and bench.tokens[0].description.startswith("0 ")


def test_each_edit_is_kept_with_its_token(bench):
    bench.action.value = Action.DROP
    assert bench.shown.value == bench.expected({0: Edit(Action.DROP)})
    bench.tokens[2].click()
    assert bench.action.value is Action.KEEP  # what is shown belongs to the chosen token
    bench.action.value = Action.RESET
    both = {0: Edit(Action.DROP), 2: Edit(Action.RESET)}
    assert bench.shown.value == bench.expected(both) != bench.expected({0: Edit(Action.DROP)})
    bench.tokens[0].click()
    assert bench.action.value is Action.DROP
    assert bench.shown.value == bench.expected(both)


def test_a_word_takes_the_place_of_a_token(bench):
    bench.tokens[1].click()
    bench.action.value = Action.WORD
    bench.word.value = "film"
    assert bench.shown.value == bench.expected({1: Edit(Action.WORD, "film")})
    assert "film" in bench.tokens[1].description
    bench.tokens[2].click()
    assert "film" not in bench.tokens[2].description
    bench.word.value, bench.action.value = "bad", Action.WORD
    bench.tokens[1].click()
    assert bench.word.value == "film"  # each token has its own
    both = {1: Edit(Action.WORD, "film"), 2: Edit(Action.WORD, "bad")}
    assert bench.shown.value == bench.expected(both)


def test_undo_takes_all_edits_back(bench):
    bench.action.value = Action.DROP
    bench.tokens[3].click()
    bench.action.value = Action.RESET
    bench.undo.click()
    assert bench.shown.value == bench.expected({})
    assert bench.action.value is Action.KEEP
    assert {button.button_style for button in bench.tokens} == {"", "primary"}


def test_the_answer_follows_the_review(bench):
    bench.review.value = "a bad film"
    assert bench.shown.value == bench.expected({}, "a bad film") != bench.expected({})


def test_mistakes_get_a_sentence(bench):
    bench.review.value = "  "
    assert "There is no review to answer" in bench.shown.value
    bench.review.value = "a good film"
    bench.word.value = "<unputdownable>"
    bench.action.value = Action.WORD
    assert "&lt;unputdownable&gt;&#x27; is 16 tokens" in bench.shown.value
    assert bench.tokens[0].description.startswith("0 ?")
    bench.word.value = "good"
    assert bench.shown.value == bench.expected({0: Edit(Action.WORD, "good")}, "a good film")


def test_a_start_that_does_not_fit_is_refused_at_once(bench):
    with pytest.raises(CourseError, match="this very prompt"):
        token_workbench(
            bench.model, tiny_tokenizer(), PROMPT, bench.vectors, bench.start[:3], bench.table
        )


def test_without_a_kernel_it_says_what_it_needs(bench):
    assert "Run this cell" in bench.box._repr_mimebundle_()["text/plain"]


def test_typing_is_answered_once_it_has_paused():
    calls = []

    async def type_three_letters():
        ask = after_a_pause(lambda: calls.append(1), 0.05)
        for _ in range(3):
            ask()
            await asyncio.sleep(0.01)
        assert calls == []
        await asyncio.sleep(0.2)

    asyncio.run(type_three_letters())
    assert calls == [1]


def test_without_an_event_loop_it_acts_at_once():
    calls = []
    after_a_pause(lambda: calls.append(1))()
    assert calls == [1]
