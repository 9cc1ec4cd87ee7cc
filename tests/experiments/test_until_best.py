"""Trials that share a model and a batch are the trainings that each would be alone."""

import dataclasses
import math

import pytest
import torch

from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.experiments import until_best
from course_utils.experiments.together import LoRAs, SoftPrompts, Whole, words_as_start
from course_utils.experiments.until_best import (
    CAP,
    DIVERGED,
    PATIENCE,
    Rule,
    Trial,
    train_until_best,
    whole_batches,
)
from course_utils.methods.lora import add_lora
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model.tiny import WORDS, tiny_model, tiny_tokenizer
from course_utils.training import loop
from course_utils.training.plan import Example, TrainingConfig, make_examples
from tests.experiments.test_label_counts import items

pytestmark = pytest.mark.slow  # together many seconds

RULE = Rule(4, warmup=3, validate_every=4, patience=2, most_steps=16, cooldown=0)
PROMPT, PAD = Prompt("Review: {text}\nSentiment:", WORDS[1::-1]), 0
RATES, SEEDS = (3e-2, 1e-1, 1e-1), (0, 1, 5)


def examples(count, seed):
    return make_examples(tiny_tokenizer(), PROMPT, items(count, seed))


LABEL_IDS = PROMPT.label_ids(tiny_tokenizer())
VALIDATION, TEST = examples(6, 1), examples(10, 2)
TRIALS = [Trial(rate, seed, examples(24, seed)) for rate, seed in zip(RATES, SEEDS)]
WRONG = dict(zip(LABEL_IDS, [PAD] * 2))  # what is learned from it makes validation worse
TRIALS[2] = Trial(RATES[2], 5, [Example(e.ids, WRONG[e.answer]) for e in TRIALS[2].examples])


def together(model, trained, trials=TRIALS, rule=RULE):
    return train_until_best(model, trained, trials, VALIDATION, TEST, LABEL_IDS, rule, PAD)


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """The course's own training of one trial, at the rule's rates."""
    monkeypatch.setattr(
        loop, "learning_rate", lambda step, config: config.learning_rate * RULE.rate(step)
    )

    def train(model, trial, steps):
        config = TrainingConfig(
            trial.learning_rate, steps, RULE.batch_size, validate_every=RULE.validate_every,
            seed=trial.seed,
        )  # fmt: skip
        return loop.train(
            model, trial.examples, VALIDATION, config, pad_id=PAD, folder=tmp_path / "run"
        )

    return train


def assert_same(outcome, history, got, expected):
    steps, losses, _ = zip(*outcome.validations)
    assert list(steps) == [step for step, _ in history.validations]
    assert losses == pytest.approx([loss for _, loss in history.validations], abs=2e-5)
    assert outcome.best_step == history.best[0]
    for one, other in zip(got, expected, strict=True):
        torch.testing.assert_close(one, other, atol=2e-4, rtol=1e-3)


def test_soft_prompts_trained_together_are_those_trained_alone(alone):
    model = tiny_model()
    starts = [torch.randn(3, 32, generator=torch.Generator().manual_seed(s)) for s in SEEDS]
    trained = SoftPrompts(model, starts)
    outcomes = together(model, trained)
    for i, outcome in enumerate(outcomes):
        own = tiny_model()
        add_soft_prompt(own, SoftPrompt(starts[i]))
        history = alone(own, TRIALS[i], outcome.steps)
        assert_same(outcome, history, trained.parameters_of(i), [own.soft_prompt.embedding])
    assert len({outcome.steps for outcome in outcomes}) > 1


def test_loras_trained_together_are_those_trained_alone(alone):
    model = tiny_model("qwen2")  # its linear layers have biases
    trials = [Trial(rate / 10, t.seed, t.examples) for rate, t in zip(RATES, TRIALS)]
    trained = LoRAs(model, SEEDS, rank=2, alpha=6.0)
    for i, outcome in enumerate(together(model, trained, trials)):
        own = tiny_model("qwen2")
        add_lora(own, rank=2, alpha=6.0, seed=SEEDS[i])
        history = alone(own, trials[i], outcome.steps)
        expected = [p for p in own.parameters() if p.requires_grad]
        assert_same(outcome, history, trained.parameters_of(i), expected)


def test_full_fine_tuning_is_one_trial(alone):
    model = tiny_model()
    trial = Trial(3e-3, 1, TRIALS[0].examples)
    (outcome,) = together(model, Whole(model), [trial])
    own = tiny_model()
    history = alone(own, trial, outcome.steps)
    assert_same(outcome, history, model.parameters(), own.parameters())


