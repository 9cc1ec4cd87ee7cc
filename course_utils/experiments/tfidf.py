"""A classifier without a language model, for comparison: ``label_counts`` (lesson 2).

Words and pairs of words, weighted by how rare they are, and a logistic regression on them.
"""

from collections import Counter

from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline

from course_utils.measure.baselines import STRENGTHS, vectoriser

FOLDS = (3, 5)  # at least and at most
LEAST = 32  # labels with which C is chosen; with fewer it is 1


def fit_tfidf(texts: list[str], labels: list[int]) -> tuple[Pipeline, float]:
    """Train on these texts alone, with C by cross-validation on them where there are enough.

    C is the one with the best log-likelihood of the left-out folds: with few labels, many have the
    same accuracy. The words are counted anew for each fold.

    Args:
        labels: of two kinds at least.

    Returns:
        What predicts labels of texts, and its C.
    """
    model = make_pipeline(vectoriser(), LogisticRegression(max_iter=1000))
    folds = min(FOLDS[1], *Counter(labels).values())
    if len(labels) < LEAST or folds < FOLDS[0]:
        return model.fit(texts, labels), 1.0
    grid = {"logisticregression__C": list(STRENGTHS)}
    search = GridSearchCV(model, grid, scoring="neg_log_loss", cv=folds).fit(texts, labels)
    return search.best_estimator_, search.best_params_["logisticregression__C"]
