"""The cache: built once, verified, repaired, shared between processes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course_utils import settings
from course_utils.assets import cache

BIG = bytes(range(256)) * 20_000  # 5 MB: large enough to be sampled


def write_two_files(work, folder, progress):
    (work / "scratch").write_text("x")
    (folder / "weights.bin").write_bytes(BIG)
    (folder / "sub").mkdir()
    (folder / "sub" / "note.txt").write_text("hello")
    (folder / "weights.bin").chmod(0o600)


def make_asset(build=write_two_files, **changes):
    parts = {"format": 1, "sources": {"pkg==1": "a" * 64}, "bytes_needed": 1000}
    return cache.Asset(name="thing", title="Thing", build=build, **{**parts, **changes})


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


def test_cache_folder_follows_the_environment(monkeypatch, folder):
    assert settings.cache_folder() == folder
    monkeypatch.setenv("COURSE_CACHE", "~/elsewhere")
    assert settings.cache_folder() == Path.home() / "elsewhere"
    monkeypatch.delenv("COURSE_CACHE")
    assert "efficient-fine-tuning" in str(settings.cache_folder())


def test_builds_once_then_says_and_writes_nothing(folder, said):
    asset = make_asset()
    assert cache.problem(asset) == "missing"
    assert cache.ensure(asset, said.append) == folder / "thing"
    assert said[0] == "Thing: missing; preparing it"
    assert cache.problem(asset) is None and cache.problem(asset, full=True) is None
    assert remains(folder) == []
    before = snapshot(folder)
    said.clear()
    cache.ensure(asset, said.append)
    assert said == [] and snapshot(folder) == before


def test_manifest_tells_where_the_files_come_from(folder):
    cache.ensure(make_asset(), print)
    manifest = json.loads((folder / "thing" / "manifest.json").read_text())
    assert manifest["format"] == 1 and manifest["sources"] == {"pkg==1": "a" * 64}
    assert manifest["files"]["weights.bin"]["bytes"] == len(BIG)
    assert set(manifest["files"]) == {"weights.bin", "sub/note.txt"}
    assert manifest["versions"]["python"] and manifest["made"].endswith("+00:00")


def test_others_may_read_what_umask_lets_them_read(folder):
    before = os.umask(0o022)
    try:
        cache.ensure(make_asset(), print)
    finally:
        os.umask(before)
    assert (folder / "thing" / "weights.bin").stat().st_mode & 0o777 == 0o644
    assert (folder / "thing").stat().st_mode & 0o777 == 0o755


def truncate(folder):
    os.truncate(folder / "weights.bin", 1000)


def flip_first_byte(folder):
    with open(folder / "weights.bin", "r+b") as file:
        file.write(b"\xff")


def flip_last_byte(folder):
    with open(folder / "weights.bin", "r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x00")


def change_small_file(folder):
    (folder / "sub" / "note.txt").write_text("hellO")


def delete_file(folder):
    (folder / "sub" / "note.txt").unlink()


def cut_manifest(folder):
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text[: len(text) // 2])


def odd_manifest(folder):
    (folder / "manifest.json").write_text("[]")


def delete_manifest(folder):
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (truncate, "weights.bin has 1,000 bytes instead of 5,120,000"),
        (flip_first_byte, "weights.bin is damaged"),
        (flip_last_byte, "weights.bin is damaged"),
        (change_small_file, "sub/note.txt is damaged"),
        (delete_file, "note.txt is missing"),
        (cut_manifest, "its manifest.json is damaged"),
        (odd_manifest, "its manifest.json is damaged"),
        (delete_manifest, "manifest.json is missing"),
    ],
)
def test_a_damaged_cache_repairs_itself(folder, said, damage, words):
    asset = make_asset()
    cache.ensure(asset, print)
    damage(folder / "thing")
    assert cache.problem(asset) == words
    cache.ensure(asset, said.append)
    assert said[0] == f"Thing: {words}; preparing it"
    assert cache.problem(asset, full=True) is None and remains(folder) == []


def test_full_verification_sees_a_byte_between_the_samples(folder):
    asset = make_asset()
    cache.ensure(asset, print)
    with open(folder / "thing" / "weights.bin", "r+b") as file:
        file.seek(cache.BLOCK + 10)
        file.write(b"\xff")
    assert cache.problem(asset) is None
    assert cache.problem(asset, full=True) == "weights.bin is damaged"


@pytest.mark.parametrize("change", [{"format": 2}, {"sources": {"pkg==2": "b" * 64}}])
def test_a_cache_of_another_version_is_rebuilt(said, change):
    cache.ensure(make_asset(), print)
    newer = make_asset(**change)
    assert cache.problem(newer) == "made by another version of the course"
    cache.ensure(newer, said.append)
    assert "another version" in said[0] and cache.problem(newer) is None


PROCESS = """
import sys, time
from course_utils.assets import cache

def build(work, folder, progress):
    with open(sys.argv[1], "a") as log:
        log.write("built\\n")
    time.sleep(float(sys.argv[2]))
    (folder / "weights.bin").write_bytes(b"x" * 1000)

asset = cache.Asset("thing", "Thing", 1, {"pkg==1": "a" * 64}, 1000, build)
cache.ensure(asset, lambda line: print(line, flush=True))
print("sound" if cache.problem(asset, full=True) is None else "broken")
"""


def start(log, seconds):
    command = [sys.executable, "-c", PROCESS, str(log), str(seconds)]
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


@pytest.mark.slow
def test_many_processes_at_once_build_once(tmp_path, folder):
    log = tmp_path / "log"
    processes = [start(log, 2) for _ in range(8)]
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    assert log.read_text() == "built\n"
    assert all(output.splitlines()[-1] == "sound" for output in outputs)
    assert any("another process is preparing it; waiting" in output for output in outputs)
    assert remains(folder) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_the_remains_of_a_killed_preparation_are_removed(tmp_path, folder, said):
    log = tmp_path / "log"
    process = start(log, 60)
    end = time.monotonic() + 30
    while not log.exists() and time.monotonic() < end:
        time.sleep(0.05)
    process.kill()
    process.communicate()
    assert len(remains(folder)) == 1
    asset = make_asset()
    cache.ensure(asset, said.append)
    assert "Thing: removing what an interrupted preparation left" in said
    assert remains(folder) == [] and cache.problem(asset, full=True) is None
