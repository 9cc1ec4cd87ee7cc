"""A step's gradients: micro-batches against the whole batch, and the loss against its formula."""

import dataclasses
import math

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.memory.measured import saved_bytes
from course_utils.methods.lora import add_lora
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model.forward import text_logits
from course_utils.model.load import norms_in_float32
from course_utils.model.selftest import ways
from course_utils.model.tiny import tiny_model
from course_utils.training import backward as backward_module
from course_utils.training.backward import (
    backward,
    explained_out_of_memory,
    mean_loss,
    micro_batch_tokens,
)
from course_utils.training.plan import Example


def some_examples(count=40, seed=0):
    generator = torch.Generator().manual_seed(seed)
    draw = lambda n: torch.randint(5, 250, (n,), generator=generator).tolist()  # noqa: E731
    return [Example(draw(3 + i % 11), 260 + i % 2) for i in range(count)]


class Counted:
    """Counts the calls of a function."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *arguments):
        self.calls += 1
        return self.function(*arguments)


def gradient_of(model, examples):
    loss = backward(model, examples, 0)
    gradient = torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])
    model.zero_grad()
    return loss, gradient


@pytest.mark.parametrize("kind, lora", [("llama", False), ("llama", True), ("gpt2", False)])
def test_any_micro_batch_packed_or_not_gives_the_gradient_of_one_text_after_the_other(
    kind, lora, monkeypatch
):
    model, examples = tiny_model(kind), some_examples(9)
    if lora:
        add_lora(model, 2, 4.0)
    results = []
    for tokens, packs in [(1, False), (16, True), (16, False), (10_000, True), (10_000, False)]:
        monkeypatch.setattr(backward_module, "micro_batch_tokens", lambda *_, t=tokens: t)
        model.course_ways = dataclasses.replace(ways(model), packs=packs)
        results.append(gradient_of(model, examples))
    for loss, gradient in results[1:]:
        assert loss == pytest.approx(results[0][0], abs=1e-5)
        torch.testing.assert_close(gradient, results[0][1], atol=1e-6, rtol=1e-4)


def test_micro_batches_follow_the_memory_that_is_free(monkeypatch):
    model = tiny_model()
    a_token = backward_module.activation_bytes(model.config, 10) / backward_module.SHARE_OF_MEMORY
    found = []
    for tokens in (10**9, 3072, 3071, 400, 383, 100, 0):
        monkeypatch.setattr(backward_module, "available_memory", lambda n=tokens: n * a_token)
        found.append(micro_batch_tokens(model, 10))
    assert found == [3072, 3072, 1536, 384, 192, 192, 192]


def test_a_given_micro_batch_overrides_what_would_fit(monkeypatch):
    model, examples = tiny_model(), some_examples(9)
    expected = gradient_of(model, examples)
    monkeypatch.setenv("COURSE_MICRO_BATCH", "30")
    assert micro_batch_tokens(model, 10) == 30
    monkeypatch.setattr(backward_module, "_loss_sum", counted := Counted(backward_module._loss_sum))
    found = gradient_of(model, examples)
    assert counted.calls > 1 and found[0] == pytest.approx(expected[0], abs=1e-5)
    torch.testing.assert_close(found[1], expected[1], atol=1e-6, rtol=1e-4)


def test_longer_texts_leave_room_for_fewer_tokens(monkeypatch):
    model = tiny_model()
    a_token = backward_module.activation_bytes(model.config, 160) / backward_module.SHARE_OF_MEMORY
    monkeypatch.setattr(backward_module, "available_memory", lambda: 3072 * a_token)
    assert micro_batch_tokens(model, 160) == 3072
    assert micro_batch_tokens(model, 640) == 768


@pytest.mark.parametrize("length", [64, 256])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("kind", ["llama", "qwen2", "gpt2"])
def test_activations_are_as_large_as_counted_within_a_factor_of_two(kind, dtype, length):
    model = tiny_model(kind).to(dtype).train()
    norms_in_float32(model)
    kept = saved_bytes(model, lambda: text_logits(model, [[5] * length] * 4, 0)) / (4 * length)
    assert 0.5 < kept / backward_module.activation_bytes(model.config, length) < 2


def test_loss_is_cross_entropy_at_the_answer():
    model, example = tiny_model(), Example([5, 9, 11], 260)
    logits = model(input_ids=torch.tensor([example.ids])).logits[0, -1]
    expected = -logits.log_softmax(0)[260].item()
    assert backward(model, [example], 0) == pytest.approx(expected, abs=1e-5)


def by_formula(model, example):
    """-log of the product of the probabilities of the answer's tokens, one text at a time."""
    tokens = [*example.ids, example.answer]
    before = model.soft_prompt.embedding if hasattr(model, "soft_prompt") else torch.empty(0, 32)
    words = model.get_input_embeddings()(torch.tensor(example.ids))
    logits = model(inputs_embeds=torch.cat([before, words])[None]).logits[0]
    product = 1.0
    for place in range(len(tokens) - example.answer_tokens, len(tokens)):
        product *= logits[len(before) + place - 1].softmax(0)[tokens[place]].item()
    return -math.log(product)


