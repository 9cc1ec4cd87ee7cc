"""From a lesson's one text source to its solved notebook and its learner's notebook.

``solutions/NN_name.md`` (MyST Markdown) is what authors write. ``solutions/NN_name.ipynb`` is the
same, executed; ``notebooks/NN_name.ipynb`` is the same without answers and outputs. Learners need
none of this: the packages that it imports are in requirements-dev.txt.
"""

from pathlib import Path

from course_utils.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]


def build_solutions(names: list[str], root: Path = ROOT) -> None:
    """Execute lessons and write their solved notebooks.

    Args:
        names: starts of lesson names, such as ``01``; an empty list means all lessons.
        root: folder that holds ``solutions/``.

    Raises:
        CourseError: no lesson has such a name, a source breaks a rule, a cell raises, an output
            cannot repeat, or an authoring package is missing.
    """
    _require_authoring_packages()
    from course_utils.authoring.build import build_solved, find_sources

    build_solved(find_sources(root, names))


def build_notebooks(check: bool = False, root: Path = ROOT) -> list[str]:
    """Write the learners' notebooks, or only look for drift.

    Args:
        check: write nothing and return what is wrong with the committed notebooks of both kinds.
        root: folder that holds ``solutions/`` and ``notebooks/``.

    Returns:
        One sentence a problem; empty when all is well, and always when ``check`` is False.

    Raises:
        CourseError: a source breaks a rule, or an authoring package is missing.
    """
    _require_authoring_packages()
    from course_utils.authoring.build import build_student, find_drift, find_sources

    sources = find_sources(root, [])
    if check:
        return find_drift(root, sources)
    build_student(root, sources)
    return []


def study_gpu_lesson(folder: Path, root: Path = ROOT) -> None:
    """Execute lesson 5 on a GPU and write it, with where and when it ran, into ``folder``.

    Args:
        folder: gets ``05_qlora_gpu.ipynb``, even if a cell fails.
        root: folder that holds ``solutions/``.

    Raises:
        CourseError: there is no CUDA device, a cell raises, an output is not fit to show, or an
            authoring package is missing.
    """
    _require_authoring_packages()
    from course_utils.authoring.build import find_sources
    from course_utils.authoring.gpu_lesson import record_lesson

    (source,) = find_sources(root, ["05"])
    record_lesson(source, folder)


def _require_authoring_packages() -> None:
    try:
        import jupytext  # noqa: F401
        import nbclient  # noqa: F401
    except ImportError as error:
        raise CourseError(
            f"Building notebooks needs the package {error.name}",
            "pip install -r requirements-dev.txt -c constraints.txt",
        ) from error
