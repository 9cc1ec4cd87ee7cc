"""What all explorers have in common: labels in one column, and words where no kernel runs.

Lessons 1, 3, 4 and 5.
"""

from collections.abc import Callable, Mapping

import ipywidgets

LABELS = "8em"  # the width of the labels before the controls


class Explorer(ipywidgets.VBox):
    """Controls, and below them what they show; without its kernel it says how to get them back."""

    def __repr__(self) -> str:
        return "Run this cell to use the explorer."


def explorer(show: Callable[..., None], controls: Mapping[str, ipywidgets.Widget]) -> Explorer:
    """An explorer whose output follows its controls.

    Args:
        show: displays or prints; its arguments are the values of the controls.
        controls: by the name of the argument; they stand below each other in this order.
    """
    for control in controls.values():
        control.style.description_width = LABELS
    output = ipywidgets.interactive_output(show, dict(controls))
    return Explorer([*controls.values(), output])
