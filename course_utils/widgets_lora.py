"""An explorer of the recorded LoRA grid."""

from collections.abc import Sequence

import ipywidgets

from course_utils.experiments.records import Record
from course_utils.plots import display_figure
from course_utils.plots_lora import METRICS, VIEWS, describe_grid, grid_figure


def grid_explorer(records: Sequence[Record]) -> ipywidgets.Widget:
    """Choose what is varied and what is measured: the figure and its numbers follow."""
    view = ipywidgets.Dropdown(options=list(VIEWS), description="vary")
    metric = ipywidgets.Dropdown(options=list(METRICS), description="measure")

    def show(view: str, metric: str) -> None:
        message = f"{view}: {metric} (recorded)"
        display_figure(lambda: grid_figure(records, view, metric, message))
        print(describe_grid(records, view, metric))

    output = ipywidgets.interactive_output(show, {"view": view, "metric": metric})
    return ipywidgets.VBox([ipywidgets.HBox([view, metric]), output])
