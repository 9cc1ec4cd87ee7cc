"""Tasks from a few made-up sentences: labels, words and splits."""

import datasets
import pytest

from course_utils.assets import sentences as sentences_asset
from course_utils.data import pairs, tasks
from course_utils.errors import CourseError

COUNT = 60
RATINGS = (-3.0, 2.5, -0.5, 0.5, 0.4, -0.1)  # the last two are no clear sentiment


def some_sentences():
    return {
        source: datasets.Dataset.from_list(
            [
                {"id": str(i), "text": f"{source} number {i}", "rating": RATINGS[i % 6]}
                for i in range(COUNT)
            ]
        )
        for source in tasks.SOURCES
    }


@pytest.fixture(autouse=True)
def sentences(monkeypatch):
    monkeypatch.setattr(sentences_asset, "sentences", some_sentences)
    tasks.load.cache_clear()
    yield
    tasks.load.cache_clear()


def rows(task):
    parts = {split: getattr(task, split) for split in tasks.SPLITS}
    return {
        split: dict(zip(part["text"][:], part["label"][:], strict=True))
        for split, part in parts.items()
    }


def test_names_are_the_tasks_that_load():
    new = ["strength", "same", "rating", "form"]
    assert tasks.names() == ["movies", "tweets", "products", "editorials", "source", "pair", *new]
    assert [tasks.load(name).name for name in tasks.names()] == tasks.names()


def test_an_unknown_name_gets_the_known_ones():
    with pytest.raises(CourseError, match=r"no task 'films'.*movies, tweets"):
        tasks.load("films")


def test_sentiment_is_the_sign_of_clear_ratings():
    task = tasks.load("tweets")
    assert task.label_words == (" negative", " positive")
    found = {text: label for part in rows(task).values() for text, label in part.items()}
    expected = {f"tweets number {i}": int(RATINGS[i % 6] > 0) for i in range(COUNT) if i % 6 < 4}
    assert found == expected


def test_source_is_where_any_sentence_comes_from():
    task = tasks.load("source")
    assert task.label_words == (" film", " tweet", " product", " editorial")
    found = {text: label for part in rows(task).values() for text, label in part.items()}
    assert len(found) == 4 * COUNT
    order = list(tasks.SOURCES)
    assert all(order[label] == text.split()[0] for text, label in found.items())


def test_source_is_not_told_by_capitals_or_masked_names():
    assert tasks._without_giveaways("@anonymous  LOVES it, @Anonymous!") == "loves it, !"
    assert "A" not in "".join(tasks.load("source").train["text"][:])


@pytest.mark.parametrize("name", ["movies", "source", "strength", "rating", "form"])
def test_each_text_is_in_the_split_of_its_hash_and_in_no_other(name):
    parts = rows(tasks.load(name))
    assert all(parts.values())
    for split, part in parts.items():
        assert {sentences_asset.split_of(text) for text in part} == {split}
    assert sum(map(len, parts.values())) == len(set().union(*parts.values()))


def test_pairs_are_of_clear_film_reviews_each_in_the_split_of_its_own_hash_and_in_one_pair():
    task = tasks.load("pair")
    assert task.label_words == (" A", " B")
    clear = {f"movies number {i}": RATINGS[i % 6] for i in range(COUNT) if i % 6 < 4}
    seen = []
    for split, part in rows(task).items():
        assert part
        for text, label in part.items():
            both = pairs.reviews_of(text)
            assert {sentences_asset.split_of(review) for review in both} == {split}
            first, second = (clear[review] for review in both)
            assert abs(first - second) >= 1 and label == int(second > first)
            seen += both
    assert len(seen) == len(set(seen)) > len(clear) / 2


def test_the_sentences_of_a_pair_same_or_not_are_of_one_split_and_in_no_other_pair():
    task, seen = tasks.load("same"), []
    for split, part in rows(task).items():
        for text, label in part.items():
            both = pairs.reviews_of(text)
            assert {sentences_asset.split_of(sentence) for sentence in both} == {split}
            assert task.label_words[label] == (
                " same" if len({sentence.split()[0] for sentence in both}) == 1 else " different"
            )
            seen += both
    assert len(seen) == len(set(seen)) > 2 * COUNT


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("strength", (" terrible", " great", " okay", " okay", " okay", " okay")),
        ("rating", ("minus three", "two point five", "minus zero point five", "zero point five",
                    "zero point five", "zero")),
    ],
)  # fmt: skip
def test_all_film_sentences_are_answered_by_their_rating(name, answers):
    task = tasks.load(name)
    found = {t: task.label_words[n] for part in rows(task).values() for t, n in part.items()}
    assert found == {f"movies number {i}": answers[i % 6] for i in range(COUNT)}


def test_a_form_has_the_source_and_the_strength_of_any_sentence():
    task = tasks.load("form")
    found = {t: task.label_words[n] for part in rows(task).values() for t, n in part.items()}
    how = ("terrible", "great", "okay", "okay", "okay", "okay")
    expected = {
        f"{source} number {i}": f"{word}, {how[i % 6]}"
        for source, word in tasks.SOURCES.items()
        for i in range(COUNT)
    }
    assert found == expected


def test_the_order_is_random_but_always_the_same():
    first = tasks.load("source").train
    tasks.load.cache_clear()
    again = tasks.load("source").train
    assert first["text"][:] == again["text"][:] and first["label"][:] == again["label"][:]
    assert first["label"][:] != sorted(first["label"][:])


def test_a_task_is_loaded_once(monkeypatch):
    first = tasks.load("movies")
    monkeypatch.setattr(sentences_asset, "sentences", None)
    assert tasks.load("movies") is first


def test_the_majority_is_that_of_the_training_labels():
    def labelled(*labels):
        return datasets.Dataset.from_dict({"text": ["x"] * len(labels), "label": list(labels)})

    task = tasks.Task("t", (" a", " b"), labelled(0, 0, 1), labelled(1), labelled(1, 1, 1, 0))
    assert task.majority == 0.25


@pytest.mark.parametrize("labels", [[], [-1, 0], [0.5], [None]])
def test_a_majority_of_other_labels_is_refused(labels):
    with pytest.raises(CourseError, match="label"):
        tasks.majority_baseline(labels, [0])
    with pytest.raises(CourseError, match="label"):
        tasks.majority_baseline([0], labels)


def test_of_equally_common_labels_the_lowest_is_the_majority():
    assert tasks.majority_baseline([2, 1, 1, 2], [1, 2, 2, 2]) == 0.25
