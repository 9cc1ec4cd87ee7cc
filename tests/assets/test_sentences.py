import collections
import dataclasses
import io
import tarfile

import pytest

from course_utils.assets import download, sentences

MOVIES = (
    "1\t2.5\tLovely &amp; Amazing, a  gem .\r\n"
    "2\t-3.25\tDull.\r\n"
    "3\t0.1\t\u2013 quite tasty \u00e9l\u00e8ve\r\n"
    "4\t1.0\tDULL."
)
TWEETS = "1\t-0.5\tdull.\r\n2\t1.5\tYay :) &lt;3\r\n3\t1.5\tYay :) <3\r\n"
PRODUCTS = "\ufeff1_1\t0.75\tit works.\n"
EDITORIALS = "1_1\t-1.0\tHirschl &amp;amp; Adler\u2028gallery.\r\n1_2\t0.5\tIT WORKS.\r\n"


def add(archive, name, content):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


@pytest.fixture
def sdist(tmp_path):
    """A source distribution of the same layout with a few sentences."""
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz") as archive:
        for name, text in zip(
            sentences.FILES.values(), (MOVIES, TWEETS, PRODUCTS, EDITORIALS), strict=True
        ):
            add(archive, f"hutto_ICWSM_2014/{name}", text.encode())
    with tarfile.open(tmp_path / "fake-1.0.tar.gz", "w:gz") as archive:
        add(archive, "fake-1.0/setup.py", b"")
        name = "fake-1.0/additional_resources/hutto_ICWSM_2014.tar.gz"
        add(archive, name, inner.getvalue())
    return tmp_path / "fake-1.0.tar.gz"


@pytest.fixture
def prepared(sdist, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(download, "fetch", lambda distribution, work, progress: sdist)
    return sentences.sentences(lambda line: None)


def test_archive_is_read_and_cleaned(sdist):
    rows = sentences.read_archive(sdist)
    assert list(rows) == ["movies", "tweets", "products", "editorials"]
    assert rows["movies"][0] == {"id": "1", "text": "Lovely & Amazing, a gem .", "rating": 2.5}
    assert rows["movies"][2]["text"] == "\u2013 quite tasty \u00e9l\u00e8ve"
    assert rows["products"] == [{"id": "1_1", "text": "it works.", "rating": 0.75}]
    assert rows["editorials"][0]["text"] == "Hirschl & Adler gallery."
    assert [len(r) for r in rows.values()] == [4, 3, 1, 2]


def test_only_the_first_of_equal_texts_is_kept(sdist):
    kept = sentences.without_duplicates(sentences.read_archive(sdist))
    assert [row["id"] for row in kept["movies"]] == ["1", "2", "3"]
    assert [row["text"] for row in kept["tweets"]] == ["Yay :) <3"]
    assert [row["text"] for row in kept["products"]] == ["it works."]
    assert [row["id"] for row in kept["editorials"]] == ["1_1"]


def test_sentences_come_as_datasets_with_the_three_columns(prepared):
    assert list(prepared) == ["movies", "tweets", "products", "editorials"]
    assert prepared["movies"].column_names == ["id", "text", "rating"]
    assert prepared["movies"][1] == {"id": "2", "text": "Dull.", "rating": -3.25}
    assert isinstance(prepared["products"][0]["id"], str)


def test_loading_again_needs_no_network_and_leaves_no_files(prepared, monkeypatch):
    def fetch(*arguments):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(download, "fetch", fetch)
    folder = sentences.SENTENCES.folder
    before = sorted(folder.rglob("*"))
    again = sentences.sentences(print)
    again["movies"].filter(lambda row: row["rating"] > 0).map(lambda row: {"long": row["text"] * 2})
    assert sorted(folder.rglob("*")) == before
    assert again["movies"].to_list() == prepared["movies"].to_list()


def test_preparing_shows_none_of_the_library_s_bars(sdist, tmp_path, capfd):
    sentences.store(sentences.read_archive(sdist), tmp_path / "store")
    assert capfd.readouterr() == ("", "")


def test_damaged_sentences_repair_themselves(prepared):
    arrow = next(sentences.SENTENCES.folder.rglob("*.arrow"))
    arrow.write_bytes(arrow.read_bytes()[:50])
    said = []
    assert sentences.sentences(said.append)["movies"].num_rows == 3
    assert "bytes instead of" in said[0]


def test_another_format_is_rebuilt(prepared, monkeypatch):
    newer = dataclasses.replace(sentences.SENTENCES, format=sentences.SENTENCES.format + 1)
    monkeypatch.setattr(sentences, "SENTENCES", newer)
    said = []
    assert sentences.sentences(said.append)["movies"].num_rows == 3
    assert "another version" in said[0]


def test_splits_are_fixed_and_ignore_capitals():
    splits = [sentences.split_of(f"text {number}") for number in range(15)]
    assert [n for n, split in enumerate(splits) if split == "validation"] == [2, 8, 11]
    assert [n for n, split in enumerate(splits) if split == "test"] == [13]
    assert splits == [sentences.split_of(f"TEXT {number}") for number in range(15)]


def test_splits_have_their_shares():
    count = collections.Counter(sentences.split_of(f"sentence {i}") for i in range(5000))
    assert set(count) == {"train", "validation", "test"}
    assert abs(count["train"] / 5000 - 0.8) < 0.02
    assert abs(count["validation"] / 5000 - 0.1) < 0.015
