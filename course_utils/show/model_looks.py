"""How models of the ladder are drawn and named, the same in all its figures (lesson 6)."""

import dataclasses
from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from course_utils.recorded.ladder import Rung
from course_utils.recorded.model_names import family, models_of, short_name, size
from course_utils.show.looks import SERIES, Look

LONGEST = 9  # letters of a family in one line
DASHES = ("-", "--", "-.", ":")


@dataclasses.dataclass(frozen=True)
class ModelLook:
    """A model in a figure.

    Attributes:
        name: family and size.
        look: its colour and marker.
        dashes: of its line, of matplotlib.
        scale: diameter of its mark where colours stand for methods, in points: larger models have
            larger marks.
    """

    name: str
    look: Look
    dashes: str
    scale: float

    def handle(self) -> Line2D:
        """Its line in a legend, where colours stand for models."""
        return Line2D([], [], linestyle=self.dashes, marker=self.look.marker, markersize=4.5,
                      color=self.look.colour, label=self.name)  # fmt: skip


def model_looks(rungs: Iterable[Rung]) -> dict[str, ModelLook]:
    """Model to look, the smallest first; they go round again after seven."""
    found = {}
    for number, (model, parameters) in enumerate(models_of(rungs).items()):
        found[model] = ModelLook(
            short_name(model, parameters),
            SERIES[number % len(SERIES)],
            DASHES[number % len(DASHES)],
            2.5 + 1.4 * number,
        )
    return found


def size_axis(axes: Axes, rungs: Iterable[Rung]) -> None:
    """A logarithmic axis with a tick a model: its size, and its family below."""
    models = models_of(rungs)
    texts = [f"{size(models[model])}\n{_broken(family(model))}" for model in models]
    sizes = list(models.values())
    axes.set_xscale("log")
    axes.set_xticks(sizes, texts, fontsize=8, parse_math=False)
    axes.minorticks_off()
    axes.set_xlim(min(sizes) / 1.3, max(sizes) * 1.3)


def _broken(name: str) -> str:
    """A long name in two lines."""
    return name if len(name) <= LONGEST else name.replace("-", "-\n", 1)
