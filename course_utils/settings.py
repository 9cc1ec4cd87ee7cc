"""Every ``COURSE_*`` variable and every folder of the course, and where the code runs.

| Variable | Read by |
| --- | --- |
| ``COURSE_MODEL`` | ``model_source``, ``model_name`` |
| ``COURSE_DEVICE`` | ``device_name`` |
| ``COURSE_DTYPE`` | ``dtype_name``: ``bfloat16``, ``float16`` or ``float32`` |
| ``COURSE_MICRO_BATCH`` | ``micro_batch`` |
| ``COURSE_CACHE`` | ``cache_folder`` |
| ``COURSE_RESULTS`` | ``results_folder`` |
| ``COURSE_QUICK`` | ``quick``, ``shorten`` |
| ``COURSE_STRICT`` | ``strict`` |

Folders come out absolute. ``python -m course_utils`` also writes them so into the variables, as the
kernels that it starts work in other folders.
"""

import ntpath
import os
import re
import sys
from pathlib import Path

from course_utils import validate
from course_utils.errors import CourseError

PACKAGE = Path(__file__).resolve().parent
RECORDED = PACKAGE / "recorded"  # what was measured elsewhere and ships with the course
COURSE_MODEL = "SmolLM2-135M-Instruct"
DTYPES = ("bfloat16", "float16", "float32")
LIKE_A_PATH = re.compile(r"[/.~\\]|[A-Za-z]:([/\\]|$)|.*\\")  # a hub id is none of these


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
    among installed packages. nbgrader grades each submission in a folder of its own, so there too.
    """
    if given := os.environ.get("COURSE_RESULTS"):
        return absolute(given)
    lessons = None if _graded() else _lessons()
    return (lessons or Path.cwd()) / "results"


def cache_folder() -> Path:
    """The course's cache: ``COURSE_CACHE``, or the platform's folder for caches."""
    import platformdirs  # not above: the doctor, which says what is missing, starts without it

    default = platformdirs.user_cache_dir("efficient-fine-tuning", appauthor=False)
    return absolute(os.environ.get("COURSE_CACHE") or default)


def absolute(path: str | Path) -> Path:
    """A path from a user: ``~`` is the home folder, and the rest is seen from where you are."""
    return Path(os.path.abspath(os.path.expanduser(path)))


def fix_folders() -> None:
    """Make the folders in the variables absolute, for processes that start in another folder."""
    for name in ("COURSE_RESULTS", "COURSE_CACHE"):
        if given := os.environ.get(name):
            os.environ[name] = str(absolute(given))
    if model := model_source():
        os.environ["COURSE_MODEL"] = model


def model_source() -> str | None:
    """``COURSE_MODEL``: a hub id or a local folder's full path; None for the course's own model.

    What exists as a folder is one, and so is what can be no hub id, such as ``./mine``.
    """
    given = os.environ.get("COURSE_MODEL")
    if not given:
        return None
    if not LIKE_A_PATH.match(given) and not os.path.isdir(given):
        return given
    if os.path.splitdrive(given)[0] == "" and ntpath.splitdrive(given)[0][1:] == ":":
        return ntpath.normpath(given)  # a path of Windows, on another system
    return str(absolute(given))


def model_name() -> str:
    """Name of the model in use, in full: two folders may end in the same name."""
    return model_source() or COURSE_MODEL


def dtype_name() -> str | None:
    """``COURSE_DTYPE``: the precision of the weights; None where it is not set.

    Raises:
        CourseError: it is none of ``DTYPES``.
    """
    given = os.environ.get("COURSE_DTYPE")
    return validate.one_of("COURSE_DTYPE", given, DTYPES) if given else None


def device_name() -> str | None:
    """``COURSE_DEVICE``: ``cpu``, ``cuda`` or ``cuda:1``; None where it is not set."""
    return os.environ.get("COURSE_DEVICE") or None


def micro_batch() -> int | None:
    """``COURSE_MICRO_BATCH``: tokens that a training holds at once; None where it is not set.

    Raises:
        CourseError: it is no whole number of at least 1.
    """
    given = os.environ.get("COURSE_MICRO_BATCH")
    if not given:
        return None
    return validate.whole("COURSE_MICRO_BATCH", int(given) if given.isdecimal() else given, 1)


def quick() -> bool:
    """``COURSE_QUICK=1``: a quick run. Its results are marked so, and never replace full ones."""
    return os.environ.get("COURSE_QUICK", "") not in ("", "0")


def shorten(full: int, short: int) -> int:
    """``full`` normally, ``short`` in a quick run: of steps, or of items."""
    return short if quick() else full


def strict() -> bool:
    """Must a failed check raise? With ``COURSE_STRICT=1``, and whenever nbgrader runs it."""
    return os.environ.get("COURSE_STRICT", "") not in ("", "0") or _graded()


def _graded() -> bool:
    return "NBGRADER_EXECUTION" in os.environ  # autograde or validate; nbgrader 0.9


def in_notebook() -> bool:
    """True in a kernel (Lab, Notebook, Colab, VS Code), False in a script, a terminal or a test."""
    ipython = sys.modules.get("IPython")  # a kernel has loaded it; nothing else need do so
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None
