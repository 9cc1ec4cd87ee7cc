"""``COURSE_QUICK=1``: every training and evaluation shortened, for a demonstration."""

import os


def quick() -> bool:
    """Is this a quick run? Its results are marked so, and never replace full ones."""
    return os.environ.get("COURSE_QUICK", "") not in ("", "0")


def shorten(full: int, short: int) -> int:
    """``full`` normally, ``short`` in a quick run: of steps, or of items."""
    return short if quick() else full
