"""What a record says of where it was made."""

import datetime
import math
import platform

import numpy
import torch

from course_utils.machine import environment


def test_versions_are_pythons_and_the_packages_and_what_is_missing_is_said():
    assert environment.versions(["numpy", "no-such-package"]) == {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "no-such-package": "unknown",
    }


def test_the_time_is_utc_to_the_second():
    then = datetime.datetime.fromisoformat(environment.utc_now())
    assert then.utcoffset() == datetime.timedelta(0) and then.microsecond == 0
    assert abs(datetime.datetime.now(datetime.timezone.utc) - then) < datetime.timedelta(seconds=5)


def test_a_record_has_device_versions_and_date():
    found = environment.environment(torch.device("cpu"), ["torch"])
    assert set(found) == {"device", "versions", "date"} and found["device"].startswith("CPU")
    assert set(found["versions"]) == {"python", "torch"}
    datetime.date.fromisoformat(found["date"])


def test_memory_is_that_of_a_computer():
    assert 1e8 < environment.available_memory() < 1e14


def test_a_containers_limit_counts(monkeypatch):
    monkeypatch.setattr(environment, "room_in_container", lambda: 4_000_000.0)
    assert environment.available_memory() == 4_000_000
    monkeypatch.setattr(environment, "room_in_container", lambda: math.inf)
    assert 4_000_000 < environment.available_memory() < 1e14
