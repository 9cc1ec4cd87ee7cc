"""Execute a lesson on a GPU: what its GPU cells print is recorded for those who have none."""

import tempfile
from pathlib import Path

from course_utils.authoring.execute import execute, write
from course_utils.authoring.guards import refuse_problems
from course_utils.authoring.lesson import read_lesson
from course_utils.experiments.memory import PACKAGES
from course_utils.machine.device import cuda_device, pick_device
from course_utils.machine.environment import environment


def record_lesson(source: Path, folder: Path) -> None:
    """Execute a whole lesson, with an empty lab book of its own, and write ``NAME_gpu.ipynb``.

    Device, versions and date are in the notebook's metadata, under ``recorded``. What was executed
    is written even if a cell fails.

    Args:
        source: the lesson's text source, ``NAME.md``.
        folder: where to write.

    Raises:
        CourseError: there is no CUDA device, a cell raised, or the outputs are not fit to show.
    """
    cuda_device("the study records what a GPU prints")
    notebook = read_lesson(source)
    try:
        with tempfile.TemporaryDirectory() as results:
            execute(notebook, source.parent, {"COURSE_RESULTS": results, "COURSE_QUICK": "0"})
    finally:
        notebook.metadata["recorded"] = environment(pick_device(), PACKAGES)
        write(notebook, folder / f"{source.stem}_gpu.ipynb")
    refuse_problems(notebook, source)
