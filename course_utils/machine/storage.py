"""What to say when a file cannot be written: no permission, no room, or something in the way."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

import filelock

from course_utils.errors import CourseError

OF_YOURS = "set COURSE_RESULTS to a folder of yours"
REASONS = {
    errno.EACCES: ("you have no permission to write there", OF_YOURS),
    errno.EPERM: ("you have no permission to write there", OF_YOURS),
    errno.EROFS: ("it may only be read", OF_YOURS),
    errno.ENOSPC: ("the disk is full", "free some space, or set COURSE_RESULTS to another disk"),
    errno.EDQUOT: ("your share of the disk is used up", "free some space, or set COURSE_RESULTS "
                   "to another disk"),
    errno.EEXIST: ("a file stands where a folder is needed", f"move that file, or {OF_YOURS}"),
    errno.ENOTDIR: ("a file stands where a folder is needed", f"move that file, or {OF_YOURS}"),
}  # fmt: skip


def not_written(what: str, folder: Path, error: OSError) -> CourseError:
    """The sentence on what could not be written.

    Args:
        what: its name at the beginning of a sentence, such as ``The lab book``.
        folder: where it belongs.
        error: what the system said.
    """
    if isinstance(error, filelock.Timeout):
        reason = "another program is writing there and does not come to an end"
        advice = "wait until it is done, or stop it, and try again"
    else:
        said = error.strerror or str(error) or type(error).__name__
        reason, advice = REASONS.get(error.errno or 0, (said, OF_YOURS))
    return CourseError(f"{what} cannot be written in {folder}: {reason}", advice)


@contextlib.contextmanager
def explained(what: str, folder: Path) -> Iterator[None]:
    """Raise an ``OSError`` as the sentence of ``not_written``, which has the arguments."""
    try:
        yield
    except OSError as error:
        raise not_written(what, folder, error) from error
