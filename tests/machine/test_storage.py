"""What cannot be written is explained: permission, room, or something in the way."""

import errno
from pathlib import Path

import filelock
import pytest

from course_utils.errors import CourseError
from course_utils.machine import storage


@pytest.mark.parametrize(
    ("number", "reason", "advice"),
    [
        (errno.EACCES, "no permission", "a folder of yours"),
        (errno.EPERM, "no permission", "a folder of yours"),
        (errno.EROFS, "may only be read", "a folder of yours"),
        (errno.ENOSPC, "disk is full", "free some space"),
        (errno.EDQUOT, "share of the disk", "free some space"),
        (errno.ENOTDIR, "a file stands", "move that file"),
        (errno.EIO, "Input/output error", "COURSE_RESULTS"),
    ],
)
def test_each_reason_has_its_advice(number, reason, advice):
    error = OSError(number, "Input/output error" if number == errno.EIO else "x")
    said = str(storage.not_written("The lab book", Path("/somewhere"), error))
    assert said.startswith("The lab book cannot be written in /somewhere: ")
    assert reason in said and advice in said
    assert ("disk" in said) == (number in (errno.ENOSPC, errno.EDQUOT))


def test_a_lock_that_another_holds():
    said = str(storage.not_written("The lab book", Path("/x"), filelock.Timeout("/x/lock")))
    assert "another program" in said and "try again" in said


def test_an_error_without_words_is_named():
    assert "TimeoutError" in str(storage.not_written("It", Path("/x"), TimeoutError()))


def test_errors_of_the_system_are_explained_and_others_left_alone(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match="It cannot be written in .*a file stands"):
        with storage.explained("It", tmp_path / "file"):
            (tmp_path / "file" / "below").mkdir()
    with pytest.raises(ZeroDivisionError), storage.explained("It", tmp_path):
        1 / 0  # noqa: B018
