"""TF-IDF: C is chosen where there are labels enough, and words decide."""

import pytest

from course_utils.experiments import tfidf
from course_utils.measure.baselines import STRENGTHS

TEXTS = [f"{word} film number {i}" for i in range(40) for word in ("dull", "lovely")]
LABELS = [0, 1] * 40


def test_words_decide():
    model, c = tfidf.fit_tfidf(TEXTS, LABELS)
    assert model.predict(["a lovely thing", "a dull thing"]).tolist() == [1, 0]
    assert c in STRENGTHS[2:]  # labels without noise ask for little shrinking


@pytest.mark.parametrize("rows", [range(16), [*range(0, 80, 2), 1, 3]])
def test_with_few_labels_or_few_of_one_kind_c_is_1(rows):
    texts, labels = zip(*((TEXTS[i], LABELS[i]) for i in rows))
    model, c = tfidf.fit_tfidf(list(texts), list(labels))
    assert c == 1.0 and model.named_steps["logisticregression"].C == 1.0


def test_noise_asks_for_more_shrinking():
    noisy = [label if i % 3 else 1 - label for i, label in enumerate(LABELS)]
    assert tfidf.fit_tfidf(TEXTS, noisy)[1] < tfidf.fit_tfidf(TEXTS, LABELS)[1]
