"""machine.environment."""

import datetime
import importlib.metadata
import platform

import torch

from course_utils.machine.device import describe_device

PACKAGES = ("torch", "transformers")


def environment(device: torch.device, packages: tuple[str, ...] = PACKAGES) -> dict:
    """The fields ``device``, ``versions`` and ``date`` of a record made now."""
    versions = {name: _version(name) for name in packages}
    return {
        "device": describe_device(device),
        "versions": {"python": platform.python_version(), **versions},
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:  # on the path, but not installed
        return "unknown"
