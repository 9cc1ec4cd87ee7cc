"""A disk that refuses, is full or goes away: the cache says so and leaves nothing behind."""

import errno
import os
from pathlib import Path

import pytest

from course_utils.assets import cache
from course_utils.errors import CourseError


def write_note(work, folder, progress):
    (work / "scratch").write_text("x")
    (folder / "note.txt").write_text("hello")


def make_asset(build=write_note, **changes):
    settings = {"format": 1, "sources": {"pkg==1": "a" * 64}, "bytes_needed": 1000}
    return cache.Asset(name="thing", title="Thing", build=build, **{**settings, **changes})


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def said():
    return []


def snapshot(folder):
    return {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in folder.rglob("*")}


def remains(folder):
    return [p.name for p in folder.iterdir() if p.name.startswith(".")]


def refuse_writing(monkeypatch, number=errno.EROFS):
    """As a read-only disk does: root is not stopped by modes, so the system calls are replaced."""
    open_file = os.open

    def refuse(path, *rest, **named):
        raise OSError(number, os.strerror(number), str(path))

    def open_to_read(path, flags, *rest, **named):
        writing = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        return refuse(path) if writing else open_file(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", open_to_read)
    for name in ("mkdir", "rename", "replace", "unlink", "rmdir"):
        monkeypatch.setattr(os, name, refuse)


def test_a_read_only_cache_is_used_without_writing_or_locking(monkeypatch, folder, said):
    cache.ensure(make_asset(), print)
    (folder / "thing.lock").unlink(missing_ok=True)
    before = snapshot(folder)
    refuse_writing(monkeypatch)
    assert cache.ensure(make_asset(), said.append) == folder / "thing"
    assert said == [] and snapshot(folder) == before


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_read_only_cache_of_another_version_is_explained(monkeypatch, number):
    cache.ensure(make_asset(), print)
    refuse_writing(monkeypatch, number)
    with pytest.raises(CourseError) as caught:
        cache.ensure(make_asset(format=2), print)
    message = str(caught.value)
    assert "made by another version" in message and "cannot be written to" in message
    assert "COURSE_CACHE" in message and "\n" not in message


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_no_write_permission_is_explained(monkeypatch, number):
    refuse_writing(monkeypatch, number)
    with pytest.raises(CourseError, match=r"cannot be written to.*set COURSE_CACHE"):
        cache.ensure(make_asset(), print)


def write_to_full_device(work, folder, progress):
    with open("/dev/full", "w") as file:
        file.write("x" * 100_000)


def fail_as_safetensors_does(work, folder, progress):
    raise RuntimeError("Error while serializing: I/O error: No space left (os error 28)")


@pytest.mark.parametrize("build", [write_to_full_device, fail_as_safetensors_does])
def test_a_full_disk_is_explained_and_leaves_nothing(folder, build):
    if build is write_to_full_device and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(CourseError, match=r"the disk is full.*free \d+ MB"):
        cache.ensure(make_asset(build), print)
    assert remains(folder) == [] and not (folder / "thing").exists()


def test_too_little_disk_is_noticed_before_the_download(said):
    def build(work, folder, progress):
        raise AssertionError("must not start")

    with pytest.raises(CourseError, match="the disk is full"):
        cache.ensure(make_asset(build, bytes_needed=10**18), said.append)


def test_a_failed_repair_keeps_the_old_folder(folder):
    cache.ensure(make_asset(), print)
    (folder / "thing" / "note.txt").write_text("hell")

    def fail(work, folder, progress):
        raise CourseError("No network", "connect")

    with pytest.raises(CourseError, match="No network"):
        cache.ensure(make_asset(fail), print)
    assert (folder / "thing" / "note.txt").exists() and remains(folder) == []


def test_an_unknown_error_is_not_disguised():
    def fail(work, folder, progress):
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        cache.ensure(make_asset(fail), print)


def test_interrupting_leaves_nothing(folder):
    def interrupt(work, folder, progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.ensure(make_asset(interrupt), print)
    assert remains(folder) == [] and not (folder / "thing").exists()
