"""A slider over the rank to which the update of full fine-tuning is cut."""

from typing import Any

import ipywidgets

from course_utils.plots import display_figure
from course_utils.plots_low_rank import cut_figure, describe_cut
from course_utils.update import Spectra


def cut_explorer(
    report: dict[str, Any], spectra: Spectra, titles: tuple[str, str]
) -> ipywidgets.Widget:
    """Choose a rank and a matrix: the figure marks the cut, a line says what is left.

    Args:
        report: as ``update.recorded_update`` gives it.
        spectra: of the matrices to choose from, by name.
        titles: of the figure's two panels.
    """
    rank = ipywidgets.SelectionSlider(
        options=list(report["correct_by_rank"]), value=8, description="rank"
    )
    names = [(name.split(".")[-1], name) for name in spectra]
    matrix = ipywidgets.Dropdown(options=names, value=names[-1][1], description="matrix")

    def show(rank: int, matrix: str) -> None:
        display_figure(lambda: cut_figure(report, spectra[matrix], titles, rank))
        print(describe_cut(report, spectra[matrix], rank))

    output = ipywidgets.interactive_output(show, {"rank": rank, "matrix": matrix})
    return ipywidgets.VBox([ipywidgets.HBox([rank, matrix]), output])
