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
import sys
from pathlib import Path

from course_utils.errors import CourseError

PACKAGE = Path(__file__).resolve().parent
RECORDED = PACKAGE / "recorded"  # what was measured elsewhere and ships with the course
COURSE_MODEL = "SmolLM2-135M-Instruct"


def course_folder() -> Path | None:
    """The clone that the package stands in, with its lessons; None where it was installed alone."""
    root = PACKAGE.parent
    return root if _has_lessons(root) else None


def lessons_folder() -> Path:
    """The folder with ``notebooks/`` and ``solutions/``: the clone, or one around where you are.

    Raises:
        CourseError: there are no lessons in either.
    """
    root = _lessons()
    if root is None:
        raise CourseError(
            f"There are no lessons in {Path.cwd()}, and the package was installed without them",
            "clone the course's repository, and run this command in its folder",
        )
    return root


def _lessons() -> Path | None:
    root = course_folder()
    if root is None:  # a notebook's working directory is the folder that it stands in
        here = Path.cwd()
        root = next((folder for folder in (here, here.parent) if _has_lessons(folder)), None)
    return root


def _has_lessons(folder: Path) -> bool:
    return (folder / "solutions").is_dir() and (folder / "notebooks").is_dir()


def results_folder() -> Path:
    """The learner's results: ``COURSE_RESULTS``, or ``results/`` beside the lessons.

    Where there are no lessons, ``results/`` in the working directory: a learner's results never go
    among installed packages.
    """
    if given := os.environ.get("COURSE_RESULTS"):
        return Path(given).expanduser()
    return (_lessons() or Path.cwd()) / "results"


def cache_folder() -> Path:
    """The course's cache: ``COURSE_CACHE``, or the platform's folder for caches."""
    import platformdirs  # not above: the doctor, which says what is missing, starts without it

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
    """True in a kernel (Lab, Notebook, Colab, VS Code), False in a script, a terminal or a test."""
    ipython = sys.modules.get("IPython")  # a kernel has loaded it; nothing else need do so
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None
