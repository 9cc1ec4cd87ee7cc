"""Every ``COURSE_*`` variable and every folder of the course, and where the code runs.

| Variable | Read by |
| --- | --- |
| ``COURSE_MODEL`` | ``model_source``, ``model_name`` |
| ``COURSE_DEVICE`` | ``device_name`` |
| ``COURSE_CACHE`` | ``cache_folder`` |
| ``COURSE_RESULTS`` | ``results_folder`` |
| ``COURSE_QUICK`` | ``quick``, ``shorten`` |
| ``COURSE_STRICT`` | ``strict`` |
"""

import os
from pathlib import Path

import platformdirs

from course_utils.errors import CourseError

PACKAGE = Path(__file__).resolve().parent
RECORDED = PACKAGE / "recorded"  # what was measured elsewhere and ships with the course
COURSE_MODEL = "SmolLM2-135M-Instruct"


def course_folder() -> Path | None:
    """The clone that the package stands in, with its lessons; None where it was installed alone."""
    root = PACKAGE.parent
    return root if (root / "solutions").is_dir() and (root / "notebooks").is_dir() else None


def lessons_folder() -> Path:
    """The course's folder with ``notebooks/`` and ``solutions/``: the clone, or the one you are in.

    Raises:
        CourseError: there are no lessons in either.
    """
    here = Path.cwd()
    for root in (course_folder(), here, here.parent):
        if root is not None and (root / "solutions").is_dir() and (root / "notebooks").is_dir():
            return root
    raise CourseError(
        f"There are no lessons in {here}, and the package was installed without them",
        "clone the course's repository, and run this command in its folder",
    )


def results_folder() -> Path:
    """The learner's results: ``COURSE_RESULTS``, or ``results/`` in the course's clone.

    Where the package was installed without the lessons, ``results/`` in the working directory: a
    learner's results never go among installed packages.
    """
    default = (course_folder() or Path.cwd()) / "results"
    return Path(os.environ.get("COURSE_RESULTS") or default).expanduser()


def cache_folder() -> Path:
    """The course's cache: ``COURSE_CACHE``, or the platform's folder for caches."""
    default = platformdirs.user_cache_dir("efficient-fine-tuning", appauthor=False)
    return Path(os.environ.get("COURSE_CACHE") or default).expanduser().absolute()


def model_source() -> str | None:
    """``COURSE_MODEL``: a hub id or a local folder; None for the course's own model."""
    return os.environ.get("COURSE_MODEL") or None


def model_name() -> str:
    """Name of the model in use, as the lab book keeps it."""
    return os.path.basename((model_source() or "").rstrip("/")) or COURSE_MODEL


def device_name() -> str | None:
    """``COURSE_DEVICE``: ``cpu``, ``cuda`` or ``cuda:1``; None where it is not set."""
    return os.environ.get("COURSE_DEVICE") or None


def quick() -> bool:
    """``COURSE_QUICK=1``: a quick run. Its results are marked so, and never replace full ones."""
    return os.environ.get("COURSE_QUICK", "") not in ("", "0")


def shorten(full: int, short: int) -> int:
    """``full`` normally, ``short`` in a quick run: of steps, or of items."""
    return short if quick() else full


def strict() -> bool:
    """Must a failed check raise? With ``COURSE_STRICT=1``, and whenever nbgrader runs it."""
    asked = os.environ.get("COURSE_STRICT", "") not in ("", "0")
    return asked or "NBGRADER_EXECUTION" in os.environ  # autograde or validate; nbgrader 0.9


def in_notebook() -> bool:
    """True in a Jupyter or Colab kernel, False in a script, a terminal or a test."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and "IPKernelApp" in shell.config
