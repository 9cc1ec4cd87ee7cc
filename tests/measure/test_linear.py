"""The linear model of a task: telling words, many labels, and what takes both sentences."""

import random

import datasets
import numpy
import pytest
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from course_utils.data.same import LABEL_WORDS, same_columns
from course_utils.data.tasks import Task
from course_utils.measure import linear
from course_utils.measure.evaluation import fingerprint
from course_utils.measure.linear import evaluate_linear

TELLING = ("dull", "fair", "fine", "superb")


def texts_of(count, seed, label_of=lambda i: i % 3):
    draw = random.Random(seed)
    labels = [label_of(i) for i in range(count)]
    told = [n if draw.random() < 0.9 else draw.randrange(3) for n in labels]
    texts = [f"w{draw.randrange(20)}x {TELLING[n]} v{draw.randrange(20)}x" for n in told]
    return datasets.Dataset.from_dict({"text": texts, "label": labels})


def task_of(train, validation, test, name="strength", words=(" a", " b", " c", " d")):
    return Task(name, words, train, validation, test)


def test_the_telling_words_are_found_and_a_label_that_was_never_seen_is_never_given():
    task = task_of(texts_of(120, 0), texts_of(60, 1), texts_of(90, 2))
    found = evaluate_linear(task)
    assert 0.8 < found.accuracy < 1 and found.scores.shape == (90, 4)
    torch.testing.assert_close(found.scores.sum(1), torch.ones(90))
    assert found.scores[:, 3].max() < 1e-6
    assert found.items == fingerprint(task.test["text"][:])


def test_the_scores_are_those_of_one_regression_a_label_by_hand(monkeypatch):
    monkeypatch.setattr(linear, "STRENGTHS", (3.0,))
    train, test = texts_of(60, 0), texts_of(20, 2)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit(train["text"][:])
    known, unknown = words.transform(train["text"][:]), words.transform(test["text"][:])
    columns = []
    for label in range(3):
        own = [int(n == label) for n in train["label"]]
        model = LogisticRegression(C=3.0, solver="liblinear", max_iter=1000).fit(known, own)
        columns.append(model.predict_proba(unknown)[:, 1])
    expected = numpy.stack(columns, 1) / numpy.sum(columns, 0)[:, None]
    found = evaluate_linear(task_of(train, texts_of(20, 1), test, words=(" a", " b", " c")))
    assert found.scores.numpy() == pytest.approx(expected, abs=1e-4)


def test_c_is_the_one_that_the_validation_split_likes_best():
    """Where its labels are those of the texts, the surer model; where they are not, the less sure.

    A larger C is surer of itself.
    """
    train, test = texts_of(120, 0), texts_of(30, 2)
    good = texts_of(60, 1)
    bad = datasets.Dataset.from_dict(
        {"text": good["text"][:], "label": [(n + 1) % 3 for n in good["label"]]}
    )
    sure, unsure = (
        evaluate_linear(task_of(train, part, test)).scores.amax(1).mean() for part in (good, bad)
    )
    assert sure > 0.8 and unsure < 0.6


@pytest.fixture
def same():
    """Three sources with words of their own; what a pair is takes a look at both."""

    def part(seed):
        draw = random.Random(seed)
        rows = [
            (
                f"{'xyz'[i % 3] * 3}{draw.randrange(6)} {'xyz'[i % 3] * 3}{draw.randrange(6)} {i}",
                i % 3,
            )
            for i in range(600)
        ]
        return datasets.Dataset.from_dict(same_columns(rows, seed))

    return task_of(part(0), part(1), part(2), "same", LABEL_WORDS)


def test_two_sentences_are_compared_by_products_and_not_by_a_sum_of_words(same, monkeypatch):
    monkeypatch.setattr(linear, "TOPICS", 10)
    assert evaluate_linear(same).accuracy > 0.9
    words_alone = task_of(same.train, same.validation, same.test, "pair", LABEL_WORDS)
    assert evaluate_linear(words_alone).accuracy < 0.6
