"""Edits of soft tokens: each does what its name says, and the answer is that of a real run."""

import pytest
import torch

from course_utils.analysis.prompt_edits import (
    Action,
    Edit,
    edit_effect,
    edited_prompt,
    word_id,
)
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure.scoring import label_scores
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model.tiny import tiny_model, tiny_tokenizer

PROMPT = Prompt("Review: {text}\nSentiment:", (" negative", " positive"))
TEXT = "a good film"


@pytest.fixture
def model():
    return tiny_model()


@pytest.fixture
def table(model):
    return model.get_input_embeddings().weight.detach().float()


@pytest.fixture
def vectors(table):
    return torch.randn(4, table.shape[1], generator=torch.Generator().manual_seed(0))


def edited(vectors, table, **edits):
    numbered = {int(name[1:]): edit for name, edit in edits.items()}
    return edited_prompt(vectors, -vectors, numbered, table, tiny_tokenizer())


def test_no_edit_changes_nothing(vectors, table):
    assert torch.equal(edited(vectors, table), vectors)
    assert torch.equal(edited(vectors, table, _1=Edit(Action.KEEP)), vectors)


def test_each_edit_changes_its_own_token(vectors, table):
    tokenizer = tiny_tokenizer()
    good = table[tokenizer.encode(" good")[0]]
    found = edited(vectors, table, _1=Edit(Action.RESET), _2=Edit(Action.WORD, "good"))
    assert torch.equal(found, torch.stack([vectors[0], -vectors[1], good, vectors[3]]))


def test_a_dropped_token_leaves_no_gap(vectors, table):
    found = edited(vectors, table, _1=Edit(Action.DROP), _3=Edit(Action.DROP))
    assert torch.equal(found, vectors[[0, 2]])


def test_all_tokens_may_be_dropped(vectors, table):
    every = {f"_{token}": Edit(Action.DROP) for token in range(4)}
    assert edited(vectors, table, **every).shape == (0, table.shape[1])


def test_a_word_is_taken_as_in_running_text():
    tokenizer = tiny_tokenizer()
    (running,) = tokenizer.encode(" film")
    assert word_id(tokenizer, "film") == word_id(tokenizer, " film ") == running
    (letter,) = tokenizer.encode("z")  # " z" is two tokens
    assert word_id(tokenizer, "z") == letter


@pytest.mark.parametrize(
    ("word", "sentence"), [("  ", "no word"), ("unputdownable", "'unputdownable' is 14 tokens")]
)
def test_what_is_not_one_word_gets_a_sentence(word, sentence):
    with pytest.raises(CourseError, match=sentence):
        word_id(tiny_tokenizer(), word)


def test_a_start_of_another_length_is_refused(vectors, table):
    with pytest.raises(CourseError, match="this very prompt"):
        edited_prompt(vectors, vectors[:2], {}, table, tiny_tokenizer())


def test_the_effect_is_that_of_real_prompts(model, vectors):
    effect = edit_effect(model, tiny_tokenizer(), PROMPT, vectors, vectors[1:], TEXT)
    for share, prefix in [
        (effect.without, None), (effect.before, vectors), (effect.after, vectors[1:]),
    ]:  # fmt: skip
        other = tiny_model()
        if prefix is not None:
            add_soft_prompt(other, SoftPrompt(prefix))
        expected = label_scores(other, tiny_tokenizer(), PROMPT, [TEXT])[0, 1].item()
        assert share == pytest.approx(expected, abs=1e-6)
    assert len({effect.without, effect.before, effect.after}) == 3
    assert effect.points == pytest.approx(100 * (effect.after - effect.before))
    assert f"{effect.after:.3f} edited" in str(effect) and len(str(effect)) <= 90


@pytest.mark.parametrize("attached", [True, False])
def test_the_model_stays_as_it_was(model, vectors, attached):
    if attached:
        model.soft_prompt = SoftPrompt(vectors)
    own = getattr(model, "soft_prompt", None)
    requiring = [p.requires_grad for p in model.parameters()]
    edit_effect(model, tiny_tokenizer(), PROMPT, vectors, vectors[:0], TEXT)
    assert getattr(model, "soft_prompt", None) is own
    assert hasattr(model, "soft_prompt") is attached
    assert [p.requires_grad for p in model.parameters()] == requiring


def test_a_failing_run_leaves_the_model_as_it_was(model, vectors):
    broken = vectors * float("nan")
    with pytest.raises(CourseError, match="not finite"):
        edit_effect(model, tiny_tokenizer(), PROMPT, broken, broken, TEXT)
    assert not hasattr(model, "soft_prompt")


def test_an_empty_review_gets_a_sentence(model, vectors):
    with pytest.raises(CourseError, match="no review"):
        edit_effect(model, tiny_tokenizer(), PROMPT, vectors, vectors, " \n")