@pytest.mark.parametrize("packs, fast", [(True, True), (False, True), (False, False)])
@pytest.mark.parametrize("kind, method", [("llama", "lora"), ("qwen2", "prompt"), ("gpt2", "full")])
def test_an_answer_of_several_tokens_has_the_loss_of_the_chain_rule(
    kind, method, packs, fast, monkeypatch
):
    model, tokens = tiny_model(kind), [1, 4, 2, 1, 3]
    examples = [
        dataclasses.replace(example, answer_tokens=count)
        for example, count in zip(some_examples(5), tokens)
    ]
    if method == "lora":
        add_lora(model, 2, 4.0)
    if method == "prompt":
        add_soft_prompt(model, SoftPrompt(torch.randn(3, 32)))
    model.course_ways = dataclasses.replace(ways(model), packs=packs, fast=fast)
    expected = sum(by_formula(model, example) for example in examples) / 5
    assert mean_loss(model, examples, 0) == pytest.approx(expected, rel=1e-4)
    whole = gradient_of(model, examples)
    monkeypatch.setattr(backward_module, "micro_batch_tokens", lambda *_: 1)  # one at a time
    alone = gradient_of(model, examples)
    assert whole[0] == pytest.approx(expected, rel=1e-4) == alone[0]
    torch.testing.assert_close(whole[1], alone[1], atol=1e-5, rtol=1e-4)


def test_validation_leaves_the_mode_as_it_was_even_after_an_error():
    for training in (True, False):
        model = tiny_model().train(training)
        mean_loss(model, some_examples(3), 0)
        assert model.training is training
        with pytest.raises(IndexError):
            mean_loss(model, [Example([10**6], 5)], 0)
        assert model.training is training


def test_a_loss_over_nothing_or_that_is_no_number_is_refused():
    model = tiny_model()
    with pytest.raises(CourseError, match="no examples"):
        mean_loss(model, [], 0)
    with torch.no_grad():
        model.model.norm.weight[0] = float("nan")
    with pytest.raises(CourseError, match="The loss over 3 examples is nan"):
        mean_loss(model, some_examples(3), 0)


def test_padding_does_not_run_over_the_last_position():
    model, room = tiny_model("gpt2"), 512
    add_soft_prompt(model, SoftPrompt(torch.randn(3, 32)))
    examples = [Example([5] * (room - 3), 260), Example([5] * (room - 7), 260)]
    expected = [mean_loss(model, [example], 0) for example in examples]
    assert mean_loss(model, examples, 0) == pytest.approx(sum(expected) / 2, rel=1e-4)
    with pytest.raises(CourseError, match="510 tokens"):
        mean_loss(model, [Example([5] * (room - 2), 260)], 0)


def test_a_full_memory_of_the_computer_is_said():
    batch, model = some_examples(2), tiny_model()
    with pytest.raises(CourseError, match="computer's memory ran out"):
        with explained_out_of_memory(model, batch):
            torch.empty(2**48)
    with pytest.raises(RuntimeError, match="something else"):
        with explained_out_of_memory(model, batch):
            raise RuntimeError("something else")
