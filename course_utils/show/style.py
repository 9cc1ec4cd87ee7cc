"""The one place of looks: size, ground, letters and colours of every figure, and its alt text.

All lessons. A figure function is decorated with ``styled``, makes its figure with ``subplots``,
names it with ``headline`` and ends in ``described``; a lesson shows what it returns with ``show``.
"""

import base64
import dataclasses
import functools
import html
import io
import textwrap
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ParamSpec, TypeVar

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from course_utils.settings import quick

WIDTH, DPI = 7.6, 100  # inches, pixels an inch: 760 pixels, which the column of Lab has room for
TITLE_LINE, LONGEST_ALT = 75, 400  # characters
GROUND, INK, FAINT = "#F6F6F4", "#222222", "#D9D9D6"  # opaque: for light and for dark pages
HALO = [withStroke(linewidth=2.5, foreground=GROUND)]  # of a text that may stand on a line
STYLE = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "figure.titlesize": 10.5,
    "figure.titleweight": "bold",
    "axes.titlesize": 9,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "legend.title_fontsize": 8.5,
    "legend.facecolor": GROUND,
    "legend.edgecolor": "none",
    "figure.facecolor": GROUND,
    "axes.facecolor": GROUND,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "hatch.linewidth": 0.6,
}
Parameters = ParamSpec("Parameters")
Drawn = TypeVar("Drawn")


def styled(draw: Callable[Parameters, Drawn]) -> Callable[Parameters, Drawn]:
    """Decorator: draw in the style of the course; matplotlib's settings are then as before."""

    @functools.wraps(draw)
    def drawn(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Drawn:
        with in_style():
            return draw(*args, **kwargs)

    return drawn


def in_style() -> AbstractContextManager[None]:
    """The style of the course, whatever the reader has set; letters made while drawing need it."""
    return plt.style.context(STYLE, after_reset=True)


def subplots(height: float, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Figure, Any]:
    """A figure of the course's width, and its axes, as of ``matplotlib.pyplot.subplots``.

    pyplot never gets to know of it: it would show it a second time, and another thread of the
    kernel could draw it at the same time and leave it blank.

    Args:
        height: inches.
        options: of ``Figure.subplots``.
    """
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, **options)


def marked(title: str) -> str:
    """The title of a figure of this run's own measurements: that of a quick run says so."""
    return f"{title} (quick run)" if quick() and "(quick run)" not in title else title


def headline(figure: Figure, title: str) -> None:
    """Set the title of the whole figure, left, in lines of at most 75 characters.

    ``$`` in it is a ``$``.
    """
    figure.suptitle(textwrap.fill(title, TITLE_LINE), x=0.01, ha="left").set_parse_math(False)


def legend_above(axes: Axes, columns: int = 4, **options: Any) -> None:
    """A legend between the axes and their title, where it covers nothing.

    Args:
        columns: of the legend.
        options: of ``Axes.legend``, such as ``handles``.
    """
    named = options.get("handles") or axes.get_legend_handles_labels()[0]
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=min(columns, len(named) or 1),
                borderaxespad=0.2, borderpad=0.2, columnspacing=1.2, handletextpad=0.4,
                **options)  # fmt: skip


def described(figure: Figure, text: str) -> Figure:
    """The figure, which keeps its alt text.

    Args:
        text: what a reader who does not see the figure needs: the names and numbers drawn, in a
            sentence or two. What is beyond 400 characters is cut at a word.
    """
    figure.alt_text = textwrap.shorten(text, LONGEST_ALT, placeholder=" ...")
    return figure


def alt_text(figure: Figure) -> str:
    """What ``described`` gave the figure.

    Raises:
        ValueError: it has no alt text.
    """
    text = getattr(figure, "alt_text", "")
    if not text:
        raise ValueError("this figure has no alt text; end its function in described(figure, text)")
    return text


@dataclasses.dataclass(frozen=True, repr=False)
class Picture:
    """A figure as it is displayed: a PNG with its alt text, and that text where there is no image.

    Raises:
        ValueError: the figure has no alt text.
    """

    figure: Figure

    def __post_init__(self) -> None:
        alt_text(self.figure)

    def __repr__(self) -> str:
        return textwrap.fill(f"Figure: {alt_text(self.figure)}", 88)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        image = base64.b64encode(png(self.figure)).decode()
        metadata = {"image/png": {"alt": alt_text(self.figure)}}
        return {"image/png": image, "text/plain": repr(self)}, metadata


@dataclasses.dataclass(frozen=True, repr=False)
class InWords:
    """A figure's alt text under it, folded: JupyterLab and nbconvert read none from a PNG."""

    text: str

    def __repr__(self) -> str:
        return ""  # a terminal has the words of the picture

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        words = f"<summary>The figure in words</summary>{html.escape(self.text)}"
        return {"text/html": f"<details>{words}</details>", "text/plain": ""}


def png(figure: Figure) -> bytes:
    """The figure as a PNG file, on its own ground."""
    file = io.BytesIO()
    with in_style():
        figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    return file.getvalue()


def show(figure: Figure) -> None:
    """Display a figure with its alt text, once, and close it; the text can be unfolded under it.

    Raises:
        ValueError: it has no alt text.
    """
    picture = Picture(figure)
    plt.close(figure)
    display(picture)
    display(InWords(alt_text(figure)))
