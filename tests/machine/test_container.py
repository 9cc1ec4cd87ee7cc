"""The memory that a container leaves, in control groups of both versions."""

import math

import pytest

from course_utils.machine import container

UNLIMITED = 9223372036854771712  # version 1's word for no limit


@pytest.fixture
def group(tmp_path, monkeypatch):
    """Write one group's files: ``group(line of /proc/self/cgroup, folder, files)``."""
    monkeypatch.setattr(container, "CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(container, "OWN_GROUPS", tmp_path / "own")

    def write(line, folder, **files):
        (tmp_path / "own").write_text(f"1:cpu:/\n{line}\n")
        place = tmp_path / "cgroup" / folder
        place.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (place / name.replace("__", ".")).write_text(f"{content}\n")

    return write


def version_2(limit, used, cache=0):
    return {"memory__max": limit, "memory__current": used,
            "memory__stat": f"anon 5\ninactive_file {cache}"}  # fmt: skip


def version_1(limit, used, cache=0):
    return {"memory__limit_in_bytes": limit, "memory__usage_in_bytes": used,
            "memory__stat": f"inactive_file 7\ntotal_inactive_file {cache}"}  # fmt: skip


def test_version_2(group):
    group("0::/", ".", **version_2(5_000_000, 1_000_000))
    assert container.room_in_container() == 4_000_000
    group("0::/", ".", **version_2("max", 1_000_000))
    assert container.room_in_container() == math.inf


def test_version_1(group):
    group("4:memory:/", "memory", **version_1(2_000_000_000, 500_000_000))
    assert container.room_in_container() == 1_500_000_000
    group("4:memory:/", "memory", **version_1(UNLIMITED, 500_000_000))
    assert container.room_in_container() > 1e18


def test_version_1_beside_another_controller_and_in_a_group_of_its_own(group):
    group("4:cpuacct,memory:/jobs/a", "memory/jobs/a", **version_1(UNLIMITED, 10))
    group("4:cpuacct,memory:/jobs/a", "memory/jobs", **version_1(3000, 1000))
    assert container.room_in_container() == 2000


def test_of_groups_within_groups_the_least_room_counts(group):
    group("0::/user/a", "user/a", **version_2(9000, 1000))
    group("0::/user/a", "user", **version_2(5000, 4000))
    assert container.room_in_container() == 1000


def test_a_path_outside_the_container_is_the_containers_root(group):
    group("0::/system/docker-1234", ".", **version_2(5000, 1000))
    assert container.room_in_container() == 4000


def test_cached_files_can_be_given_back(group):
    group("0::/", ".", **version_2(5000, 4900, cache=3000))
    assert container.room_in_container() == 3100
    group("0::/", ".", memory__max="max")
    group("4:memory:/", "memory", **version_1(5000, 4900, cache=2000))
    assert container.room_in_container() == 2100


def test_more_used_than_allowed_leaves_nothing(group):
    group("0::/", ".", **version_2(5000, 6000))
    assert container.room_in_container() == 0


def test_without_groups_there_is_no_limit(group, tmp_path):
    assert container.room_in_container() == math.inf  # not on Linux
    group("0::/", ".", memory__max="nonsense")
    assert container.room_in_container() == math.inf


@pytest.mark.parametrize(
    ("line", "folder", "files", "allowed"),
    [
        ("0::/", ".", {"cpu__max": "200000 100000"}, 2),
        ("0::/a", "a", {"cpu__max": "150000 100000"}, 1.5),
        ("0::/a", "a", {"cpu__max": "max 100000"}, math.inf),
        (
            "4:cpu,cpuacct:/b",
            "cpu/b",
            {"cpu__cfs_quota_us": 400000, "cpu__cfs_period_us": 100000},
            4,
        ),
        ("4:cpu:/", "cpu", {"cpu__cfs_quota_us": -1, "cpu__cfs_period_us": 100000}, math.inf),
    ],
)
def test_a_quota_of_processors(group, line, folder, files, allowed):
    group(line, folder, **{name.replace("cpu__", "cpu."): text for name, text in files.items()})
    assert container.processors_in_container() == allowed


def test_the_least_quota_of_groups_within_groups_counts(group):
    group("0::/a/b", "a/b", **{"cpu.max": "800000 100000"})
    group("0::/a/b", "a", **{"cpu.max": "300000 100000"})
    assert container.processors_in_container() == 3
