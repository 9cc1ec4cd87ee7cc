"""Downloads through pip: the course's pinned archives, hash-checked, without dependencies.

pip brings what learners already rely on: mirrors, proxies, certificates and its own cache. Its
settings alone say where the archives are: no address stands in the course.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from course_utils.assets.cache import PREPARE, Progress
from course_utils.errors import CourseError

PINS = Path(__file__).with_name("pins.txt")
SOURCE_ONLY = "vaderSentiment"  # its wheel lacks the sentences
EVERY = 5.0  # seconds between two lines of progress
HASH = ("DO NOT MATCH THE HASHES", "Hashes are required")
BROKEN = ("IncompleteRead", "Connection broken", "incomplete-download", "EOF occurred")
NETWORK = ("ConnectionError", "ConnectTimeout", "Max retries exceeded", "Read timed out",
           "ReadTimeout", "ProxyError", "Could not find a version", "SSLError",
           "Connection aborted", "HTTP error")  # fmt: skip


def pin(distribution: str, pins: Path = PINS) -> tuple[str, str]:
    """The pinned requirement of a distribution, such as ``name==1.2``, and its sha256 in hex."""
    found = re.search(
        rf"^({re.escape(distribution)}==\S+) --hash=sha256:([0-9a-f]{{64}})$",
        pins.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    if not found:
        raise ValueError(f"{pins} does not pin {distribution}")
    return found[1], found[2]


def fetch(distribution: str, work: Path, progress: Progress, pins: Path = PINS) -> Path:
    """Download one pinned archive.

    Args:
        distribution: its name, as in ``pins``.
        work: an existing folder for the archive and for pip's scratch files.
        progress: called with a line of text every five seconds.
        pins: requirements file with one sha256 for each distribution.

    Returns:
        Path of the archive, whose sha256 pip has compared with the pinned one.

    Raises:
        CourseError: no network, a broken download, a wrong hash, or pip is missing.
        OSError: the disk is full or may not be written to.
    """
    requirement, sha256 = pin(distribution, pins)
    wanted, archive, scratch = work / "wanted.txt", work / "archive", work / "scratch"
    wanted.write_text(f"{requirement} --hash=sha256:{sha256}\n", encoding="utf-8")
    scratch.mkdir()
    options = ["--require-hashes", "--no-deps", "--no-binary", SOURCE_ONLY]
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    command = [sys.executable, "-m", "pip", "download", *options, *quiet, "--retries", "2"]
    command += ["--dest", str(archive), "-r", str(wanted)]
    progress(f"  downloading {requirement}")
    code, output = _run(command, scratch, progress)
    if code != 0:
        raise _explained(output, requirement)
    return next(archive.iterdir())


def _run(command: list[str], scratch: Path, progress: Progress) -> tuple[int, str]:
    """Run pip with its temporary files in ``scratch``; its exit status and all that it said.

    What it says goes through a pipe: a log beside ``scratch`` would be cut by a full disk.
    """
    folders = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    process = subprocess.Popen(
        command, env={**os.environ, **folders}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        while (output := _waited(process)) is None:
            progress(f"  {_bytes(scratch) / 1e6:.0f} MB so far")
    finally:
        if process.poll() is None:  # interrupted
            process.kill()
            process.wait()
    return process.returncode, output.decode(errors="replace")


def _waited(process: subprocess.Popen) -> bytes | None:
    """All the output of a process that ends within ``EVERY`` seconds, else None."""
    try:
        return process.communicate(timeout=EVERY)[0]
    except subprocess.TimeoutExpired:
        return None


def _bytes(folder: Path) -> int:
    """Bytes in a folder that another process is changing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.path.getsize(os.path.join(parent, name))
            except OSError:
                continue  # gone meanwhile
    return total


def _explained(output: str, requirement: str) -> Exception:
    """What went wrong, from pip's own words."""
    if number := re.search(r"\[Errno (28|13|30|122)\]", output):
        return OSError(int(number[1]), os.strerror(int(number[1])))
    if "No module named pip" in output:
        return CourseError("This Python has no pip", "run python -m ensurepip, then try again")
    if any(words in output for words in HASH):
        return CourseError(
            f"The download of {requirement} does not have the expected sha256 and was thrown away",
            "try again on another network: a proxy or mirror may have cut or changed the file",
        )
    if any(words in output for words in BROKEN):
        return CourseError(f"The download of {requirement} broke off", f"run {PREPARE} again")
    if any(words in output for words in NETWORK):
        return CourseError(
            f"The package index cannot be reached, or does not have {requirement}",
            f"connect to the internet once and run {PREPARE}; later use needs no network",
        )
    tail = " / ".join(output.strip().splitlines()[-3:]) or "no message"
    return CourseError(f"pip could not download {requirement}: {tail}", f"run {PREPARE} again")
