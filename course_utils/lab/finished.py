"""Which lessons ``run`` has finished, so that after an interruption it goes on where it was.

A lesson counts as finished if its executed copy is there and was made from the same notebook, by
the same version of the course, with the same settings. A later lesson builds on the earlier ones:
when one is run again, so are those after it.
"""

import hashlib
import json
from pathlib import Path

import course_utils
from course_utils import settings
from course_utils.files import write_text

FILE = "finished.json"


def count_finished(folder: Path, sources: list[Path]) -> int:
    """How many of the lessons, from the first on, are finished.

    Args:
        folder: of the executed copies.
        sources: the lessons' notebooks, in their order.
    """
    kept = _read(folder)
    for done, source in enumerate(sources):
        if kept.get(source.stem) != _state(source) or not (folder / source.name).exists():
            return done
    return len(sources)


def mark_finished(folder: Path, sources: list[Path]) -> None:
    """Keep that exactly these lessons are finished; an empty list forgets all.

    Raises:
        OSError: the folder cannot be written to.
    """
    states = {source.stem: _state(source) for source in sources}
    write_text(folder / FILE, json.dumps(states, indent=1) + "\n")


def _read(folder: Path) -> dict[str, str]:
    """By lesson, the state that it was finished in; a file that is damaged knows of none."""
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _state(source: Path) -> str:
    """Sixteen hex digits that stand for the notebook, the course's version and the settings."""
    names = (settings.model_source(), settings.device_name(), settings.dtype_name())
    choices = [course_utils.__version__, *names, settings.quick(), settings.strict()]
    digest = hashlib.sha256(json.dumps(choices).encode() + source.read_bytes())
    return digest.hexdigest()[:16]
