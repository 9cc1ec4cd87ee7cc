"""The tasks of the course: sentences, labels, label words, fixed splits (lesson 1, *The task*)."""

import dataclasses
import functools
from collections.abc import Callable, Iterator

import datasets
import numpy

from course_utils.assets import sentences
from course_utils.data import pairs, ratings, same
from course_utils.data.columns import checked_labels
from course_utils.errors import CourseError


def majority_baseline(train_labels: list[int], test_labels: list[int]) -> float:
    """Accuracy on the test labels of always answering the commonest training label.

    Of equally common ones, the lowest is answered.

    Raises:
        CourseError: see ``data.columns.checked_labels``.
    """
    commonest = numpy.bincount(checked_labels(train_labels)).argmax()
    return float(numpy.mean(numpy.asarray(checked_labels(test_labels)) == commonest))


SENTIMENT_WORDS = (" negative", " positive")
SOURCES = {"movies": "film", "tweets": "tweet", "products": "product", "editorials": "editorial"}
CLEAR = 0.5  # a mean rating nearer to 0 than this is no clear sentiment
SPLITS = ("train", "validation", "test")


@dataclasses.dataclass(frozen=True)
class Task:
    """A classification task.

    Attributes:
        name: one of ``names()``.
        label_words: the word that stands for each label, with its leading space. Of ``rating`` and
            ``form`` the answer, which is several tokens and begins a chat model's reply, without.
        train, validation, test: data sets with the columns ``text`` (str) and ``label`` (int),
            in random order; no text, nor a sentence of a pair, is in two of them.
    """

    name: str
    label_words: tuple[str, ...]
    train: datasets.Dataset
    validation: datasets.Dataset
    test: datasets.Dataset

    @property
    def whole_reply(self) -> bool:
        """Is the answer a reply of several tokens, and not one word that goes on a prompt?"""
        return not self.label_words[0].startswith(" ")

    @property
    def majority(self) -> float:
        """Accuracy on the test split of always answering the commonest training label."""
        return majority_baseline(self.train["label"][:], self.test["label"][:])


def names() -> list[str]:
    """The tasks that ``load`` knows."""
    return [*SOURCES, *OTHERS]


@functools.cache
def load(name: str) -> Task:
    """Load a task.

    Answered by one word:

    - ``movies``, ``tweets``, ``products`` and ``editorials``: is the sentence negative (0) or
      positive (1)? Only sentences with a clear rating (|rating| >= 0.5).
    - ``source``: which of the four does the sentence come from (0 to 3, in that order)? All
      sentences, in lower case and without ``@anonymous``: both would give the source away.
    - ``pair``: which of two film reviews is the more positive, A (0) or B (1)? Clear sentences of
      ``movies``, each in one pair at most; the ratings of a pair differ by at least 1; see
      ``data.pairs``.
    - ``strength``: how good does a film review find the film, in five words from terrible (0) to
      great (4)? All sentences of ``movies``; see ``data.ratings``.
    - ``same``: do two sentences come from different sources (0) or the same (1)? Sentences as in
      ``source``, each in one pair at most; see ``data.same``.

    Answered by several tokens, in a chat model's own form (``data.chat.chat_prompt``):

    - ``rating``: the rating of a film review in words, to the nearest half. All of ``movies``.
    - ``form``: a form with two fields, the source and the strength: ``film, terrible``. The
      sentences of ``source``.

    Raises:
        CourseError: no such task, or the data cannot be had.
    """
    if name in SOURCES:
        return Task(name, SENTIMENT_WORDS, **_split(_sentiment_columns(name)))
    if name not in OTHERS:
        raise CourseError(f"There is no task '{name}'", f"choose one of {', '.join(names())}")
    words, splits = OTHERS[name]
    return Task(name, words, **splits())


def _clear(source: str) -> list[sentences.Row]:
    return [row for row in sentences.sentences()[source] if abs(row["rating"]) >= CLEAR]


def _sentiment_columns(source: str) -> dict[str, list]:
    rows = _clear(source)
    return {"text": [r["text"] for r in rows], "label": [int(r["rating"] > 0) for r in rows]}


def _everything() -> Iterator[tuple[str, int, float]]:
    """Text, number of the source and rating of all sentences, with the giveaways gone."""
    for number, source in enumerate(SOURCES):
        for row in sentences.sentences()[source]:
            yield _without_giveaways(row["text"]), number, row["rating"]


def _without_giveaways(text: str) -> str:
    """Product reviews are all in lower case; names in tweets are all ``@anonymous``."""
    return " ".join(text.lower().replace("@anonymous", "").split())


def _source_splits() -> dict[str, datasets.Dataset]:
    texts, labels, _ = zip(*_everything())
    return _split({"text": list(texts), "label": list(labels)})


def _pair_splits() -> dict[str, datasets.Dataset]:
    """Pairs within each split of the sentences, as ``_split`` cuts them."""
    rows = [(row["text"], row["rating"]) for row in _clear("movies")]
    return _paired(rows, pairs.pair_columns)


def _same_splits() -> dict[str, datasets.Dataset]:
    return _paired([(text, number) for text, number, _ in _everything()], same.same_columns)


def _paired(
    rows: list[tuple], columns_of: Callable[[list[tuple]], dict[str, list]]
) -> dict[str, datasets.Dataset]:
    """Pairs of rows of the same split; the text comes first in a row."""
    own = {split: [r for r in rows if sentences.split_of(r[0]) == split] for split in SPLITS}
    return {split: _shuffled(columns_of(part)) for split, part in own.items()}


def _film_splits(label_of: Callable[[float], int]) -> dict[str, datasets.Dataset]:
    """All film sentences, labelled by their rating."""
    rows = list(sentences.sentences()["movies"])
    return _split(
        {"text": [r["text"] for r in rows], "label": [label_of(r["rating"]) for r in rows]}
    )


def _form_splits() -> dict[str, datasets.Dataset]:
    rows = list(_everything())
    labels = [
        number * len(ratings.STRENGTH_WORDS) + ratings.strength(rating)
        for _, number, rating in rows
    ]
    return _split({"text": [text for text, *_ in rows], "label": labels})


def _split(columns: dict[str, list]) -> dict[str, datasets.Dataset]:
    """Cut by the hash of each text, then shuffle each part with a fixed seed."""
    where = [sentences.split_of(text) for text in columns["text"]]
    parts = {}
    for split in SPLITS:
        chosen = [i for i, part in enumerate(where) if part == split]
        part = {name: [column[i] for i in chosen] for name, column in columns.items()}
        parts[split] = _shuffled(part)
    return parts


def _shuffled(columns: dict[str, list]) -> datasets.Dataset:
    return datasets.Dataset.from_dict(columns).shuffle(seed=0)


# What is not the sentiment of one source: label words, and how the splits are made.
OTHERS: dict[str, tuple[tuple[str, ...], Callable[[], dict[str, datasets.Dataset]]]] = {
    "source": (tuple(f" {word}" for word in SOURCES.values()), _source_splits),
    "pair": (pairs.LABEL_WORDS, _pair_splits),
    "strength": (ratings.STRENGTH_WORDS, functools.partial(_film_splits, ratings.strength)),
    "same": (same.LABEL_WORDS, _same_splits),
    "rating": (ratings.RATING_WORDS, functools.partial(_film_splits, ratings.half)),
    "form": (
        tuple(f"{word},{how}" for word in SOURCES.values() for how in ratings.STRENGTH_WORDS),
        _form_splits,
    ),
}
