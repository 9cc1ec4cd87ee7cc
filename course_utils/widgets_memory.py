"""The memory calculator to play with; a static figure stands beside it in the lesson."""

import ipywidgets
import torch

from course_utils.memory_calculator import GIB, METHODS, Estimate, Training, estimate
from course_utils.memory_cards import fitting_cards
from course_utils.memory_shapes import SHAPES
from course_utils.plots import display_figure
from course_utils.plots_memory import memory_figure

ALL = "all four"
DTYPES = {
    "bfloat16, float32 masters": torch.bfloat16,
    "float16, float32 masters": torch.float16,
    "float32": torch.float32,
}


def estimates(
    model: str, method: str, batch: int, length: int, dtype: torch.dtype, checkpointing: bool
) -> dict[str, Estimate]:
    """The estimate of one method, or of each.

    Args:
        model: a key of ``memory_shapes.SHAPES``.
        method: one of ``METHODS``, or ``ALL``.
    """
    chosen = METHODS if method == ALL else (method,)
    return {
        name: estimate(SHAPES[model], Training(name, batch, length, dtype, checkpointing))
        for name in chosen
    }


def describe_memory(found: dict[str, Estimate]) -> str:
    """One line a method: its peak, its dearest moment and the GPUs it fits on."""
    lines = []
    for method, estimated in found.items():
        cards = fitting_cards(estimated.peak)
        fits = f"fits on {cards[0]} and larger" if cards else "fits on none of these GPUs"
        peak = f"{estimated.peak / GIB:8.2f} GiB"
        lines.append(f"{method:14}{peak} at the moment '{estimated.moment}': {fits}")
    return "\n".join(lines)


def memory_explorer() -> ipywidgets.Widget:
    """Choose a model, a method, a batch, a length and a precision; see what fills the memory."""
    model = ipywidgets.Dropdown(options=list(SHAPES), value="Llama-2-7B", description="model")
    method = ipywidgets.Dropdown(options=[ALL, *METHODS], description="method")
    batch = ipywidgets.SelectionSlider(options=[2**i for i in range(8)], value=4,
                                       description="batch")  # fmt: skip
    length = ipywidgets.SelectionSlider(options=[2**i for i in range(6, 14)], value=512,
                                        description="tokens")  # fmt: skip
    dtype = ipywidgets.Dropdown(options=list(DTYPES), description="precision")
    checkpointing = ipywidgets.Checkbox(True, description="checkpointing")

    def show(model, method, batch, length, dtype, checkpointing) -> None:
        found = estimates(model, method, batch, length, DTYPES[dtype], checkpointing)
        title = f"{model}, {batch} x {length} tokens"
        display_figure(lambda: memory_figure(list(found.items()), title))
        print(describe_memory(found))

    controls = {
        "model": model,
        "method": method,
        "batch": batch,
        "length": length,
        "dtype": dtype,
        "checkpointing": checkpointing,
    }
    output = ipywidgets.interactive_output(show, controls)
    return ipywidgets.VBox([*controls.values(), output])
