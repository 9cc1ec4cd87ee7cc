"""The explorer of lesson 5: a layer's weights, a codebook, a block size, and outliers."""

import ipywidgets
import torch

from course_utils.codebooks import CODEBOOKS
from course_utils.plots import display_figure
from course_utils.plots_quant import BLOCKS, describe_rounding, rounding_figure


def rounding_explorer(weights: dict[str, torch.Tensor]) -> ipywidgets.Widget:
    """Choose what is rounded, to which levels, in blocks of which size.

    Args:
        weights: weights of some layers, by name.
    """
    layer = ipywidgets.Dropdown(options=list(weights), description="layer")
    codebook = ipywidgets.ToggleButtons(options=list(CODEBOOKS), value="nf4", description="levels")
    block = ipywidgets.SelectionSlider(options=BLOCKS, value=64, description="block")
    outliers = ipywidgets.IntSlider(value=0, min=0, max=20, description="outliers \u2030")

    def show(layer: str, codebook: str, block: int, outliers: int) -> None:
        display_figure(lambda: rounding_figure(weights[layer], codebook, block, outliers))
        print(describe_rounding(weights[layer], codebook, block, outliers))

    output = ipywidgets.interactive_output(
        show, {"layer": layer, "codebook": codebook, "block": block, "outliers": outliers}
    )
    return ipywidgets.VBox([layer, codebook, block, outliers, output])
