"""Everything that the course prepares once: the model, the rated sentences and a word list.

``python -m course_utils prepare``, ``make lab`` and ``make run`` call it before anything else.
"""

from course_utils.assets import cache
from course_utils.assets.lexicon import LEXICON
from course_utils.assets.model import MODEL
from course_utils.assets.sentences import SENTENCES

ASSETS = (MODEL, SENTENCES, LEXICON)


def prepare(progress: cache.Progress = print) -> None:
    """Download, convert and store what is missing or damaged; skip what is sound.

    May be interrupted and repeated, and run by many processes at once.

    Args:
        progress: called with one line of text a step.

    Raises:
        CourseError: the network, the disk or permissions stand in the way.
    """
    for asset in ASSETS:
        if cache.problem(asset) is None:
            progress(f"{asset.title}: already in {asset.folder}")
        else:
            cache.ensure(asset, progress)
