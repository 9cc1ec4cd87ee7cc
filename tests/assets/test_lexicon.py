"""The word list: out of a source distribution into the cache, and read."""

import io
import tarfile

import pytest

from course_utils.assets import cache, download, lexicon

LINES = (
    ":D\t2.3\t0.78\t[2, 3, 3, 2, 1, 3, 2, 1, 3, 3]\r\n"
    "awful\t-2.0\t0.63246\t[-2, -2, -1, -2, -2, -2, -3, -3, -1, -2]\n"
    "fed up\t-1.8\t0.87178\t[-1, -1, -2, -3, -1, -3, -2, -1, -1, -3]\n"
    "ok\t1.6\t1.0\t[1, 1]\n"
    "ok\t1.2\t0.6\t[1, 1]\n"
    "\n"
)


def source_distribution(path, text, name="fake-1.0/vaderSentiment/vader_lexicon.txt"):
    with tarfile.open(path, "w:gz") as archive:
        for member_name, content in (("fake-1.0/setup.py", b""), (name, text.encode())):
            member = tarfile.TarInfo(member_name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture
def fetched(tmp_path, monkeypatch):
    """A small distribution in place of the network; the list of what was asked for."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    sdist, asked = source_distribution(tmp_path / "fake-1.0.tar.gz", LINES), []

    def fetch(distribution, work, progress):
        asked.append(distribution)
        return sdist

    monkeypatch.setattr(download, "fetch", fetch)
    return asked


def test_the_mean_of_each_entry_and_the_last_of_two(fetched):
    found = lexicon.lexicon(lambda line: None)
    assert found == {":D": 2.3, "awful": -2.0, "fed up": -1.8, "ok": 1.2}


def test_it_is_prepared_once_and_then_needs_no_network(fetched):
    said = []
    assert lexicon.lexicon(said.append) == lexicon.lexicon(said.append)
    assert fetched == ["vaderSentiment"]
    assert said[0] == "VADER's lexicon: missing; preparing it"


def test_a_damaged_one_repairs_itself(fetched):
    lexicon.lexicon(lambda line: None)
    (lexicon.LEXICON.folder / lexicon.FILE).write_text("ok\t3.0\n")
    assert lexicon.lexicon(lambda line: None)["ok"] == 1.2
    assert len(fetched) == 2


@pytest.mark.parametrize(
    ("text", "name", "error"),
    [
        ("awful -2.0\n", "fake-1.0/vaderSentiment/vader_lexicon.txt", ValueError),
        ("awful\tbad\t0\t[]\n", "fake-1.0/vaderSentiment/vader_lexicon.txt", ValueError),
        (LINES, "fake-1.0/vaderSentiment/emoji.txt", StopIteration),
    ],
)
def test_what_is_no_lexicon_never_reaches_the_cache(tmp_path, text, name, error):
    sdist = source_distribution(tmp_path / "fake.tar.gz", text, name)
    with pytest.raises(error):
        lexicon.extract(sdist, tmp_path)


def test_it_comes_from_the_distribution_of_the_sentences():
    assert lexicon.LEXICON.sources == dict([download.pin("vaderSentiment")])
    assert lexicon.LEXICON.name == "vader-lexicon"


def test_the_course_s_own_has_7506_entries():
    if cache.problem(lexicon.LEXICON) is not None:
        pytest.skip("not prepared")
    found = lexicon.lexicon()
    assert len(found) == 7506
    assert (found["good"], found["bad"], found[":)"]) == (1.9, -2.5, 2.0)
    assert min(found.values()) >= -4 and max(found.values()) <= 4 and 0 not in found.values()
