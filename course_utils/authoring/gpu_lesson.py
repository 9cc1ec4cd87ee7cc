"""Execute a lesson on a GPU: what its GPU cells print is recorded for those who have none."""

import tempfile
from pathlib import Path

from course_utils import settings
from course_utils.authoring.execute import execute, write
from course_utils.authoring.guards import refuse_problems
from course_utils.authoring.lesson import read_lesson
from course_utils.experiments.memory import PACKAGES
from course_utils.machine.device import cuda_device, pick_device
from course_utils.machine.environment import environment
from course_utils.recorded.outputs import CALL, NAME, outputs_of
from course_utils.recorded.reports import write_report


def record_lesson(source: Path, folder: Path) -> None:
    """Execute a whole lesson, with an empty lab book of its own, and write what it printed.

    ``NAME_gpu.ipynb`` is the executed notebook, with device, versions and date in its metadata,
    under ``recorded``; it is written even if a cell fails. ``qlora_gpu_outputs.json`` has the same
    of the GPU cells alone, for ``recorded.outputs``. With a model of the learner's
    (``COURSE_MODEL``) there is the notebook alone, ``NAME_gpu_MODEL.ipynb``.

    Args:
        source: the lesson's text source, ``NAME.md``.
        folder: where to write.

    Raises:
        CourseError: there is no CUDA device, a cell raised, or the outputs are not fit to show.
    """
    cuda_device("the study records what a GPU prints")
    notebook, model = read_lesson(source), settings.model_source()
    of_model = f"_{Path(model).name}" if model else ""
    try:
        with tempfile.TemporaryDirectory() as results:
            execute(notebook, source.parent, {"COURSE_RESULTS": results, "COURSE_QUICK": "0"})
    finally:
        origin = environment(pick_device(), PACKAGES)
        notebook.metadata["recorded"] = origin
        write(notebook, folder / f"{source.stem}_gpu{of_model}.ipynb")
    refuse_problems(notebook, source)
    if not model:
        write_report(folder, NAME, origin | {"cells": outputs_of(notebook)})


def has_gpu_cells(source: Path) -> bool:
    """Does a lesson show recorded outputs where there is no GPU?"""
    return CALL.search(source.read_text(encoding="utf-8")) is not None
