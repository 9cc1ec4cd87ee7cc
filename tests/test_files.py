"""Files are written whole or not at all."""

import os

import pytest

from course_utils.files import write_text, write_whole


def test_a_file_and_its_folders_are_made(tmp_path):
    path = tmp_path / "a" / "b" / "file.txt"
    write_text(path, "first\nsecond \u00e9\n")
    assert path.read_bytes() == "first\nsecond \u00e9\n".encode()


@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
def test_a_cut_off_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "file"
    path.write_text("old")

    def half(part):
        part.write_text("ne")
        raise error

    with pytest.raises(type(error)):
        write_whole(path, half)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_two_writers_do_not_share_a_part(tmp_path):
    path, parts = tmp_path / "file", []

    def outer(part):
        parts.append(part)
        write_whole(path, lambda inner: (parts.append(inner), inner.write_text("inner")))
        part.write_text("outer")

    write_whole(path, outer)
    assert len(set(parts)) == 2 and path.read_text() == "outer" and os.listdir(tmp_path) == ["file"]
