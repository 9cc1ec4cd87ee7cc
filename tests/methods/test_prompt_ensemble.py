"""Many prompts in one batch must score as one prompt after another, and vote as counted."""

import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure.scoring import label_scores
from course_utils.methods.prompt_ensemble import ensemble_scores, majority_vote, vote
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt, remove_soft_prompt
from course_utils.model.tiny import tiny_model, tiny_tokenizer

TEXTS = ["a good film", "bad", "", "the plot is thin but the actors are a joy", "a good film!"]
PROMPT = Prompt("Review: {text}\nSentiment:", (" negative", " positive"))


def soft_prompts():
    return torch.randn(3, 5, 32, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
@pytest.mark.parametrize("budget", [2048, 300])
def test_an_ensemble_scores_as_its_prompts_do(kind, budget, monkeypatch):
    monkeypatch.setattr("course_utils.methods.prompt_ensemble.MAX_TOKENS", {"cpu": budget})
    model, tokenizer = tiny_model(kind).train(), tiny_tokenizer()
    found = ensemble_scores(model, tokenizer, PROMPT, TEXTS, soft_prompts())
    for scores, vectors in zip(found, soft_prompts()):
        add_soft_prompt(model, SoftPrompt(vectors))
        expected = label_scores(model, tokenizer, PROMPT, TEXTS)
        remove_soft_prompt(model)
        torch.testing.assert_close(scores, expected, atol=1e-5, rtol=0)
    assert (found[0] - found[1]).abs().max() > 1e-3
    assert model.training and not hasattr(model, "soft_prompt")


def test_what_does_not_fit_is_refused():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    for shape in [(5, 32), (2, 5, 31), (0, 5, 32)]:
        with pytest.raises(CourseError, match="do not fit"):
            ensemble_scores(model, tokenizer, PROMPT, TEXTS, torch.zeros(shape))
    add_soft_prompt(model, SoftPrompt(torch.zeros(2, 32)))
    with pytest.raises(CourseError, match="already"):
        ensemble_scores(model, tokenizer, PROMPT, TEXTS, soft_prompts())


def test_the_majority_wins_and_ties_go_to_the_lowest():
    predictions = torch.tensor([[1, 2, 3, 0], [1, 0, 3, 1], [0, 2, 1, 1], [2, 0, 1, 1]])
    assert majority_vote(predictions).tolist() == [1, 0, 1, 1]


def test_ties_of_a_vote_go_to_the_higher_mean_score():
    sure, unsure = [0.1, 0.9], [0.6, 0.4]
    scores = torch.tensor([[sure, unsure], [unsure, unsure], [unsure, sure], [sure, sure]])
    assert vote(scores).tolist() == [1, 1]
    assert majority_vote(scores.argmax(2)).tolist() == [0, 0]


def test_one_sure_prompt_does_not_outvote_two():
    scores = torch.tensor([[[0.0, 1.0]], [[0.51, 0.49]], [[0.51, 0.49]]])
    assert vote(scores).tolist() == [0]


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_an_ensemble_may_fill_all_positions_but_no_more(kind):
    model, tokenizer = tiny_model(kind), tiny_tokenizer()
    full, prompt = "x" * (512 - 5 - 1), Prompt("{text}:", PROMPT.label_words)
    assert ensemble_scores(model, tokenizer, prompt, [full, "a"], soft_prompts()).isfinite().all()
    with pytest.raises(CourseError, match="508 tokens.* for 507"):
        ensemble_scores(model, tokenizer, prompt, ["a", full + "x"], soft_prompts())
    assert not hasattr(model, "soft_prompt")


@pytest.mark.parametrize("texts", [[], "one", ["a", None]])
def test_other_texts_are_refused(texts):
    with pytest.raises(CourseError, match="text"):
        ensemble_scores(tiny_model(), tiny_tokenizer(), PROMPT, texts, soft_prompts())


def test_answers_that_are_no_numbers_are_refused_and_the_prompts_taken_away():
    model = tiny_model().train()
    with pytest.raises(CourseError, match="not finite"):
        ensemble_scores(model, tiny_tokenizer(), PROMPT, TEXTS, soft_prompts() * torch.nan)
    assert not hasattr(model, "soft_prompt") and model.training


NO_VOTES = [
    torch.zeros(0, 3, dtype=torch.int64),
    torch.zeros(3, 0, dtype=torch.int64),
    torch.zeros(3, dtype=torch.int64),
    torch.tensor([[0, -1]]),
    torch.tensor([[0.0, 1.0]]),
    torch.tensor([[True, False]]),
]


@pytest.mark.parametrize("predictions", NO_VOTES, ids=range(len(NO_VOTES)))
def test_what_is_no_vote_cannot_be_counted(predictions):
    with pytest.raises(CourseError, match="cannot be counted"):
        majority_vote(predictions)


@pytest.mark.parametrize(
    "scores", [torch.ones(0, 3, 2), torch.ones(3, 0, 2), torch.ones(3, 2, 0), torch.ones(3, 2),
               torch.full((1, 1, 2), torch.nan)]
)  # fmt: skip
def test_what_is_no_score_cannot_be_counted(scores):
    with pytest.raises(CourseError, match="cannot be counted"):
        vote(scores)


def test_one_vote_of_one_prompt_decides():
    assert majority_vote(torch.tensor([[2]], dtype=torch.int32)).tolist() == [2]
    logits = torch.tensor([[[-3.0, -4.0]], [[-3.0, -4.0]], [[-9.0, -2.0]]])
    assert vote(logits[1:]).tolist() == [1] and vote(logits).tolist() == [0]
