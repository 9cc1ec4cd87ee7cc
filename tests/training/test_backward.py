"""A step's gradients: micro-batches against the whole batch, and the loss against its formula."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.methods.soft_prompt import SoftPrompt, add_soft_prompt
from course_utils.model.tiny import tiny_model
from course_utils.quantisation.layer import make_qlora
from course_utils.training import backward as backward_module
from course_utils.training.backward import backward, explained_out_of_memory, mean_loss
from course_utils.training.plan import Example


def some_examples(count=40, seed=0):
    generator = torch.Generator().manual_seed(seed)
    draw = lambda n: torch.randint(5, 250, (n,), generator=generator).tolist()  # noqa: E731
    return [Example(draw(3 + i % 11), 260 + i % 2) for i in range(count)]


def test_micro_batches_give_the_gradient_of_the_whole_batch(monkeypatch):
    model, examples = tiny_model(), some_examples(9)
    losses, gradients = [], []
    for budget in (10_000, 16):
        monkeypatch.setitem(backward_module.MICRO_BATCH_TOKENS, "cpu", budget)
        losses.append(backward(model, examples, 0))
        gradients.append(torch.cat([p.grad.flatten() for p in model.parameters()]))
        model.zero_grad()
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)
    torch.testing.assert_close(gradients[0], gradients[1], atol=1e-6, rtol=1e-4)


def test_micro_batches_are_larger_where_each_dequantises_all_weights(monkeypatch):
    monkeypatch.setitem(backward_module.MICRO_BATCH_TOKENS, "cpu", 32)
    model, quantised, sizes = tiny_model(), tiny_model(), []
    make_qlora(quantised, 2, 4.0)
    real = backward_module._loss_sum

    def counting(model, examples, pad_id):
        sizes.append(len(examples))
        return real(model, examples, pad_id)

    monkeypatch.setattr(backward_module, "_loss_sum", counting)
    for m in (model, quantised):
        backward(m, [Example([5, 6, 7, 8], 260)] * 16, 0)
    assert len(set(sizes)) == 2 and sizes.count(max(sizes)) * 2 == sizes.count(min(sizes))


def test_loss_is_cross_entropy_at_the_answer():
    model, example = tiny_model(), Example([5, 9, 11], 260)
    logits = model(input_ids=torch.tensor([example.ids])).logits[0, -1]
    expected = -logits.log_softmax(0)[260].item()
    assert backward(model, [example], 0) == pytest.approx(expected, abs=1e-5)


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
