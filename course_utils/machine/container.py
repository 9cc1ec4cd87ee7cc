"""How much memory a container leaves: Linux's control groups, of version 2 and of version 1."""

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
    return min((_room(folder, *names) for folder, names in _groups()), default=math.inf)


def _groups() -> Iterator[tuple[Path, tuple[str, str, str]]]:
    """The folders of this process's groups and of those around them, with their files' names.

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
        if "memory" in controllers.split(","):
            root, names = CGROUP / "memory", VERSION_1
        elif line.startswith("0::"):
            root, names = CGROUP, VERSION_2
        else:
            continue
        own = Path(path.lstrip("/"))
        yield from ((root / folder, names) for folder in (own, *own.parents))


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
