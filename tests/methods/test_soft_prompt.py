"""Soft prompts: a prompt made of words must act as these words, and nothing else may train."""

import pytest
import torch

from course_utils.data.batches import collate, encode
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure.perplexity import measure_perplexity
from course_utils.measure.scoring import label_scores
from course_utils.methods.soft_prompt import (
    SoftPrompt,
    add_soft_prompt,
    common_tokens,
    label_init,
    random_init,
    remove_soft_prompt,
    sampled_init,
    text_init,
)
from course_utils.model.forward import answer_logits
from course_utils.model.tiny import tiny_model, tiny_tokenizer
from course_utils.training.backward import backward
from course_utils.training.loop import train
from course_utils.training.plan import Example, TrainingConfig

KINDS = ["llama", "qwen2", "gpt2"]
WORDS = (" negative", " positive")
TEXTS = ["a good film", "bad", "", "the plot is thin but the actors are a joy", "a good film!"]
PROMPT = Prompt("Review: {text}\nSentiment:", WORDS)
SHOTS = [("fine acting", 1), ("dull", 0)]
BEFORE = "Is it good or bad?"


def table_of(model):
    return model.get_input_embeddings().weight


def with_words(kind):
    """A model whose soft prompt consists of the words of ``BEFORE``."""
    model, tokenizer = tiny_model(kind), tiny_tokenizer()
    length = len(tokenizer.encode(BEFORE))
    add_soft_prompt(model, SoftPrompt(text_init(table_of(model), tokenizer, BEFORE, length)))
    return model, tokenizer, length


@pytest.mark.parametrize("kind", KINDS)
def test_a_prompt_of_words_gives_the_logits_of_these_words(kind):
    model, tokenizer, _ = with_words(kind)
    sequences = [[5, 9, 3], [7], [4] * 11, [8, 8, 2, 1]]
    words = tokenizer.encode(BEFORE)
    logits = answer_logits(model, collate(sequences, tokenizer.pad_token_id))
    for row, ids in zip(logits, sequences):
        expected = tiny_model(kind)(input_ids=torch.tensor([words + ids])).logits[0, -1]
        torch.testing.assert_close(row, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shots", [[], SHOTS], ids=["zero", "few"])
def test_label_scores_with_a_shared_prefix(kind, shots):
    model, tokenizer, _ = with_words(kind)
    prompt = PROMPT.with_shots(shots)
    spelled = Prompt(BEFORE + prompt.template, WORDS, "")
    if shots:
        spelled = Prompt("{text}", WORDS, BEFORE)
    texts = [prompt.render(text) for text in TEXTS] if shots else TEXTS
    expected = label_scores(tiny_model(kind), tokenizer, spelled, texts)
    found = label_scores(model, tokenizer, prompt, TEXTS)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)
    bare = label_scores(tiny_model(kind), tokenizer, prompt, TEXTS)
    assert (found - bare).abs().max() > 1e-3


def test_label_scores_of_texts_that_share_nothing():
    model, tokenizer, _ = with_words("llama")
    found = label_scores(model, tokenizer, Prompt("{text} =>", WORDS), ["abc", "xy", "a b"])
    spelled = Prompt(BEFORE + "{text} =>", WORDS)
    expected = label_scores(tiny_model(), tokenizer, spelled, ["abc", "xy", "a b"])
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_perplexity_is_that_of_the_text_behind_the_prompt(kind):
    model, tokenizer, length = with_words(kind)
    losses = []
    for ids in encode(tokenizer, TEXTS):
        if len(ids) > 1:
            both = torch.tensor([tokenizer.encode(BEFORE) + ids])
            logits = tiny_model(kind)(input_ids=both).logits[0, length:-1]
            targets = torch.tensor(ids[1:])
            losses += torch.nn.functional.cross_entropy(logits, targets, reduction="none").tolist()
    expected = torch.tensor(losses).mean().exp().item()
    assert measure_perplexity(model, tokenizer, TEXTS).value == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_prompt_trains(kind, tmp_path):
    model = tiny_model(kind)
    init = random_init(table_of(model), 4, torch.Generator().manual_seed(0))
    assert add_soft_prompt(model, SoftPrompt(init)) == 4 * 32
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    examples = [Example([5, 6, 7 + i % 2], 260 + i % 2) for i in range(24)]
    backward(model, examples[:4], 0)
    named = dict(model.named_parameters())
    assert [name for name, p in named.items() if p.grad is not None] == ["soft_prompt.embedding"]
    model.zero_grad()
    config = TrainingConfig(learning_rate=1e-1, steps=30, batch_size=8, validate_every=10)
    history = train(model, examples, examples[:8], config, pad_id=0, folder=tmp_path)
    assert history.best[1] < history.validations[0][1] - 0.05
    moved = {name for name, p in model.named_parameters() if not torch.equal(p, before[name])}
    assert moved == {"soft_prompt.embedding"}


def test_a_bfloat16_model_has_a_float32_prompt():
    model = tiny_model().bfloat16()
    add_soft_prompt(model, SoftPrompt(table_of(model)[5:8]))
    backward(model, [Example([5, 6], 7)], 0)
    embedding = model.soft_prompt.embedding
    assert embedding.dtype == embedding.grad.dtype == torch.float32
    assert model.dtype == torch.bfloat16 and embedding.grad.abs().sum() > 0


def test_without_the_prompt_the_model_is_as_before():
    model, tokenizer, _ = with_words("llama")
    soft_prompt = remove_soft_prompt(model)
    expected = label_scores(tiny_model(), tokenizer, PROMPT, TEXTS)
    assert torch.equal(label_scores(model, tokenizer, PROMPT, TEXTS), expected)
    add_soft_prompt(model, soft_prompt)


