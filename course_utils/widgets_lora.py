"""An explorer of the recorded LoRA grid."""

from collections.abc import Sequence

import ipywidgets
import matplotlib.pyplot as plt
from IPython.display import display

from course_utils.experiments.records import Record
from course_utils.plots_lora import METRICS, VIEWS, describe_grid, grid_figure


def grid_explorer(records: Sequence[Record]) -> ipywidgets.Widget:
    """Choose what is varied and what is measured: the figure and its numbers follow."""
    view = ipywidgets.Dropdown(options=list(VIEWS), description="vary")
    metric = ipywidgets.Dropdown(options=list(METRICS), description="measure")

    def show(view: str, metric: str) -> None:
        with plt.ioff():  # unknown to pyplot, which other threads may ask to draw it as well
            figure = grid_figure(records, view, metric, f"{view}: {metric} (recorded)")
            plt.close(figure)
        display(figure)
        print(describe_grid(records, view, metric))

    output = ipywidgets.interactive_output(show, {"view": view, "metric": metric})
    return ipywidgets.VBox([ipywidgets.HBox([view, metric]), output])
