"""From a lesson's one text source to its solved notebook and its learner's notebook.

``solutions/NN_name.md`` (MyST Markdown) is what authors write. ``solutions/NN_name.ipynb`` is the
same, executed; ``notebooks/NN_name.ipynb`` is the same without answers and outputs. Learners need
none of this: the packages that it imports are in requirements-dev.txt.
"""

from pathlib import Path

from course_utils.errors import CourseError
from course_utils.settings import lessons_folder


def build_solutions(names: list[str], root: Path | None = None) -> None:
    """Execute lessons and write their solved notebooks.

    Args:
        names: starts of lesson names, such as ``01``; an empty list means all lessons.
        root: folder that holds ``solutions/``; by default ``settings.lessons_folder``.

    Raises:
        CourseError: no lesson has such a name, a source breaks a rule, a cell raises, an output
            cannot repeat, or an authoring package is missing.
    """
    _require_authoring_packages()
    from course_utils.authoring.build import build_solved, find_sources

    build_solved(find_sources(root or lessons_folder(), names))


def build_notebooks(check: bool = False, root: Path | None = None) -> list[str]:
    """Write the learners' notebooks, or only look for drift.

    Args:
        check: write nothing and return what is wrong with the committed notebooks of both kinds.
        root: folder that holds ``solutions/`` and ``notebooks/``; by default
            ``settings.lessons_folder``.

    Returns:
        One sentence a problem; empty when all is well, and always when ``check`` is False.

    Raises:
        CourseError: a source breaks a rule, or an authoring package is missing.
    """
    _require_authoring_packages()
    from course_utils.authoring.build import build_student, find_drift, find_sources

    root = root or lessons_folder()
    sources = find_sources(root, [])
    if check:
        return find_drift(root, sources)
    build_student(root, sources)
    return []


def study_gpu_lesson(folder: Path, root: Path | None = None) -> None:
    """Execute the lesson with GPU cells on a GPU; write its outputs and the executed notebook.

    Args:
        folder: gets ``NAME_gpu.ipynb``, even if a cell fails, and ``qlora_gpu_outputs.json``; see
            ``gpu_lesson.record_lesson``.
        root: folder that holds ``solutions/``; by default ``settings.lessons_folder``.

    Raises:
        CourseError: there is no CUDA device, a cell raises, an output is not fit to show, or an
            authoring package is missing.
    """
    _require_authoring_packages()
    from course_utils.authoring.build import find_sources
    from course_utils.authoring.gpu_lesson import has_gpu_cells, record_lesson

    for source in find_sources(root or lessons_folder(), []):
        if has_gpu_cells(source):
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
