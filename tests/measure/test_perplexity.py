"""Perplexity, and what training does to it."""

import numpy
import pytest
import torch

from course_utils.errors import CourseError
from course_utils.measure.perplexity import Perplexity, compare_perplexity, measure_perplexity
from course_utils.model.tiny import tiny_model, tiny_tokenizer

TEXTS = ["a good film", "bad", "", "the plot is thin but the actors are a joy", "a good film!"]


def test_perplexity_equals_the_plain_way():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    losses = []
    for text in TEXTS:
        ids = torch.tensor([tokenizer(text)["input_ids"]], dtype=torch.long)
        if ids.shape[1] > 1:
            logits = model(input_ids=ids).logits[0, :-1]
            loss = torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="none")
            losses += loss.tolist()
    expected = torch.tensor(losses).mean().exp().item()
    assert measure_perplexity(model, tokenizer, TEXTS).value == pytest.approx(expected, rel=1e-4)


def test_a_large_vocabulary_costs_no_digits():
    model, tokenizer = tiny_model(), tiny_tokenizer()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model.resize_token_embeddings(50_000, mean_resizing=False)
    model.model.norm.weight.data.fill_(4.0)  # some tokens are far likelier than others
    ids = torch.tensor([tokenizer(TEXTS[3])["input_ids"]])
    with torch.no_grad():
        logits = model(input_ids=ids).logits[0, :-1].double()
    expected = torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="sum").item()
    found = measure_perplexity(model, tokenizer, [TEXTS[3]])
    assert found.losses[0] == pytest.approx(expected, rel=1e-6)


def pair(changes, tokens=10):
    """Perplexities of texts of ten tokens each; the first is the second with other losses."""
    before = numpy.linspace(20.0, 60.0, len(changes))
    counts = numpy.full(len(changes), tokens)
    return Perplexity(before + numpy.array(changes), counts), Perplexity(before, counts)


def test_a_shift_of_all_texts_is_certain_although_the_texts_differ():
    change = compare_perplexity(*pair([1.0] * 50))
    assert change.ratio == pytest.approx(numpy.exp(0.1))
    assert change.low == pytest.approx(change.ratio) == change.high


def test_a_change_of_a_few_texts_has_an_interval_that_covers_none():
    change = compare_perplexity(*pair([8.0] + [0.0] * 49))
    assert change.low == pytest.approx(1.0) and change.high > change.ratio > 1.0


def test_the_interval_is_that_of_the_mean_change():
    changes = numpy.random.default_rng(1).normal(1.0, 2.0, 400)
    change = compare_perplexity(*pair(changes))
    half = 1.96 * changes.std() / 20 / 10  # of the mean log-ratio a token
    assert numpy.log(change.high / change.low) / 2 == pytest.approx(half, rel=0.1)


def test_other_texts_are_refused():
    with pytest.raises(ValueError, match="same texts"):
        compare_perplexity(pair([0.0] * 5)[0], pair([0.0] * 6)[1])


@pytest.mark.parametrize(
    "texts, words",
    [
        ([], "no text"),
        ("one", "list of texts"),
        (["a", None], "row 1"),
        (["a", "", "b"], "no token to predict"),
        (["ab", "x" * 513], "513 tokens.* for 512"),
    ],
)
def test_texts_without_a_perplexity_are_refused(texts, words):
    with pytest.raises(CourseError, match=words):
        measure_perplexity(tiny_model("gpt2"), tiny_tokenizer(), texts)


def test_one_predicted_token_is_enough_and_so_are_all_positions():
    found = measure_perplexity(tiny_model("gpt2"), tiny_tokenizer(), ["a", "ab", "x" * 512])
    assert found.counts.tolist() == [0, 1, 511] and found.losses[0] == 0


def test_losses_that_are_no_numbers_are_refused():
    model = tiny_model()
    with torch.no_grad():
        model.model.norm.weight[0] = torch.nan
    with pytest.raises(CourseError, match="not finite"):
        measure_perplexity(model, tiny_tokenizer(), ["ab"])
    with pytest.raises(CourseError, match="no token"):
        Perplexity(numpy.zeros(2), numpy.zeros(2, int))


def test_texts_without_a_predicted_token_change_nothing():
    after, before = pair([1.0, 3.0, -2.0, 0.5])
    padded = [
        Perplexity(numpy.append(each.losses, 0.0), numpy.append(each.counts, 0))
        for each in (after, before)
    ]
    assert compare_perplexity(*padded) == compare_perplexity(after, before)


def test_a_single_text_and_huge_losses_give_no_nan():
    change = compare_perplexity(*pair([2.0]))
    assert change.low == change.ratio == change.high == pytest.approx(numpy.exp(0.2))
    huge = [Perplexity(numpy.array([loss, 9e3]), numpy.array([10, 1])) for loss in (9e3, 8e3)]
    assert huge[0].value == numpy.inf
    change = compare_perplexity(*huge)
    assert change.ratio == pytest.approx(numpy.exp(1000 / 11)) and change.low <= change.ratio
