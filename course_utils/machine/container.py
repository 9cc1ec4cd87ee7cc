"""What a container leaves of memory and processors: Linux's control groups, versions 2 and 1."""

import math
from collections.abc import Iterator
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")
# In a group's folder: the limit, what is used, and in memory.stat the cache that can be given back.
VERSION_2 = ("memory.max", "memory.current", "inactive_file")
VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def room_in_container() -> float:
    """Bytes that this process's groups leave it; infinite where none has a limit.

    A group within a group may have the wider limit, so the least room counts.
    """
    folders = _groups("memory")
    rooms = (_room(folder, *(VERSION_2 if two else VERSION_1)) for folder, two in folders)
    return min(rooms, default=math.inf)


def processors_in_container() -> float:
    """How many processors' time this process's groups allow; infinite where none has a quota.

    ``docker run --cpus 2`` is such a quota: the process sees all of the machine's processors, and
    as many threads as those would only wait for each other.
    """
    return min((_quota(folder, two) for folder, two in _groups("cpu")), default=math.inf)


def _groups(controller: str) -> Iterator[tuple[Path, bool]]:
    """The folders of this process's groups and of those around them; are they of version 2?

    In a container, the folder that the system names may lie outside; the container's own is then
    the root.
    """
    try:
        lines = OWN_GROUPS.read_text(encoding="utf-8").split("\n")
    except OSError:
        lines = []  # not on Linux
    for line in lines:  # such as 4:memory:/a/b, or 0::/a/b in version 2
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controller in controllers.split(","):
            root, two = CGROUP / controller, False
        elif line.startswith("0::"):
            root, two = CGROUP, True
        else:
            continue
        own = Path(path.lstrip("/"))
        yield from ((root / folder, two) for folder in (own, *own.parents))


def _quota(folder: Path, two: bool) -> float:
    """Processors' time per time; such as ``200000 100000``, in microseconds."""
    try:
        if two:
            quota, period = map(int, (folder / "cpu.max").read_text().split())
        else:
            names = ("cpu.cfs_quota_us", "cpu.cfs_period_us")
            quota, period = (int((folder / name).read_text()) for name in names)
    except (OSError, ValueError):
        return math.inf  # not here, or no limit ("max")
    return quota / period if quota > 0 and period > 0 else math.inf  # -1 in version 1


def _room(folder: Path, limit: str, used: str, reclaimable: str) -> float:
    try:
        room = int((folder / limit).read_text()) - int((folder / used).read_text())
    except (OSError, ValueError):
        return math.inf  # not here, or no limit ("max"; in version 1 a huge number)
    try:
        pairs = (line.split() for line in (folder / "memory.stat").read_text().split("\n"))
        stat = {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2}
    except (OSError, ValueError):
        stat = {}
    return float(max(0, room + stat.get(reclaimable, 0)))
