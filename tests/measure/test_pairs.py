"""The two controls of the task ``pair``: against the reviews one at a time, and known answers."""

import types

import datasets
import pytest
import torch

from course_utils.data.pairs import pair_text, reviews_of
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.measure import pairs
from course_utils.measure.evaluation import fingerprint
from course_utils.measure.scoring import label_scores
from course_utils.model.tiny import tiny_model, tiny_tokenizer

PROMPT = Prompt("Review: {text}\nSentiment:", (" negative", " positive"))
GOOD, BAD = ("fine", "lovely", "superb", "moving"), ("dull", "clumsy", "tiresome", "shallow")


def items(count, shift=0):
    """Each pair has a good and a bad word, and one word that says nothing; the places alternate."""
    texts = []
    for i in range(count):
        good = f"{GOOD[(i + shift) % 4]} scene{i % 3}"
        bad = f"{BAD[(i // 2 + shift) % 4]} scene{i % 2}"
        texts.append(pair_text(bad, good) if i % 2 else pair_text(good, bad))
    return datasets.Dataset.from_dict({"text": texts, "label": [i % 2 for i in range(count)]})


def swapped(data):
    texts = [pair_text(*reversed(reviews_of(text))) for text in data["text"]]
    return datasets.Dataset.from_dict({"text": texts, "label": [1 - x for x in data["label"]]})


def test_one_by_one_compares_the_positive_scores_of_the_two_reviews_alone():
    model, tokenizer, data = tiny_model(), tiny_tokenizer(), items(7)
    found = pairs.evaluate_one_by_one(model, tokenizer, PROMPT, data)
    for row, text in enumerate(data["text"]):
        both = torch.cat(
            [label_scores(model, tokenizer, PROMPT, [r])[:, 1] for r in reviews_of(text)]
        )
        torch.testing.assert_close(found.scores[row], both / both.sum())
    assert found.labels.tolist() == data["label"][:]
    assert found.items == fingerprint(data["text"][:])


def test_one_by_one_turns_with_the_pair():
    model, tokenizer, data = tiny_model(), tiny_tokenizer(), items(7)
    one = pairs.evaluate_one_by_one(model, tokenizer, PROMPT, data)
    other = pairs.evaluate_one_by_one(model, tokenizer, PROMPT, swapped(data))
    torch.testing.assert_close(one.scores, other.scores.flip(1))


def test_the_bag_of_words_learns_which_words_are_good_and_turns_with_the_pair():
    train = items(24).select([i for i in range(24) if i % 6])  # with more of B than of A
    task = types.SimpleNamespace(train=train, validation=items(8), test=items(16, shift=1))
    found = pairs.evaluate_pair_bag_of_words(task)
    assert found.accuracy == 1.0 and found.items == fingerprint(task.test["text"][:])
    torch.testing.assert_close(found.scores.sum(1), torch.ones(16))
    task.test = swapped(task.test)
    torch.testing.assert_close(pairs.evaluate_pair_bag_of_words(task).scores.flip(1), found.scores)


def test_c_is_the_one_with_the_lowest_loss_on_the_validation_pairs():
    """Where the validation pairs agree, the least regularised is best; where they do not, the most.

    A larger C is surer of itself.
    """
    task = types.SimpleNamespace(train=items(24), validation=items(8), test=items(16, shift=1))
    sure = pairs.evaluate_pair_bag_of_words(task).scores.amax(1).mean()
    wrong = [1 - label for label in task.validation["label"]]
    task.validation = {"text": task.validation["text"][:], "label": wrong}
    unsure = pairs.evaluate_pair_bag_of_words(task).scores.amax(1).mean()
    assert sure > 0.95 and unsure < 0.7


def test_another_text_is_refused():
    data = {"text": ["one review"], "label": [0]}
    with pytest.raises(CourseError, match="not a pair of reviews"):
        pairs.evaluate_one_by_one(tiny_model(), tiny_tokenizer(), PROMPT, data)
