"""What the GPU cells of lesson 5 printed on a GPU: recorded once, shown where there is none."""

import json

from course_utils import settings
from course_utils.errors import CourseError

RECORDED = settings.RECORDED / "05_qlora_gpu.ipynb"  # the lesson, executed


def show_recorded(name: str) -> None:
    """Print what a cell printed when the lesson ran on a GPU; device, date and versions first.

    Args:
        name: of the cell, which is the one that calls ``show_recorded`` with it.

    Raises:
        CourseError: no cell was recorded under this name.
    """
    notebook = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    for cell in notebook.get("cells", []):
        if f'show_recorded("{name}")' in "".join(cell["source"]):
            print(_origin(**notebook["metadata"]["recorded"]))
            print(_printed(cell))
            return
    raise CourseError(
        f"There is no recorded output '{name}'",
        "make it on a GPU with: python -m course_utils experiments gpu_lesson",
    )


def _origin(device: str, versions: dict[str, str], date: str) -> str:
    packages = ", ".join(f"{package} {version}" for package, version in versions.items())
    return f"Not run here. Recorded on {device}, {date}\n({packages}):\n"


def _printed(cell: dict) -> str:
    """The cell's standard output; nbformat stores a text as one string or as a list of lines."""
    texts = (o["text"] for o in cell["outputs"] if o.get("name") == "stdout")
    return "".join(part for text in texts for part in text).rstrip("\n")
