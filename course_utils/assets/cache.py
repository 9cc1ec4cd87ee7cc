"""The cache of prepared assets: verified at each use, written whole or not at all.

Each asset is a folder with a ``manifest.json``. A sound folder is used as it is: nothing is
written and nothing is locked, so a read-only cache can be shared. Otherwise one process builds
the asset in a temporary folder beside it and moves it into place; the others wait.
"""

import contextlib
import dataclasses
import errno
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from course_utils.errors import CourseError
from course_utils.machine.environment import utc_now, versions
from course_utils.settings import cache_folder

PREPARE = "python -m course_utils prepare"
MANIFEST = "manifest.json"
BLOCK, BLOCKS = 65_536, 32  # bytes and number of the samples that stand for a large file
PACKAGES = ("torch", "transformers", "datasets", "safetensors", "gguf")
FULL_DISK = {errno.ENOSPC, errno.EDQUOT}
NO_PERMISSION = {errno.EACCES, errno.EPERM, errno.EROFS}
Progress = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Asset:
    """Something that is prepared once and kept.

    Attributes:
        name: its folder in the cache.
        title: its name in messages.
        format: raised whenever older folders can no longer be used.
        sources: sha256 of each archive that it is made from.
        bytes_needed: free disk that preparing it takes, at most.
        build: ``build(work, folder, progress)`` fills ``folder``; ``work`` is for scratch files.
    """

    name: str
    title: str
    format: int
    sources: dict[str, str]
    bytes_needed: int
    build: Callable[[Path, Path, Progress], None]

    @property
    def folder(self) -> Path:
        """Where the asset is, or will be."""
        return cache_folder() / self.name


def problem(asset: Asset, full: bool = False) -> str | None:
    """What is wrong with a cached asset, in a few words; None where it is sound.

    Args:
        asset: what to look at.
        full: hash every byte, rather than 32 samples (2 MiB) of each large file.
    """
    digest, key = (sha256, "sha256") if full else (sampled, "sampled")
    try:
        manifest = json.loads((asset.folder / MANIFEST).read_text(encoding="utf-8"))
        if (manifest["format"], manifest["sources"]) != (asset.format, asset.sources):
            return "made by another version of the course"
        for name, recorded in manifest["files"].items():
            path = asset.folder / name
            if path.stat().st_size != recorded["bytes"]:
                return f"{name} has {path.stat().st_size:,} bytes instead of {recorded['bytes']:,}"
            if digest(path) != recorded[key]:
                return f"{name} is damaged"
    except FileNotFoundError as error:
        return f"{Path(error.filename).name} is missing" if asset.folder.exists() else "missing"
    except OSError as error:
        return f"unreadable ({error.strerror})"
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"its {MANIFEST} is damaged"
    return None


def ensure(asset: Asset, progress: Progress = print) -> Path:
    """The folder of a sound asset, which is built first where it is missing or damaged.

    Args:
        asset: what is wanted.
        progress: called with one line of text a step; with nothing where the asset is sound.

    Raises:
        CourseError: it could not be built, because of the network, the disk or permissions.
    """
    if problem(asset) is None:
        return asset.folder
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        with _locked(asset, progress):
            why = problem(asset)
            if why is not None:  # else another process built it meanwhile
                progress(f"{asset.title}: {why}; preparing it")
                _rebuild(asset, progress)
                progress(f"{asset.title}: ready in {asset.folder}")
    except CourseError:
        raise
    except Exception as error:
        raise _explained(error, asset) from error
    return asset.folder


@contextlib.contextmanager
def _locked(asset: Asset, progress: Progress) -> Iterator[None]:
    """Hold the asset's lock; say so where another process holds it. A dead process frees it."""
    import filelock  # not above: the doctor, which says what is missing, starts without it

    lock = filelock.FileLock(cache_folder() / f"{asset.name}.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        progress(f"{asset.title}: another process is preparing it; waiting for it")
        lock.acquire(poll_interval=0.2)
    try:
        yield
    finally:
        lock.release()


def _rebuild(asset: Asset, progress: Progress) -> None:
    """Build beside the old folder and swap. The lock is held, so other remains are nobody's."""
    for remains in cache_folder().glob(f".{asset.name}.*.tmp"):
        progress(f"{asset.title}: removing what an interrupted preparation left")
        shutil.rmtree(remains)
    if shutil.disk_usage(cache_folder()).free < asset.bytes_needed:
        raise OSError(errno.ENOSPC, "No space left on device")
    work = cache_folder() / f".{asset.name}.{secrets.token_hex(4)}.tmp"
    new = work / "new"
    try:
        new.mkdir(parents=True)
        asset.build(work, new, progress)
        _write_manifest(asset, new)
        if asset.folder.exists():
            asset.folder.rename(work / "old")
        new.rename(asset.folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write_manifest(asset: Asset, folder: Path) -> None:
    """Record every file of ``folder``, make all as readable as umask says, push all to disk."""
    files = {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": sha256(path),
            "sampled": sampled(path),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = {
        "asset": asset.name,
        "format": asset.format,
        "sources": asset.sources,
        "files": files,
        "versions": versions(PACKAGES),
        "made": utc_now(),
    }
    text = json.dumps(manifest, indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    mode = (folder / MANIFEST).stat().st_mode & 0o777  # what umask grants; safetensors grants less
    for name in (*files, MANIFEST):
        (folder / name).chmod(mode)
        with open(folder / name, "r+b") as file:
            os.fsync(file.fileno())


def sha256(path: Path) -> str:
    """sha256 of a file's bytes, in hex digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def sampled(path: Path) -> str:
    """sha256 of evenly spaced blocks, first and last among them; of all of a small file."""
    size = path.stat().st_size
    starts = list(range(0, size, BLOCK))
    if size > BLOCKS * BLOCK:
        starts = [i * (size - BLOCK) // (BLOCKS - 1) for i in range(BLOCKS)]
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for start in starts:
            file.seek(start)
            digest.update(file.read(BLOCK))
    return digest.hexdigest()


def _explained(error: Exception, asset: Asset) -> Exception:
    """The same error as one sentence and a next step, where its cause is known."""
    number = getattr(error, "errno", None)
    if number is None:  # compiled libraries put it in the text: "(os error 28)", "[Errno 28]"
        found = re.search(r"(?:os error|Errno) (\d+)", str(error))
        number = int(found[1]) if found else None
    elsewhere = "set COURSE_CACHE to a folder of yours"
    if number in FULL_DISK:
        return CourseError(
            f"{asset.title} cannot be prepared in {cache_folder()}: the disk is full",
            f"free {asset.bytes_needed / 1e6:.0f} MB there, or {elsewhere} on another disk,"
            f" then run {PREPARE}",
        )
    if number in NO_PERMISSION:
        return CourseError(
            f"{asset.title} cannot be used ({problem(asset)}), and {cache_folder()} cannot be"
            " written to",
            f"{elsewhere}, or ask whoever keeps that one to run {PREPARE} there",
        )
    return error
