"""The doctor: is this machine ready for the course, and if not, what to do.

``python -m course_utils doctor`` prints all findings; each lesson's first cell a short report. It
is there for machines on which packages are missing or broken: none is imported before it is looked
at.
"""

import dataclasses
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from course_utils import settings
from course_utils.assets import cache
from course_utils.errors import CourseError
from course_utils.machine.environment import available_memory

FILE = "requirements.txt"
OLDEST, NEWEST = (3, 10), (3, 13)  # Python
GB = 1e9
MEMORY_FOR_FULL = 5.0  # GB that full fine-tuning of the 135M model takes, with some room
MEMORY_FOR_ALL = 2.0  # GB below which nothing runs
DISK_FOR_RESULTS = 4.0  # GB that lesson 2 keeps while it trains: two checkpoints at once


@dataclasses.dataclass(frozen=True)
class Line:
    """One finding.

    Attributes:
        status: ``ok``, ``warn`` (the course runs, but) or ``fail`` (it does not).
        subject: what was looked at.
        message: what was found and, unless it is ok, what to do.
    """

    status: str
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{f'[{self.status}]':<6} {self.subject}: {self.message}"


def doctor() -> list[Line]:
    """Look at Python, packages, device, memory, disk, cache and network; a few seconds."""
    lines = [_python(sys.version_info[:2])]
    for subject, look in (
        ("Packages", _packages),
        ("Device", _device),
        ("Precision", _precision),
        ("Memory", _memory),
        ("Disk", _disk),
        ("Results", _results),
        ("Cache", _cache),
        ("Network", _network),
    ):
        lines += _looked(subject, look)
    return lines


def report() -> int:
    """Print all findings; the exit status is 1 where one of them is a failure, else 0."""
    lines = doctor()
    for line in lines:
        print(line)
    failures = sum(line.status == "fail" for line in lines)
    warnings = sum(line.status == "warn" for line in lines)
    print(f"{failures} to put right [fail], {warnings} to know of [warn].")
    return int(failures > 0)


def short_report() -> None:
    """Print one to three lines for the first cell of a lesson: on what it runs, and what it lacks.

    A quick run says first that it is one.
    """
    from course_utils.machine import device

    if settings.quick():
        print("Quick run (COURSE_QUICK): its numbers are for trying things out and prove nothing.")
    here = device.pick_device()
    dtype = device.dtype_text(device.pick_dtype(here))
    print(f"This lesson runs on: {device.describe_device(here)}, in {dtype}.")
    lacks = [("Cache", _cache), ("Memory", _memory), ("Results", _results)]
    for line in [line for subject, look in lacks for line in _looked(subject, look)]:
        if line.status != "ok":
            print(line)
            return


def _looked(subject: str, look: Callable[[], list[Line]]) -> list[Line]:
    """The findings of ``look``; a failure where it cannot even look, as with a broken package."""
    try:
        return look()
    except CourseError as error:
        return [Line("fail", subject, str(error))]
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        return [Line("fail", subject, f"cannot be looked at: {reason}; {_install()} again")]


def _python(version: tuple[int, int]) -> Line:
    found = ".".join(map(str, version))
    wanted = f"{'.'.join(map(str, OLDEST))} to {'.'.join(map(str, NEWEST))}"
    if version < OLDEST:
        return Line("fail", "Python", f"{found}; install one of {wanted}")
    if version > NEWEST:
        return Line("warn", "Python", f"{found} is untested; if anything fails, take {wanted}")
    return Line("ok", "Python", found)


def _packages() -> list[Line]:
    """One finding for each package that the course needs."""
    requirements = _requirements()
    if not requirements:
        missing = f"the course stands here without {FILE}, and pip did not install it"
        return [Line("warn", "Packages", f"{missing}: install it, or use the course's clone")]
    return [_package(name, bound) for name, bound in requirements]


def _requirements() -> list[tuple[str, str]]:
    """``(name, lower bound)`` of each package that the clone, or the installed course, needs.

    An installed course has no requirements file; pip keeps the same lines with the package.
    """
    root = settings.course_folder()
    if root is not None:
        lines = (root / FILE).read_text(encoding="utf-8").split("\n")
    else:
        try:
            lines = importlib.metadata.requires("course-utils") or []
        except importlib.metadata.PackageNotFoundError:  # a folder on the path, nothing more
            lines = []
    found = (re.match(r"([\w.-]+)>=([\d.]+)", line) for line in lines)
    return [(match[1], match[2]) for match in found if match]


def _package(name: str, bound: str) -> Line:
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Line("fail", name, f"not installed; {_install(name, bound)}")
    if _numbers(found) < _numbers(bound):
        return Line("fail", name, f"{found} is older than {bound}; {_install(name, bound)}")
    return Line("ok", name, found)


def _install(name: str = "", bound: str = "") -> str:
    """How to install one package, or what the course needs, here."""
    if settings.course_folder() is not None:
        return f"run pip install -r {FILE}"
    return f'run pip install "{name}>={bound}"' if name else "install the package that this names"


