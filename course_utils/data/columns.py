"""A data set of one's own, checked at the door: texts that can be read, labels that have a word.

``training.plan.make_examples`` and ``measure.scoring.evaluate`` check their data here, and so does
whatever takes texts alone.
"""

import itertools
import numbers
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from course_utils.errors import CourseError

if TYPE_CHECKING:
    import datasets

COLUMNS = ("text", "label")


def texts_and_labels(
    dataset: "datasets.Dataset | Mapping[str, Any]", words: int | None = None
) -> tuple[list[str], list[int]]:
    """The two columns of a data set, as plain lists.

    Args:
        dataset: with the columns ``text`` and ``label``; a dictionary of the two will do.
        words: how many labels have a label word; None where no prompt is involved.

    Raises:
        CourseError: a column is missing, the two differ in length, or see ``checked_texts`` and
            ``checked_labels``.
    """
    texts, labels = (_column(dataset, name) for name in COLUMNS)
    if len(texts) != len(labels):
        raise CourseError(
            f"The data set has {len(texts)} texts and {len(labels)} labels",
            "give it one label for each text",
        )
    return checked_texts(texts), checked_labels(labels, words)


def _column(dataset: Any, name: str) -> list[Any]:
    there = list(dataset) if isinstance(dataset, Mapping) else _names(dataset)
    if name not in there:
        raise CourseError(
            f"The data set has no column '{name}'; it has {', '.join(map(str, there)) or 'none'}",
            f"rename the column: dataset.rename_column('OLD', '{name}')"
            if not {"train", "test", "validation"}.intersection(there)
            else "choose one of its splits, such as dataset['train']",
        )
    values = dataset[name]
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise CourseError(
            f"The column '{name}' is {_shown(values)}, a single value", "give a list, one an item"
        )
    values = values[:] if hasattr(values, "__getitem__") else list(values)
    return values.tolist() if hasattr(values, "tolist") else list(values)


def _names(dataset: Any) -> list[str]:
    if not hasattr(dataset, "column_names") or not hasattr(dataset, "num_rows"):
        raise CourseError(
            f"A {type(dataset).__name__} is no data set with columns",
            "make one: datasets.Dataset.from_dict({'text': texts, 'label': labels})",
        )
    return dataset.column_names


def checked_texts(texts: Iterable[str]) -> list[str]:
    """The texts as a list.

    Raises:
        CourseError: there is none, one is not a string or cannot be written in UTF-8, or it is one
            string instead of a list of them.
    """
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        raise CourseError(
            f"A list of texts is needed, not a single value of type {type(texts).__name__}",
            "put it into brackets: [text]",
        )
    found = list(texts)
    if not found:
        raise CourseError("There is no text", "give at least one")
    for row, text in enumerate(found):
        readable(text, f"The text in row {row} (counted from 0)")
    return found


def readable(text: str, where: str) -> str:
    """The text itself.

    Args:
        text: what came.
        where: it came from, such as ``The template``; the sentence begins with it.

    Raises:
        CourseError: it is no string, or cannot be written in UTF-8.
    """
    if not isinstance(text, str):
        raise CourseError(
            f"{where} is {_shown(text)}, not a string", "leave it out, or write what is missing"
        )
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CourseError(
            f"{where}, {_shown(text)}, has half a character (a lone surrogate), which cannot be "
            "written in UTF-8",
            "read the file again with encoding='utf-8', errors='replace'",
        ) from None
    return text


def checked_labels(labels: Iterable[int], words: int | None = None) -> list[int]:
    """The labels as a list of whole numbers from 0.

    Args:
        labels: one an item.
        words: how many labels there may be; None for any number of them.

    Raises:
        CourseError: there is none, or one is not a whole number from 0 to ``words`` - 1.
    """
    found = list(labels)
    if not found:
        raise CourseError("There is no label", "give at least one item")
    for row, label in enumerate(found):
        if isinstance(label, bool) or not isinstance(label, numbers.Integral):
            raise CourseError(
                f"The label in row {row} (counted from 0) is {_shown(label)}, not a whole number",
                "number the labels from 0 and make them int: 0 and 1, not 0.0, '1' or True",
            )
        if label < 0:
            raise CourseError(
                f"The label in row {row} (counted from 0) is {label}; labels begin at 0",
                "take a split whose labels are known (GLUE hides those of its test split as -1)",
            )
    if words is not None and max(found) >= words:
        row = next(itertools.compress(itertools.count(), (label >= words for label in found)))
        raise CourseError(
            f"The label in row {row} (counted from 0) is {found[row]}, but the prompt has label "
            f"words for 0 to {words - 1} only",
            "give the prompt one label word for each label of this data set",
        )
    return [int(label) for label in found]


def _shown(value: Any) -> str:
    """A value in a sentence, cut where it is long."""
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
