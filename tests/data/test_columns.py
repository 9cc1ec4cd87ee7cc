"""Data sets of one's own: what may come in, and what each other thing is told."""

import time

import datasets
import numpy
import pytest
import torch

from course_utils.data.columns import checked_labels, checked_texts, readable, texts_and_labels
from course_utils.errors import CourseError

TEXTS = ["good", "", "\U0001f600 \u05e9", "a\u2028b"]


def data(texts, labels, **more):
    return datasets.Dataset.from_dict({"text": texts, "label": labels} | more)


GIVEN = [
    data(TEXTS, [0, 1, 1, 0]),
    data(TEXTS, [0, 1, 1, 0], other=[1.0] * 4).with_format("torch"),
    {"text": TEXTS, "label": [0, 1, 1, 0]},
    {"text": tuple(TEXTS), "label": numpy.array([0, 1, 1, 0])},
    {"text": numpy.array(TEXTS), "label": torch.tensor([0, 1, 1, 0], dtype=torch.int8)},
    data(TEXTS, [0, 1, 1, 0]).cast_column("label", datasets.ClassLabel(names=["bad", "good"])),
]


@pytest.mark.parametrize("given", GIVEN, ids=range(len(GIVEN)))
def test_columns_come_as_plain_lists(given):
    texts, labels = texts_and_labels(given, 2)
    assert texts == TEXTS and labels == [0, 1, 1, 0]
    assert {type(label) for label in labels} == {int}


@pytest.mark.parametrize(
    "given, words",
    [
        ({"sentence": ["a"], "label": [0]}, "no column 'text'; it has sentence, label.*rename"),
        ({"text": ["a"]}, "no column 'label'; it has text"),
        (datasets.Dataset.from_dict({}), "it has none"),
        (datasets.DatasetDict({"train": data(["a"], [0])}), r"it has train.*dataset\['train'\]"),
        ([{"text": "a", "label": 0}], "A list is no data set"),
        (None, "A NoneType is no data set"),
        ({"text": ["a", "b"], "label": [0]}, "2 texts and 1 labels"),
        ({"text": "ab", "label": [0, 1]}, "column 'text' is 'ab', a single value"),
        ({"text": ["a"], "label": 0}, "column 'label' is 0, a single value"),
        (data([], []), "There is no text"),
        (data(["a", None], [0, 1]), r"text in row 1 \(counted from 0\) is None"),
        (data([3, 4], [0, 1]), "text in row 0 .* is 3, not a string"),
        (data(["a", "b"], ["0", "1"]), "label in row 0 .* is '0', .*make them int"),
        (data(["a", "b"], [0.0, 1.0]), "label in row 0 .* is 0.0, .*make them int"),
        (data(["a", "b"], [False, True]), "is False, .*make them int"),
        (data(["a", "b"], [0, None]), "label in row 1 .* is None"),
        (data(["a", "b"], [0, -1]), "label in row 1 .* is -1.*GLUE"),
        (data(["a", "b", "c"], [0, 1, 2]), "row 2 .* is 2, .* words for 0 to 1 only"),
    ],
)
def test_other_data_sets_are_refused(given, words):
    with pytest.raises(CourseError, match=words):
        texts_and_labels(given, 2)


def test_a_stream_of_rows_is_no_data_set():
    with pytest.raises(CourseError, match="IterableDataset is no data set"):
        texts_and_labels(data(["a"], [0]).to_iterable_dataset(), 2)


def test_without_label_words_any_number_of_labels_will_do():
    assert checked_labels([0, 7, 3]) == [0, 7, 3]
    with pytest.raises(CourseError, match="no label"):
        checked_labels([])


@pytest.mark.parametrize("texts", ["one", b"ab", 3, None, ["a", 3], [], ["a", "\ud800"]])
def test_texts_that_are_no_list_of_strings_are_refused(texts):
    with pytest.raises(CourseError):
        checked_texts(texts)


def test_half_a_character_is_named_with_its_row():
    with pytest.raises(CourseError, match=r"row 1 .*'b\\udc80', has half a character"):
        checked_texts(["a", "b\udc80"])
    assert readable("\U0001f600", "It") == "\U0001f600"
    with pytest.raises(CourseError, match="^The template is 3, not a string"):
        readable(3, "The template")


def test_a_long_value_is_cut_in_the_sentence():
    with pytest.raises(CourseError) as caught:
        checked_texts([["word"] * 1000])
    assert len(str(caught.value)) < 200


def test_ten_thousand_rows_take_no_time():
    rows = {"text": ["a text of some length, with \u00fcmlauts"] * 10_000, "label": [0, 1] * 5000}
    start = time.process_time()
    texts_and_labels(rows, 2)
    assert time.process_time() - start < 0.05
