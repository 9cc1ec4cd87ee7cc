"""Files are written whole or not at all."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place, then move it there.

    A cut-off leaves the old file as it was, and whoever reads at the same time sees the old file
    or the new one, never half of it.

    Args:
        path: where the file belongs; its folder is made if need be.
        write: writes the whole file to the path that it is given.

    Raises:
        OSError: the folder or the file cannot be written to (and whatever ``write`` raises).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        write(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write_both(*files: tuple[Path, Callable[[Path], object]]) -> None:
    """Write files that belong together: all beside their places, then each is moved there.

    An error while writing leaves all old files as they were.

    Args:
        files: pairs of ``path`` and ``write``, as ``write_whole`` takes them.

    Raises:
        OSError: see ``write_whole``.
    """
    if not files:
        return
    (path, write), *others = files

    def write_all(part: Path) -> None:
        write(part)
        write_both(*others)

    write_whole(path, write_all)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all, in UTF-8 with ``\\n`` at the line ends."""
    write_whole(path, lambda part: part.write_text(text, encoding="utf-8", newline="\n"))