def _numbers(version: str) -> tuple[int, ...]:
    """``2.13.0+cpu`` as (2, 13, 0), always three numbers."""
    found = [int(n) for n in re.findall(r"\d+", version.split("+")[0])[:3]]
    return tuple(found + [0] * (3 - len(found)))


def _device() -> list[Line]:
    from course_utils.machine import device

    return [Line("ok", "Device", device.describe_device())]


def _precision() -> list[Line]:
    from course_utils.machine import device

    used = device.dtype_text(device.pick_dtype())
    if settings.dtype_name():
        return [Line("ok", "Precision", f"{used}, as COURSE_DTYPE says")]
    has = "has" if device.has_bfloat16(device.pick_device()) else "does not have"
    return [Line("ok", "Precision", f"{used}: the hardware {has} products in bfloat16")]


def _memory() -> list[Line]:
    from course_utils.machine import device

    here = device.pick_device()
    if here.type == "cuda":
        import torch

        return [_room("Memory", "of the GPU", torch.cuda.mem_get_info(here)[0] / GB)]
    return [_room("Memory", "of the computer", available_memory() / GB)]


def _room(subject: str, whose: str, free: float) -> Line:
    found = f"{free:.1f} GB {whose} free"
    if free < MEMORY_FOR_ALL:
        return Line("fail", subject, f"{found}; {MEMORY_FOR_ALL:.0f} GB are needed: close programs")
    if free < MEMORY_FOR_FULL:
        wanted = f"full fine-tuning wants {MEMORY_FOR_FULL:.0f} GB: close programs and notebooks"
        return Line("warn", subject, f"{found}; {wanted}")
    return Line("ok", subject, found)


def _disk() -> list[Line]:
    from course_utils.assets.prepare import ASSETS

    missing = sum(a.bytes_needed for a in ASSETS if cache.problem(a) is not None) / GB
    existing = _existing(settings.cache_folder())
    free = shutil.disk_usage(existing).free / GB
    found = f"{free:.1f} GB free at {existing}"
    if free < missing:
        advice = f"{missing:.1f} GB are needed: free some, or set COURSE_CACHE to another disk"
        return [Line("fail", "Disk", f"{found}; {advice}")]
    return [Line("ok", "Disk", found)]


def _results() -> list[Line]:
    """Whether the results folder takes what the lessons keep."""
    folder = settings.results_folder()
    existing = _existing(folder)
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        advice = "set COURSE_RESULTS to a folder of yours"
        return [Line("fail", "Results", f"nothing can be written to {folder}; {advice}")]
    found = f"{folder}, {(free := shutil.disk_usage(existing).free / GB):.1f} GB free"
    if free < DISK_FOR_RESULTS:
        wanted = f"lesson 2 keeps up to {DISK_FOR_RESULTS:.0f} GB while it trains"
        advice = "free some, or set COURSE_RESULTS to another disk"
        return [Line("warn", "Results", f"{found}; {wanted}: {advice}")]
    return [Line("ok", "Results", found)]


def _existing(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _cache() -> list[Line]:
    from course_utils.assets.prepare import ASSETS

    return [_asset(asset) for asset in ASSETS]


def _asset(asset: cache.Asset) -> Line:
    why = cache.problem(asset)
    if why is None:
        return Line("ok", asset.title, f"ready in {asset.folder}")
    if not os.access(_existing(settings.cache_folder()), os.W_OK):
        advice = "it may not be written to: set COURSE_CACHE to a folder of yours"
        return Line("fail", asset.title, f"{why} in {settings.cache_folder()}, and {advice}")
    return Line("warn", asset.title, f"{why}; run {cache.PREPARE}")


def _network() -> list[Line]:
    """Whether a network is needed at all, and if so whether pip reaches what is missing."""
    from course_utils.assets.prepare import ASSETS

    offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}
    model = settings.model_source()
    if model and not Path(model).is_dir() and offline:
        advice = f"unset it unless {model} was downloaded before"
        return [Line("warn", "Network", f"HF_HUB_OFFLINE is set; {advice}")]
    missing = [asset for asset in ASSETS if cache.problem(asset) is not None]
    if not missing:
        return [Line("ok", "Network", "not needed: model and data are in the cache")]
    if all(pip_reaches(name.split("==")[0]) for asset in missing for name in asset.sources):
        return [Line("ok", "Network", f"pip reaches what is missing: {cache.PREPARE} downloads it")]
    advice = "connect to the internet for the first preparation; later use needs none"
    return [Line("fail", "Network", f"pip does not reach what is missing: {advice}")]


def pip_reaches(distribution: str, seconds: int = 5) -> bool:
    """Does pip find a distribution, with the mirror and the proxy that it is set to use?"""
    command = [sys.executable, "-m", "pip", "index", "versions", distribution]
    command += ["--retries", "0", "--timeout", str(seconds), "--disable-pip-version-check"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=4 * seconds)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