@pytest.mark.parametrize("shape", [(3, 31), (0, 32), (32,), (1, 3, 32)])
def test_a_prompt_that_does_not_fit_is_refused(shape):
    model = tiny_model()
    with pytest.raises(CourseError, match=r"\(length, 32\)"):
        add_soft_prompt(model, SoftPrompt(torch.zeros(shape)))
    assert table_of(model).requires_grad


def test_a_second_prompt_is_refused_and_so_is_removing_none():
    model, _, _ = with_words("llama")
    with pytest.raises(CourseError, match="already"):
        add_soft_prompt(model, SoftPrompt(torch.zeros(2, 32)))
    remove_soft_prompt(model)
    with pytest.raises(CourseError, match="no soft prompt"):
        remove_soft_prompt(model)


def test_random_vectors_are_as_long_as_words():
    table = torch.randn(500, 64) * torch.rand(500, 1) * 7
    vectors = random_init(table, 400, torch.Generator().manual_seed(0))
    assert vectors.norm(dim=1).mean().item() == pytest.approx(
        table.norm(dim=1).mean().item(), rel=0.03
    )
    assert torch.equal(vectors, random_init(table, 400, torch.Generator().manual_seed(0)))
    assert vectors.shape == (400, 64) and vectors.mean().abs() < 0.1


def test_common_tokens_come_in_the_order_of_their_counts():
    ids = common_tokens(tiny_tokenizer(), ["aaab good", "aab good good good good good good"], 3)
    assert tiny_tokenizer().convert_ids_to_tokens(ids) == ["\u0120good", "a", "b"]


def test_sampled_vectors_are_rows_of_common_tokens():
    table = torch.randn(50, 8).bfloat16()
    vectors = sampled_init(table, 40, [3, 7, 11], torch.Generator().manual_seed(0))
    rows = {tuple(row) for row in table[[3, 7, 11]].float().tolist()}
    assert {tuple(row) for row in vectors.tolist()} == rows
    assert vectors.dtype == torch.float32 and vectors.shape == (40, 8)


def test_label_vectors_are_the_words_in_turn_and_a_copy():
    table = torch.randn(50, 8)
    vectors = label_init(table, [9, 4], 5)
    assert torch.equal(vectors, table[[9, 4, 9, 4, 9]])
    assert torch.equal(label_init(table, [9, 4, 7], 2), table[[9, 4]])
    vectors.zero_()
    assert table[9].abs().sum() > 0


def test_the_prompt_shares_no_memory_with_the_table():
    model = tiny_model()
    row = table_of(model)[:1]
    prompt = SoftPrompt(row)
    with torch.no_grad():
        prompt.embedding.add_(1.0)
    assert torch.equal(table_of(model)[:1], row)
    assert prompt.embedding.data_ptr() != table_of(model).data_ptr()


GENERATOR = torch.Generator()
STARTS = {
    "random": lambda length: random_init(torch.ones(9, 4), length, GENERATOR),
    "sampled": lambda length: sampled_init(torch.ones(9, 4), length, [0, 8], GENERATOR),
    "labels": lambda length: label_init(torch.ones(9, 4), [0, 8], length),
    "text": lambda length: text_init(torch.ones(300, 4), tiny_tokenizer(), "ab", length),
}


@pytest.mark.parametrize("start", STARTS)
def test_a_start_has_at_least_one_vector(start):
    assert STARTS[start](1).shape == (1, 4)
    for length in (0, -1, 2.0, None, True):
        with pytest.raises(CourseError, match="^length = "):
            STARTS[start](length)


@pytest.mark.parametrize("ids, words", [([], "no token"), ([9], "token id = 9"), ([-1], "= -1"),
                                        ([1.0], "= 1.0"), (["a"], "= 'a'")])  # fmt: skip
def test_tokens_to_start_from_are_rows_of_the_table(ids, words):
    with pytest.raises(CourseError, match=words):
        label_init(torch.ones(9, 4), ids, 3)
    with pytest.raises(CourseError, match=words):
        sampled_init(torch.ones(9, 4), 3, ids, GENERATOR)


@pytest.mark.parametrize("text", ["", None, 3, "\ud800"])
def test_a_text_to_start_from_has_a_token(text):
    with pytest.raises(CourseError, match="no token|text to start from"):
        text_init(torch.ones(300, 4), tiny_tokenizer(), text, 3)


@pytest.mark.parametrize("generator", [None, 0, torch])
def test_starts_are_drawn_by_a_generator(generator):
    for start in (lambda: random_init(torch.ones(9, 4), 3, generator),
                  lambda: sampled_init(torch.ones(9, 4), 3, [1], generator)):  # fmt: skip
        with pytest.raises(CourseError, match=r"torch.Generator\(\)"):
            start()


def test_a_table_that_is_not_finite_has_no_length():
    with pytest.raises(CourseError, match="not finite"):
        random_init(torch.full((9, 4), torch.nan), 3, GENERATOR)


@pytest.mark.parametrize("texts, count", [([], 3), ("abc", 3), (["", ""], 3), (["ab"], 0)])
def test_common_tokens_of_nothing_are_refused(texts, count):
    with pytest.raises(CourseError, match="text|count"):
        common_tokens(tiny_tokenizer(), texts, count)
    assert len(common_tokens(tiny_tokenizer(), ["ab", ""], 1)) == 1


def test_a_table_has_two_dimensions():
    for start in (lambda: random_init(torch.ones(9), 3, GENERATOR),
                  lambda: label_init(torch.ones(9), [1], 3)):  # fmt: skip
        with pytest.raises(CourseError, match="no table"):
            start()
