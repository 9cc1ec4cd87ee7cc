"""The figures of the dataset card, measured again on the real sentences."""

import collections
import re
import statistics

import pytest

from course_utils import settings
from course_utils.assets import sentences
from course_utils.data import tasks
from course_utils.data.pairs import reviews_of
from course_utils.data.ratings import strength

CARD = (settings.PACKAGE / "dataset_card.md").read_text(encoding="utf-8")
SPLITS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def data():
    return {source: rows.to_list() for source, rows in sentences.sentences().items()}


def clear(rows):
    return [row for row in rows if abs(row["rating"]) >= 0.5]


def table(first_column_after_source):
    """Rows of the card's table by source, as numbers."""
    after = CARD.split(f"| source | {first_column_after_source}", 1)[1]
    rows = re.findall(r"^\| (\w+) \| (.+) \|$", after.split("\n\n", 1)[0], re.MULTILINE)
    return {
        source: [float(cell.replace(",", "")) for cell in cells.split(" | ")]
        for source, cells in rows
    }


def test_sizes_and_balance(data):
    measured = {}
    for source, rows in data.items():
        positive = sum(row["rating"] > 0 for row in clear(rows))
        negative = len(clear(rows)) - positive
        majority = round(max(positive, negative) / len(clear(rows)), 3)
        words = round(statistics.median(len(row["text"].split()) for row in rows))
        measured[source] = [len(rows), len(clear(rows)), positive, negative, majority, words]
    assert {source: cells[1:] for source, cells in table("in the archive").items()} == measured


def test_splits(data):
    counts = {
        source: collections.Counter(sentences.split_of(row["text"]) for row in clear(rows))
        for source, rows in data.items()
    }
    assert table("train") == {s: [count[split] for split in SPLITS] for s, count in counts.items()}


def test_pairs(data):
    task = tasks.load("pair")
    ratings = {row["text"]: row["rating"] for row in data["movies"]}
    parts = [getattr(task, split) for split in SPLITS]
    both = [[ratings[r] for r in reviews_of(t)] for part in parts for t in part["text"]]
    assert min(abs(a - b) for a, b in both) >= 1 - 1e-9
    opposite = round(sum(a * b < 0 for a, b in both) / len(both), 2)
    found = [f"{len(part):,}" for part in parts] + [f"{opposite:.2f}"]
    assert f"| pair | {' | '.join(found)} |" in CARD


def test_the_tasks_of_lesson_6(data):
    for name in ("source", "strength", "same", "rating", "form"):
        task = tasks.load(name)
        sizes = " | ".join(f"{len(getattr(task, split)):,}" for split in SPLITS)
        row = f"| {name} | {len(task.label_words)} | {sizes} | {task.majority:.3f} | "
        assert row in CARD
    ratings = [row["rating"] for row in data["movies"]]
    cuts = statistics.quantiles(ratings, n=5)
    assert f"({', '.join(f'{cut:.2f}' for cut in cuts)})" in CARD
    shares = [n / len(ratings) for n in collections.Counter(map(strength, ratings)).values()]
    assert (round(min(shares), 2), round(max(shares), 2)) == (0.19, 0.21)
    okay = [strength(row["rating"]) == 2 for row in data["editorials"]]
    assert f"{statistics.mean(okay):.2f} of editorials" in CARD


def test_neither_sentence_of_a_pair_says_whether_the_sources_are_the_same(data):
    source = {
        tasks._without_giveaways(row["text"]): name for name, rows in data.items() for row in rows
    }
    for split in SPLITS:
        part = getattr(tasks.load("same"), split)
        both = [[source[sentence] for sentence in reviews_of(text)] for text in part["text"]]
        counts = [
            collections.Counter(
                pair[place] for pair, own in zip(both, part["label"]) if own == label
            )
            for place in (0, 1)
            for label in (0, 1)
        ]
        assert all(count == counts[0] for count in counts) and len(counts[0]) == 4
        assert [int(a == b) for a, b in both] == part["label"][:]
        assert max(counts[0].values()) <= 0.4 * sum(counts[0].values())


def test_no_text_twice_and_ratingsin_range(data):
    texts = [row["text"].casefold() for rows in data.values() for row in rows]
    assert len(set(texts)) == len(texts)
    assert all(text and "\n" not in text and "&amp;" not in text for text in texts)
    assert all(-4 <= row["rating"] <= 4 for rows in data.values() for row in rows)


def test_near_duplicates(data):
    groups = collections.defaultdict(list)
    for rows in data.values():
        for row in rows:
            key = re.sub(r"[\W_]+", " ", row["text"].casefold()).strip()
            groups[key].append(sentences.split_of(row["text"]))
    groups = [splits for splits in groups.values() if len(splits) > 1]
    spread = sum(len(set(splits)) > 1 for splits in groups)
    found = f"{len(groups)} groups of sentences ({sum(map(len, groups))} in all"
    assert found in CARD and f"{spread} of the groups are spread" in CARD


def test_capitals_and_dropped_middles(data):
    lower = {s: sum(row["text"].islower() for row in rows) for s, rows in data.items()}
    without = {
        s: sum(row["text"] == row["text"].lower() for row in rows) for s, rows in data.items()
    }
    assert without["products"] == len(data["products"]) and lower["products"] > 3600
    assert f"editorials are ({without['editorials']})" in CARD
    dropped = {s: len(rows) - len(clear(rows)) for s, rows in data.items()}
    assert f"({dropped['movies']} of movies, but {dropped['editorials']:,} of editorials)" in CARD
