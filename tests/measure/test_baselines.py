"""Baselines on made-up texts with known answers, and against scikit-learn by hand."""

import math

import datasets
import numpy
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score

from course_utils.errors import CourseError
from course_utils.measure import baselines
from course_utils.measure.baselines import (
    STRENGTHS,
    bag_of_words,
    evaluate_bag_of_words,
    evaluate_lexicon,
    lexicon_scores,
    valence,
)
from course_utils.measure.evaluation import fingerprint

RATINGS = {"good": 1.9, "bad": -2.5, "fun": 0.1, "nice": 0.2, "dull": -0.3, ":)": 2.0, ":D": 2.3}


@pytest.fixture
def small_lexicon(monkeypatch):
    monkeypatch.setattr(baselines, "lexicon", lambda: RATINGS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A good film .", 1.9),
        ("GOOD, 'good' (good)!", 5.7),
        ("not good", 1.9),  # no rules
        ("good bad", -0.6),
        ("goodish ungood", 0.0),
        (":) :D :d", 4.3),  # as they are; a face in other letters is not listed here
        ("fun nice dull", 0.0),  # in floating point 0.1 + 0.2 - 0.3 is not 0
        ("", 0.0),
    ],
)
def test_the_valence_is_the_sum_over_known_words(text, expected):
    assert valence(text, RATINGS) == pytest.approx(expected, abs=1e-9)
    assert (valence(text, RATINGS) == 0) == (expected == 0)


def test_scores_rise_with_the_valence_and_are_even_without_known_words(small_lexicon):
    scores = lexicon_scores(["bad bad", "bad", "a film", "good", "good good"])
    assert scores.dtype == torch.float32 and scores.shape == (5, 2)
    torch.testing.assert_close(scores.sum(1), torch.ones(5))
    assert scores[:, 1].tolist() == sorted(scores[:, 1].tolist())
    assert scores[2].tolist() == [0.5, 0.5]
    compound = 2 * scores[3, 1].item() - 1  # as the package counts it
    assert compound == pytest.approx(1.9 / math.sqrt(1.9**2 + 15))


def test_a_text_without_known_words_counts_as_negative(small_lexicon):
    texts = ["good", "bad", "a film"]
    result = evaluate_lexicon(datasets.Dataset.from_dict({"text": texts, "label": [1, 1, 0]}))
    assert result.predictions.tolist() == [1, 0, 0] and result.correct == "101"
    assert result.items == fingerprint(texts)


def test_the_lexicon_knows_two_labels(small_lexicon):
    with pytest.raises(CourseError, match="from 0 to 2 do not fit"):
        evaluate_lexicon({"text": ["good", "bad"], "label": [0, 2]})


def reviews(count, seed=0):
    """Texts of four words, of which one tells the label nine times in ten."""
    generator = numpy.random.default_rng(seed)
    labels = generator.integers(0, 2, count).tolist()
    texts = []
    for label in labels:
        told = label if generator.random() < 0.9 else 1 - label
        others = " ".join(f"w{number}x" for number in generator.integers(0, 40, 3))
        texts.append(f"{others} {('awful', 'lovely')[told]}")
    return {"text": texts, "label": labels}


def test_the_linear_model_finds_the_telling_word():
    train, test = reviews(200), reviews(300, seed=1)
    result = evaluate_bag_of_words(
        datasets.Dataset.from_dict(train), datasets.Dataset.from_dict(test)
    )
    assert 0.85 < result.accuracy < 0.95
    assert result.items == fingerprint(test["text"]) and result.scores.dtype == torch.float32
    torch.testing.assert_close(result.scores.sum(1), torch.ones(300))
    sure = bag_of_words(train["text"], train["label"], ["lovely", "awful"])
    assert sure[0, 1] > 0.8 and sure[1, 0] > 0.8


def tf_idf(texts, others):
    """The weights by their formula: 1 + log(count), times 1 + log((1 + n) / (1 + df)), norm 1."""

    def grams(text):
        words = text.lower().split()
        return words + [" ".join(pair) for pair in zip(words, words[1:])]

    names = sorted({gram for text in texts for gram in grams(text)})
    count = numpy.array([[grams(text).count(name) for name in names] for text in texts + others])
    documents = (count[: len(texts)] > 0).sum(0)
    weights = numpy.where(count > 0, 1 + numpy.log(numpy.maximum(count, 1)), 0.0)
    weights *= 1 + numpy.log((1 + len(texts)) / (1 + documents))
    weights /= numpy.linalg.norm(weights, axis=1, keepdims=True)
    return weights[: len(texts)], weights[len(texts) :]


def test_weights_and_strength_are_what_the_docstring_says():
    train, test = reviews(60), reviews(20, seed=1)["text"] + ["awful awful awful lovely w1x"]
    known, unknown = tf_idf(train["text"], test)

    def model(strength):
        return LogisticRegression(C=strength, solver="liblinear", max_iter=1000)

    folds = StratifiedKFold(5, shuffle=True, random_state=3)
    means = [
        cross_val_score(
            model(strength), known, train["label"], cv=folds, scoring="neg_log_loss"
        ).mean()
        for strength in STRENGTHS
    ]
    assert len(set(means)) == len(STRENGTHS)
    best = model(STRENGTHS[int(numpy.argmax(means))]).fit(known, train["label"])
    found = bag_of_words(train["text"], train["label"], test, seed=3)
    assert found.numpy() == pytest.approx(best.predict_proba(unknown), abs=1e-3)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([0] * 6 + [1] * 4, "Label 1 has 4 training texts.*at least 5"),
        ([1] * 10, "Label 0 has 0 training texts"),
        ([0, 1] * 4 + [2, 2], "labels are .0, 1, 2."),
    ],
)
def test_labels_that_cannot_be_learned_are_refused(labels, words):
    with pytest.raises(CourseError, match=words):
        bag_of_words(["some words"] * 10, labels, ["a text"])


def test_texts_without_a_word_and_wrong_settings_are_refused():
    with pytest.raises(CourseError, match="no word of at least two letters"):
        bag_of_words(["a ."] * 10, [0, 1] * 5, ["a text"])
    with pytest.raises(CourseError, match="seed = "):
        bag_of_words(["some words"] * 10, [0, 1] * 5, ["a text"], seed=0.5)
    with pytest.raises(CourseError, match="no text"):
        bag_of_words(["some words"] * 10, [0, 1] * 5, [])
