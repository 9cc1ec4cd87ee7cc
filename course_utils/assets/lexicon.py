"""VADER's lexicon: words and emoticons with the mean rating of ten people (lesson 1, baselines).

The file ``vader_lexicon.txt`` of the package ``vaderSentiment`` (Hutto and Gilbert, ICWSM 2014). It
comes in the same pinned source distribution as the sentences, but is an asset of its own: a cache
that has the sentences stays as it is, and ``python -m course_utils prepare`` adds the lexicon.
"""

import tarfile
from pathlib import Path

from course_utils.assets import cache, download

DISTRIBUTION = "vaderSentiment"
FILE = "vader_lexicon.txt"


def lexicon(progress: cache.Progress = print) -> dict[str, float]:
    """The mean rating of each entry, from -4 (very negative) to 4 (very positive); none is 0.

    About 7,500 entries, mostly in lower case: words, a few pairs of words, emoticons. Of entries
    that the file has twice, the last counts, as in the package.

    Raises:
        CourseError: it had to be prepared and could not be.
    """
    folder = cache.ensure(LEXICON, progress)
    return read(folder / FILE)


def read(path: Path) -> dict[str, float]:
    """Lines of ``entry <tab> mean <tab> standard deviation <tab> ratings``, UTF-8.

    Raises:
        ValueError: a mean is no number, or a line has no tab.
    """
    ratings = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            entry, mean = line.split("\t")[:2]
            ratings[entry] = float(mean)
    return ratings


def extract(sdist: Path, folder: Path) -> None:
    """Copy the lexicon out of the source distribution, as it is.

    Raises:
        StopIteration: it is not there.
        ValueError: it is no file that ``read`` can read.
    """
    with tarfile.open(sdist) as archive:
        member = next(m for m in archive if m.name.endswith(f"vaderSentiment/{FILE}"))
        file = archive.extractfile(member)
        if file is None:
            raise ValueError(f"{member.name} is no file in the archive")
        (folder / FILE).write_bytes(file.read())
    read(folder / FILE)


def _build(work: Path, folder: Path, progress: cache.Progress) -> None:
    extract(download.fetch(DISTRIBUTION, work, progress), folder)


LEXICON = cache.Asset(
    name="vader-lexicon",
    title="VADER's lexicon",
    format=1,
    sources=dict([download.pin(DISTRIBUTION)]),
    bytes_needed=10_000_000,
    build=_build,
)
