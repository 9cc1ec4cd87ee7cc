"""The best of several prompts, chosen on validation items."""

import types

import pytest

from course_utils.data.chat import turn_end
from course_utils.data.prompts import Prompt
from course_utils.experiments import ladder_prompts
from course_utils.experiments.ladder_plan import TASKS
from course_utils.experiments.ladder_prompts import ASKED, few_shot, prompts_of, zero_shot
from course_utils.measure.scoring import evaluate
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from tests.data.test_chat import TURNS, tokenizer_with
from tests.experiments.test_label_counts import task  # noqa: F401


def test_zero_shot_is_the_best_template_or_better_by_calibration(task):  # noqa: F811
    model, tokenizer = tiny_model(), tiny_tokenizer()
    prompts = [Prompt(template, task.label_words) for template in ASKED["movies"]]
    plain = [evaluate(model, tokenizer, p, task.validation).accuracy for p in prompts]
    found = zero_shot(model, tokenizer, task, task.validation)
    assert found.accuracy >= max(plain) and found.prompt in prompts
    if not found.name.endswith("calibrated"):
        assert found.accuracy == max(plain)
        assert found.correct == evaluate(model, tokenizer, found.prompt, task.test).correct


def test_few_shot_has_examples_before_the_prompt(task, monkeypatch):  # noqa: F811
    monkeypatch.setattr(ladder_prompts, "SHOTS", (2,))
    prompt = prompts_of(task, tiny_tokenizer())[0]
    found = few_shot(tiny_model(), tiny_tokenizer(), task, task.validation, prompt)
    assert found.name.startswith("2 shots, draw") and found.prompt.template == prompt.template
    assert found.prompt.prefix.count("Sentiment:") == 2 and len(found.correct) == len(task.test)


@pytest.mark.parametrize("name", TASKS)
def test_every_task_has_four_templates(name):
    assert len(set(ASKED[name])) == 4


REPLIES = types.SimpleNamespace(name="rating", label_words=("one", "minus two"), whole_reply=True)


def test_a_whole_reply_is_asked_for_in_the_chat_form_and_ends_its_turn():
    tokenizer = tokenizer_with(TURNS.replace("[/]", "{{ eos_token }}"))
    for prompt in prompts_of(REPLIES, tokenizer):
        end = turn_end(tokenizer)
        assert prompt.label_words == (f"one{end}", f"minus two{end}")


def test_a_base_model_answers_behind_plain_text_and_ends_it():
    tokenizer = tiny_tokenizer()
    first = prompts_of(REPLIES, tokenizer)[0]
    assert first.template.endswith("{text}\nAnswer:\n")
    ends = [ids[-1] for ids in first.answer_ids(tokenizer)]
    assert ends == [tokenizer.eos_token_id] * 2
    asked = prompts_of(REPLIES, tokenizer, end="\n")[0]
    assert asked.label_words == ("one\n", "minus two\n") and asked.template == first.template
    assert len({ids[-1] for ids in asked.answer_ids(tokenizer)}) == 1


def test_words_alone_ask_a_base_model_for_a_line(monkeypatch):
    asked = []

    def evaluate_exact(model, tokenizer, prompt, items):
        asked.append(prompt)
        return types.SimpleNamespace(accuracy=0.5, correct="01")

    monkeypatch.setattr(ladder_prompts, "evaluate_exact", evaluate_exact)
    zero_shot(None, tiny_tokenizer(), types.SimpleNamespace(**vars(REPLIES), test=""), "")
    assert [prompt.label_words for prompt in asked] == [("one\n", "minus two\n")] * 5


def test_of_replies_the_prompt_with_the_most_right_ones_is_the_best(monkeypatch):
    shares = iter((0.1, 0.3, 0.2, 0.0))

    def evaluate_exact(model, tokenizer, prompt, items):
        said.append((prompt, items))
        return types.SimpleNamespace(accuracy=next(shares, None), correct="01")

    said = []
    monkeypatch.setattr(ladder_prompts, "evaluate_exact", evaluate_exact)
    replies = types.SimpleNamespace(**vars(REPLIES), test="test items")
    found = zero_shot(None, tiny_tokenizer(), replies, "validation items")
    assert (found.name, found.accuracy, found.correct) == ("template 1", 0.3, "01")
    assert [items for _, items in said] == ["validation items"] * 4 + ["test items"]
    assert said[-1][0] == said[1][0] == found.prompt
