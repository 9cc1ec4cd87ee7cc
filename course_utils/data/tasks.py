"""The tasks of the course: sentences, labels, label words, fixed splits (lesson 1, *The task*)."""

import dataclasses
import functools

import datasets
import numpy

from course_utils.assets import sentences
from course_utils.data import pairs
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
        name: ``movies``, ``tweets``, ``products``, ``editorials``, ``source`` or ``pair``.
        label_words: the word that stands for each label, with its leading space.
        train, validation, test: data sets with the columns ``text`` (str) and ``label`` (int),
            in random order; no text, nor a review of a pair, is in two of them.
    """

    name: str
    label_words: tuple[str, ...]
    train: datasets.Dataset
    validation: datasets.Dataset
    test: datasets.Dataset

    @property
    def majority(self) -> float:
        """Accuracy on the test split of always answering the commonest training label."""
        return majority_baseline(self.train["label"][:], self.test["label"][:])


def names() -> list[str]:
    """The tasks that ``load`` knows."""
    return [*SOURCES, "source", "pair"]


@functools.cache
def load(name: str) -> Task:
    """Load a task.

    ``movies``, ``tweets``, ``products`` and ``editorials``: is the sentence negative (0) or
    positive (1)? Only sentences with a clear rating (|rating| >= 0.5). ``source``: which of the
    four does the sentence come from (0 to 3, in that order)? All sentences, in lower case and
    without ``@anonymous``: both would give the source away. ``pair``: which of two film reviews is
    the more positive, A (0) or B (1)? Clear sentences of ``movies``, each in one pair at most; the
    ratings of a pair differ by at least 1; see ``data.pairs``.

    Raises:
        CourseError: no such task, or the data cannot be had.
    """
    if name not in names():
        raise CourseError(f"There is no task '{name}'", f"choose one of {', '.join(names())}")
    if name == "pair":
        return Task(name, pairs.LABEL_WORDS, **_pair_splits())
    columns = _source_columns() if name == "source" else _sentiment_columns(name)
    words = tuple(f" {w}" for w in SOURCES.values()) if name == "source" else SENTIMENT_WORDS
    return Task(name, words, **_split(columns))


def _clear(source: str) -> list[sentences.Row]:
    return [row for row in sentences.sentences()[source] if abs(row["rating"]) >= CLEAR]


def _sentiment_columns(source: str) -> dict[str, list]:
    rows = _clear(source)
    return {"text": [r["text"] for r in rows], "label": [int(r["rating"] > 0) for r in rows]}


def _source_columns() -> dict[str, list]:
    columns: dict[str, list] = {"text": [], "label": []}
    for label, source in enumerate(SOURCES):
        texts = sentences.sentences()[source]["text"][:]
        columns["text"] += [_without_giveaways(text) for text in texts]
        columns["label"] += [label] * len(texts)
    return columns


def _without_giveaways(text: str) -> str:
    """Product reviews are all in lower case; names in tweets are all ``@anonymous``."""
    return " ".join(text.lower().replace("@anonymous", "").split())


def _pair_splits() -> dict[str, datasets.Dataset]:
    """Pairs within each split of the sentences, as ``_split`` cuts them."""
    rows = _clear("movies")
    parts = {}
    for split in SPLITS:
        own = [(r["text"], r["rating"]) for r in rows if sentences.split_of(r["text"]) == split]
        parts[split] = _shuffled(pairs.pair_columns(own))
    return parts


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
