"""Two controls for the task ``pair``: each review is scored on its own, then two are compared.

What they get right needs no model that compares two reviews by itself (lesson 4).
"""

import datasets
import numpy
import torch
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.columns import texts_and_labels
from course_utils.data.pairs import reviews_of
from course_utils.data.prompts import Prompt
from course_utils.data.tasks import Task
from course_utils.measure.baselines import STRENGTHS
from course_utils.measure.evaluation import Evaluation, fingerprint
from course_utils.measure.scoring import label_scores


def evaluate_one_by_one(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    dataset: datasets.Dataset,
) -> Evaluation:
    """Ask for the sentiment of each review alone; the one with the higher score is the answer.

    Args:
        model, tokenizer: to ask.
        prompt: about one review; its second label word is the positive one.
        dataset: of the task ``pair``.

    Returns:
        Scores (pairs, 2) float32: the probability of the positive word after A and after B, divided
        by their sum.

    Raises:
        CourseError: a text is no pair, or see ``scoring.label_scores``.
    """
    texts, labels = texts_and_labels(dataset, 2)
    reviews = [review for text in texts for review in reviews_of(text)]
    positive = label_scores(model, tokenizer, prompt, reviews)[:, 1].reshape(-1, 2)  # A, B
    scores = positive / positive.sum(1, keepdim=True)
    return Evaluation(scores, torch.tensor(labels), fingerprint(texts))


def evaluate_pair_bag_of_words(task: Task) -> Evaluation:
    """TF-IDF of words and word pairs, B's less A's, and a logistic regression, on the test pairs.

    It learns from the same labels as the trained methods do. There is no intercept, so each review
    gets a value of its own, and the difference of two is the answer (Bradley and Terry 1952). C is
    the one of ``baselines.STRENGTHS`` with the best log-likelihood on the validation pairs.

    Returns:
        Scores (test pairs, 2) float32; each row sums to 1. It takes seconds on a CPU.

    Raises:
        CourseError: a text is no pair, or see ``data.columns.texts_and_labels``.
    """
    train_texts, train_labels = texts_and_labels(task.train, 2)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    words.fit([review for text in train_texts for review in reviews_of(text)])
    train = _differences(words, train_texts)
    validation_texts, validation_labels = texts_and_labels(task.validation, 2)
    validation = _differences(words, validation_texts)

    def loss(model: LogisticRegression) -> float:
        probabilities = model.predict_proba(validation)
        return float(log_loss(validation_labels, probabilities, labels=[0, 1]))

    fitted = [
        LogisticRegression(C=c, solver="liblinear", fit_intercept=False, max_iter=1000).fit(
            train, train_labels
        )
        for c in STRENGTHS
    ]
    texts, labels = texts_and_labels(task.test, 2)
    scores = min(fitted, key=loss).predict_proba(_differences(words, texts))
    scores = torch.from_numpy(numpy.asarray(scores)).float()
    return Evaluation(scores, torch.tensor(labels), fingerprint(texts))


def _differences(words: TfidfVectorizer, texts: list[str]) -> csr_matrix:
    """(pairs, vocabulary): the features of B less those of A."""
    first, second = zip(*map(reviews_of, texts))
    return words.transform(second) - words.transform(first)
