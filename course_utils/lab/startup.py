"""What a kernel runs before its first cell, where ``lab`` started JupyterLab.

A notebook's first cell installs ``cell_order`` too; this is for a cell that runs before it. It is a
script, run among the notebook's own names, so it leaves none behind.
"""


def _install() -> None:
    import sys
    from pathlib import Path

    root = str(Path(__file__).resolve().parents[2])
    if root not in sys.path:
        sys.path.append(root)  # behind all else: an installed course comes first

    from course_utils.lab import cell_order

    cell_order.install()


_install()
del _install
