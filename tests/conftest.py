"""Every test, and every kernel that it starts, writes to a lab book that is thrown away."""

import os
import tempfile

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Set the folder before any module is imported, and for nbval's notebooks too."""
    results = tempfile.TemporaryDirectory(prefix="course-results-")
    config.add_cleanup(results.cleanup)
    os.environ["COURSE_RESULTS"] = results.name
    os.environ.pop("COURSE_QUICK", None)
