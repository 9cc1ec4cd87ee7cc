"""Baselines without a language model: a word list, and a linear model of word counts (lesson 1).

The word list needs no label, the linear model those of the training set; both take seconds. What a
language model is worth on a task is what it does better.
"""

import math
import string
from collections import Counter

import datasets
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from course_utils.assets.lexicon import lexicon
from course_utils.data.columns import checked_texts, texts_and_labels
from course_utils.errors import CourseError
from course_utils.measure.evaluation import Evaluation, fingerprint
from course_utils.validate import whole

SOFTEN = 15  # the package's constant: a sum of +-3.9 gives the scores 0.85 and 0.15
STRENGTHS = (0.1, 1.0, 10.0, 100.0, 1000.0)  # C of the logistic regression: 1 / regularisation
FOLDS = 5


def lexicon_scores(texts: list[str]) -> torch.Tensor:
    """Scores of negative and positive by VADER's word list (Hutto and Gilbert 2014).

    A text's valence is the sum of the mean ratings of its words, see ``valence``; it becomes a
    score as in the package, by v / sqrt(v * v + 15). The package's rules for negation, degree,
    capitals and exclamation marks are left out. A text with the sum 0, mostly one without a known
    word, gets 0.5 for both; an ``Evaluation`` counts it as negative, its first label.

    Returns:
        (texts, 2) float32: negative, positive; each row sums to 1.

    Raises:
        CourseError: see ``data.columns.checked_texts`` and ``assets.lexicon.lexicon``.
    """
    ratings = lexicon()
    sums = [valence(text, ratings) for text in checked_texts(texts)]
    positive = torch.tensor([0.5 + v / math.sqrt(v * v + SOFTEN) / 2 for v in sums])
    return torch.stack([1 - positive, positive], 1)


def valence(text: str, ratings: dict[str, float]) -> float:
    """The sum of the ratings of a text's words; a word that is not rated counts 0.

    Words are what white space divides. Each is looked up as it is (emoticons), else in lower case,
    else in lower case and without the punctuation around it.
    """
    total = 0.0
    for word in text.split():
        low = word.lower()
        forms = (word, low, low.strip(string.punctuation))
        total += next((ratings[form] for form in forms if form in ratings), 0.0)
    return round(total, 6)  # 0.1 + 0.2 - 0.3 is 0


def bag_of_words(
    train_texts: list[str], train_labels: list[int], texts: list[str], seed: int = 0
) -> torch.Tensor:
    """Probabilities of two labels by TF-IDF of words and word pairs and a logistic regression.

    The regression's C is the one of ``STRENGTHS`` with the best log-likelihood in a
    cross-validation of five folds on the training labels; the accuracy of many is the same. Words
    in lower case, counts as 1 + log(count).

    Args:
        train_texts, train_labels: to learn from; the labels are 0 and 1.
        texts: to predict.
        seed: of the folds.

    Returns:
        (texts, 2) float32; each row sums to 1.

    Raises:
        CourseError: there are other labels, not five texts of each, or no word in them; or see
            ``data.columns``.
    """
    train_texts, train_labels = texts_and_labels({"text": train_texts, "label": train_labels})
    _refuse_unlearnable(train_labels)
    texts = checked_texts(texts)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=whole("seed", seed, 0))
    words = vectoriser()
    try:
        counts = words.fit_transform(train_texts)
    except ValueError as error:  # "empty vocabulary": the texts have been checked
        raise CourseError(
            "The training texts have no word of at least two letters", "give others"
        ) from error
    model = LogisticRegression(solver="liblinear", max_iter=1000)  # the fastest that converges
    search = GridSearchCV(model, {"C": STRENGTHS}, scoring="neg_log_loss", cv=folds)
    search.fit(counts, train_labels)
    return torch.from_numpy(search.predict_proba(words.transform(texts))).float()


def vectoriser() -> TfidfVectorizer:
    """TF-IDF of words and word pairs in lower case, counts as 1 + log(count); not yet fitted."""
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)


def _refuse_unlearnable(labels: list[int]) -> None:
    """Both labels must be in every fold."""
    found = Counter(labels)
    if set(found) > {0, 1}:
        raise CourseError(
            f"The training labels are {sorted(found)}, and this baseline is of two",
            "take a task with the labels 0 and 1, such as 'movies'",
        )
    for label in (0, 1):
        if found[label] < FOLDS:
            raise CourseError(
                f"Label {label} has {found[label]} training texts, too few for a cross-validation",
                f"give at least {FOLDS} of each label",
            )


def evaluate_lexicon(dataset: datasets.Dataset) -> Evaluation:
    """The word list on a data set with the columns ``text`` and ``label`` (0 and 1).

    Raises:
        CourseError: a label is neither; or see ``lexicon_scores``.
    """
    texts, labels = texts_and_labels(dataset)
    return Evaluation(lexicon_scores(texts), torch.tensor(labels), fingerprint(texts))


def evaluate_bag_of_words(
    train: datasets.Dataset, dataset: datasets.Dataset, seed: int = 0
) -> Evaluation:
    """The linear model, trained on one data set, on another; see ``bag_of_words``.

    Raises:
        CourseError: a label is neither 0 nor 1; or see ``bag_of_words``.
    """
    texts, labels = texts_and_labels(dataset)
    scores = bag_of_words(*texts_and_labels(train), texts, seed)
    return Evaluation(scores, torch.tensor(labels), fingerprint(texts))
