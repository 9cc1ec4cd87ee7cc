"""The learner's progress: the best outcome of each exercise, kept in a small file."""

import json
import shutil
from pathlib import Path

import filelock

from course_utils import settings
from course_utils.checks.core import display
from course_utils.checks.core.outcome import NOT_ATTEMPTED, PASSED, STATES
from course_utils.files import write_text
from course_utils.machine import storage

FILE = "progress.json"

_session: dict[str, dict] = {}  # what could not be written, so that this session still shows it
_told: set[Path] = set()  # folders that were said not to be writable


def record(lesson: str, exercise: str, state: str) -> None:
    """Keep the outcome of one try.

    The best state ever reached is kept. Tries are counted up to the first pass; a stub is none.
    Where the results folder cannot be written to, this is said once, and nothing is raised. A
    damaged file is set aside, with a note, and what can be read of it is kept.
    """
    if state == NOT_ATTEMPTED:
        return
    folder = settings.results_folder()
    key = f"{lesson}.{exercise}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / "progress.lock", timeout=5):
            kept, damaged = _read(folder)
            if damaged:
                _set_aside(folder)
            entries = {**kept, key: _after_try(kept.get(key), state)}
            text = json.dumps(entries, indent=1, sort_keys=True)
            write_text(folder / FILE, text)
    except OSError as error:
        _session[key] = _after_try(_best(lesson, exercise), state)
        if folder not in _told:
            _told.add(folder)
            reason = storage.not_written("Your progress", folder, error)
            display.show_note(str(reason))


def _set_aside(folder: Path) -> None:
    """Keep a copy of the damaged file under a name that is not taken, and say so."""
    names = ("progress.damaged.json", *(f"progress.damaged.{n}.json" for n in range(2, 1000)))
    target = next(folder / name for name in names if not (folder / name).exists())
    shutil.copyfile(folder / FILE, target)
    display.show_note(
        f"{FILE} in {folder} was damaged, as by a crash: it is kept as {target.name}, and what "
        "could not be read of it counts as not attempted."
    )


def state_of(lesson: str, exercise: str) -> tuple[str, int]:
    """The best state ever reached, and the number of tries up to the first pass."""
    entry = _best(lesson, exercise)
    return (entry["best"], entry["tries"]) if entry else (NOT_ATTEMPTED, 0)


def _best(lesson: str, exercise: str) -> dict | None:
    """The better of the file's entry and this session's."""
    key = f"{lesson}.{exercise}"
    return best_of(_readable(settings.results_folder())[0].get(key), _session.get(key))


def best_of(kept: dict | None, other: dict | None) -> dict | None:
    """The better of two entries; of equals, the one with more tries."""
    entries = [entry for entry in (kept, other) if entry]
    return max(entries, key=lambda e: (STATES.index(e["best"]), e["tries"]), default=None)


def _after_try(entry: dict | None, state: str) -> dict:
    entry = entry or {"best": NOT_ATTEMPTED, "tries": 0}
    if entry["best"] == PASSED:
        return entry
    return {"best": max(entry["best"], state, key=STATES.index), "tries": entry["tries"] + 1}


def _read(folder: Path) -> tuple[dict[str, dict], bool]:
    """All entries that can be read, and whether the file is damaged; a missing one is not.

    Raises:
        OSError: the file is there, and may not be read.
    """
    try:
        entries = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}, False
    except (ValueError, RecursionError):
        return {}, True
    if not isinstance(entries, dict):
        return {}, True
    sound = {key: entry for key, entry in entries.items() if _is_entry(entry)}
    return sound, sound != entries


def _readable(folder: Path) -> tuple[dict[str, dict], bool]:
    """As ``_read``; a file that may not be read has no entries."""
    try:
        return _read(folder)
    except OSError:
        return {}, False


def _is_entry(entry: object) -> bool:
    """Was this written by ``record``?"""
    if not isinstance(entry, dict):
        return False
    return entry.get("best") in STATES and isinstance(entry.get("tries"), int)


def show(title: str, lesson: str, exercises: tuple[str, ...]) -> None:
    """List the exercises of a lesson with the best state of each.

    It reads alone: a damaged file is set aside by the next check, see ``record``.
    """
    folder = settings.results_folder()
    if _readable(folder)[1]:
        display.show_note(f"{FILE} in {folder} is damaged; the next check sets it aside.")
    rows = [(exercise, *state_of(lesson, exercise)) for exercise in exercises]
    passed = sum(state == PASSED for _, state, _ in rows)
    display.show_progress(f"{title}: {passed} of {len(rows)} passed", rows)
