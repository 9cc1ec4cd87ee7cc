"""The learner's progress: the best outcome of each exercise, kept in a small file."""

import json
from pathlib import Path

import filelock

from course_utils import settings
from course_utils.checks.core import display
from course_utils.checks.core.outcome import NOT_ATTEMPTED, PASSED, STATES
from course_utils.files import write_text

_session: dict[str, dict] = {}  # what could not be written, so that this session still shows it
_told: set[Path] = set()  # folders that were said not to be writable


def record(lesson: str, exercise: str, state: str) -> None:
    """Keep the outcome of one try.

    The best state ever reached is kept. Tries are counted up to the first pass; a stub is none.
    Where the results folder cannot be written to, this is said once, and nothing is raised.
    """
    if state == NOT_ATTEMPTED:
        return
    folder = settings.results_folder()
    key = f"{lesson}.{exercise}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / "progress.lock", timeout=5):
            kept = _read(folder)
            entries = {**kept, key: _after_try(kept.get(key), state)}
            text = json.dumps(entries, indent=1, sort_keys=True)
            write_text(folder / "progress.json", text)
    except (OSError, filelock.Timeout) as error:
        _session[key] = _after_try(best_of(_read(folder).get(key), _session.get(key)), state)
        if folder not in _told:
            _told.add(folder)
            display.show_note(f"Your progress cannot be kept in {folder} ({error}).")


def state_of(lesson: str, exercise: str) -> tuple[str, int]:
    """The best state ever reached, and the number of tries up to the first pass."""
    key = f"{lesson}.{exercise}"
    entry = best_of(_read(settings.results_folder()).get(key), _session.get(key))
    return (entry["best"], entry["tries"]) if entry else (NOT_ATTEMPTED, 0)


def best_of(kept: dict | None, other: dict | None) -> dict | None:
    """The better of two entries; of equals, the one with more tries."""
    entries = [entry for entry in (kept, other) if entry]
    return max(entries, key=lambda e: (STATES.index(e["best"]), e["tries"]), default=None)


def _after_try(entry: dict | None, state: str) -> dict:
    entry = entry or {"best": NOT_ATTEMPTED, "tries": 0}
    if entry["best"] == PASSED:
        return entry
    return {"best": max(entry["best"], state, key=STATES.index), "tries": entry["tries"] + 1}


def _read(folder: Path) -> dict[str, dict]:
    """All entries; a file that is missing or damaged counts as empty."""
    try:
        entries = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
        return {key: entry for key, entry in entries.items() if _is_entry(entry)}
    except (OSError, ValueError, AttributeError):
        return {}


def _is_entry(entry: object) -> bool:
    """Was this written by ``record``?"""
    if not isinstance(entry, dict):
        return False
    return entry.get("best") in STATES and isinstance(entry.get("tries"), int)


def show(title: str, lesson: str, exercises: tuple[str, ...]) -> None:
    """List the exercises of a lesson with the best state of each."""
    rows = [(exercise, *state_of(lesson, exercise)) for exercise in exercises]
    passed = sum(state == PASSED for _, state, _ in rows)
    display.show_progress(f"{title}: {passed} of {len(rows)} passed", rows)
