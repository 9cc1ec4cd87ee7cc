"""What a record says of where it was made, versions and time, and how much memory is left.

The lab book (every lesson), the cache's manifest, recorded runs and the benchmark write it from
here. Packages are imported where they are used: the doctor, which says what is broken, runs without
them.
"""

import datetime
import importlib.metadata
import platform
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from course_utils.machine.container import room_in_container

if TYPE_CHECKING:
    import torch

PACKAGES = ("torch", "transformers")


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Versions of Python and of these packages; ``unknown`` for what is not installed."""
    return {"python": platform.python_version(), **{name: _version(name) for name in packages}}


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:  # on the path, but not installed
        return "unknown"


def utc_now() -> str:
    """The time in UTC, to the second, in ISO 8601."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


def environment(device: "torch.device", packages: Iterable[str] = PACKAGES) -> dict[str, Any]:
    """The fields ``device``, ``versions`` and ``date`` (UTC, YYYY-MM-DD) of a record made now."""
    from course_utils.machine.device import describe_device

    return {
        "device": describe_device(device),
        "versions": versions(packages),
        "date": utc_now()[:10],
    }


def available_memory() -> float:
    """Bytes of main memory that can still be used, within the container's limit if it has one."""
    import psutil

    return min(float(psutil.virtual_memory().available), room_in_container())
