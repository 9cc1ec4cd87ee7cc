"""``COURSE_QUICK`` shortens, and only where it is set."""

import pytest

from course_utils.settings import quick, shorten


@pytest.mark.parametrize(
    ("value", "short"), [("1", True), ("yes", True), ("0", False), ("", False)]
)
def test_the_environment_decides(monkeypatch, value, short):
    monkeypatch.setenv("COURSE_QUICK", value)
    assert quick() is short and shorten(400, 60) == (60 if short else 400)


def test_unset_is_a_full_run(monkeypatch):
    monkeypatch.delenv("COURSE_QUICK", raising=False)
    assert not quick() and shorten(400, 60) == 400
