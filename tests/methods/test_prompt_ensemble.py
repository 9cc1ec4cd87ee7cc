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
