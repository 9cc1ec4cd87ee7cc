"""TF-IDF and logistic regression on a whole task, whatever its number of labels (lesson 6).

``measure.baselines`` has the same for two labels and a training set of any size; here C is chosen
on the validation split, so that many labels take seconds too.
"""

import numpy
import torch
from scipy.sparse import csr_matrix, vstack
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.multiclass import OneVsRestClassifier

from course_utils.data.columns import texts_and_labels
from course_utils.data.pairs import reviews_of
from course_utils.data.tasks import SPLITS, Task
from course_utils.measure.baselines import STRENGTHS, vectoriser
from course_utils.measure.evaluation import Evaluation, fingerprint

TOPICS = 50  # latent dimensions of a sentence of ``same``: 2,500 products for a pair
PRODUCT_STRENGTHS = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)  # C where the features have a deviation of 1


def evaluate_linear(task: Task) -> Evaluation:
    """A linear model of word counts, trained on a task's training split, on its test split.

    TF-IDF of words and word pairs, counts as 1 + log(count), as in ``baselines.bag_of_words``; a
    logistic regression for each label against the others, their probabilities divided by their sum.

    Of ``same`` no weighted sum of words can tell anything, as each sentence alone says nothing. So
    there the features are products: of every latent dimension of A (a truncated SVD of the TF-IDF,
    *latent semantic analysis*, Deerwester et al. 1990) with every one of B.

    C is the one of ``baselines.STRENGTHS`` (of ``same`` of ``PRODUCT_STRENGTHS``) with the best
    log-likelihood on the validation split.

    Returns:
        Scores (test items, labels) float32; each row sums to 1. It takes seconds on a CPU, with 20
        labels a minute.

    Raises:
        CourseError: see ``data.columns.texts_and_labels`` and ``data.pairs.reviews_of``.
    """
    words = len(task.label_words)
    splits = [texts_and_labels(getattr(task, name), words) for name in SPLITS]
    texts, labels = zip(*splits)
    if task.name == "same":
        features, strengths, fitted = _products(*texts), PRODUCT_STRENGTHS, _of_numbers
    else:
        features, strengths, fitted = _counts(*texts), STRENGTHS, _of_counts
    models = [fitted(c).fit(features[0], labels[0]) for c in strengths]

    def loss(model: OneVsRestClassifier) -> float:
        return float(log_loss(labels[1], _scores(model, features[1], words), labels=range(words)))

    scores = torch.from_numpy(_scores(min(models, key=loss), features[2], words)).float()
    return Evaluation(scores, torch.tensor(labels[2]), fingerprint(texts[2]))


def _of_counts(c: float) -> OneVsRestClassifier:
    return OneVsRestClassifier(LogisticRegression(C=c, solver="liblinear", max_iter=1000))


def _of_numbers(c: float) -> OneVsRestClassifier:
    return OneVsRestClassifier(LogisticRegression(C=c, max_iter=1000))


def _scores(model: OneVsRestClassifier, features: csr_matrix, labels: int) -> numpy.ndarray:
    """(items, labels): a label that no training text has gets (nearly) 0."""
    scores = numpy.full((features.shape[0], labels), 1e-9)
    scores[:, model.classes_] += model.predict_proba(features)
    return scores / scores.sum(1, keepdims=True)


def _counts(train: list[str], *others: list[str]) -> list[csr_matrix]:
    words = vectoriser().fit(train)
    return [words.transform(texts) for texts in (train, *others)]


def _products(*splits: list[str]) -> list[numpy.ndarray]:
    """(pairs, TOPICS ** 2) of each split, the first of which is the training split."""
    both = [list(zip(*map(reviews_of, texts))) for texts in splits]
    words = vectoriser().fit([*both[0][0], *both[0][1]])
    counts = [[words.transform(side) for side in pair] for pair in both]
    latent = TruncatedSVD(TOPICS, random_state=0).fit(vstack(counts[0]))
    sides = [[latent.transform(side) for side in pair] for pair in counts]
    products = [numpy.einsum("ni,nj->nij", a, b).reshape(len(a), -1) for a, b in sides]
    return [part / products[0].std() for part in products]