def soft_trial(rate, rule, monkeypatch, losses):
    """One trial, of which validation says these losses."""
    left = iter(losses)
    monkeypatch.setattr(
        until_best,
        "answered",
        lambda m, given, *rest: (
            (next(left), "10" * (len(given) // 2))
            if given is VALIDATION
            else (0.0, "1" * len(given))
        ),
    )
    model = tiny_model()
    trained = SoftPrompts(model, [words_as_start(model, LABEL_IDS, 3)])
    return together(model, trained, [Trial(rate, 0, TRIALS[0].examples)], rule)[0]


def test_it_ends_when_validation_no_longer_improves(monkeypatch):
    outcome = soft_trial(1e-3, RULE, monkeypatch, [3.0, 2.0, 1.0, 1.0, 1.5, 0.0])
    assert (outcome.ended, outcome.steps, outcome.best_step) == (PATIENCE, 16, 8)
    outcome = soft_trial(1e-3, RULE, monkeypatch, [3.0, 2.0, 1.5, 1.4, 1.3])
    assert (outcome.ended, outcome.steps, outcome.best_step) == (CAP, 16, 16)
    assert [step for step, _ in outcome.readings] == [4, 8, 16]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_then_the_rate_falls_to_0_from_the_best_weights_on(monkeypatch, dtype):
    """Of bfloat16 weights the float32 masters go back too: the next step is made from them."""
    rule = dataclasses.replace(RULE, patience=1, cooldown=4)
    rates, states, losses = [], [], iter([3.0, 2.0, 2.5, 1.0])
    own = until_best.MixedPrecisionAdamW

    class Watched(own):
        def set_learning_rate(self, rate):
            rates.append(rate)
            states.append([(p.clone(), m.clone()) for p, m in zip(self.parameters, self.masters)])
            super().set_learning_rate(rate)

    def answered(model, given, *rest):
        return next(losses) if given is VALIDATION else 0.0, "1" * len(given)

    monkeypatch.setattr(until_best, "MixedPrecisionAdamW", Watched)
    monkeypatch.setattr(until_best, "answered", answered)
    model = tiny_model().to(dtype)
    (outcome,) = together(model, Whole(model), [Trial(1e-3, 0, TRIALS[0].examples)], rule)
    assert rates[:8] == pytest.approx([1e-3 * rule.rate(step) for step in range(8)])
    assert rates[8:] == pytest.approx([1e-3, 7.5e-4, 5e-4, 2.5e-4])
    for (weight, master), (best, best_master) in zip(states[8], states[4]):  # after step 4
        assert torch.equal(weight, best) and torch.equal(master, best_master)
    assert (outcome.steps, outcome.best_step, outcome.ended) == (12, 12, PATIENCE)
    assert [step for step, _ in outcome.readings] == [4, 8, 12]


def test_one_that_diverges_leaves_the_others_alone():
    model = tiny_model()
    start = words_as_start(model, LABEL_IDS, 3)
    trials = [TRIALS[0], Trial(math.inf, 0, TRIALS[0].examples)]
    with pytest.raises(CourseError):
        together(model, SoftPrompts(model, [start] * 2), trials)
    trials[1] = Trial(1e38, 0, TRIALS[0].examples)
    model = tiny_model()
    fine, lost = together(model, SoftPrompts(model, [start] * 2), trials)
    model = tiny_model()
    (same,) = together(model, SoftPrompts(model, [start]), trials[:1])
    assert lost.ended == DIVERGED and len(lost.readings[-1][1]) == len(TEST)
    assert fine.readings == same.readings and fine.best_step == same.best_step


def test_a_reading_has_the_best_weights_until_then_and_training_goes_on_with_its_own():
    model = tiny_model()
    rule = Rule(4, warmup=3, validate_every=4, patience=9, most_steps=8, cooldown=0)
    trained = SoftPrompts(model, [words_as_start(model, LABEL_IDS, 3)])
    (first,) = together(model, trained, TRIALS[:1], rule)
    longer = dataclasses.replace(rule, most_steps=16)
    model = tiny_model()
    trained = SoftPrompts(model, [words_as_start(model, LABEL_IDS, 3)])
    (second,) = together(model, trained, TRIALS[:1], longer)
    assert second.validations[: len(first.validations)] == first.validations
    assert second.readings[:2] == first.readings


def test_examples_fill_whole_batches():
    assert len(whole_batches(TRIALS[0].examples, 5)) == 20
    with pytest.raises(CourseError, match="do not fill a batch"):
        whole_batches(TRIALS[0].examples[:3], 4)
    model = tiny_model()
    with pytest.raises(CourseError, match="whole number of batches"):
        together(model, Whole(model), [Trial(1e-3, 0, examples(6, 0))])
