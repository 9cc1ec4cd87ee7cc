"""A table that a notebook shows as one, with a caption, and a terminal as text (all lessons)."""

import dataclasses
import hashlib
import html
import numbers
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence

import pandas
from pandas.io.formats.style import Styler

LONGEST_LINE, LONGEST_CELL = 90, 60  # characters of the text
MISSING, NO_ROWS = "-", "(no rows)"
NUMBER = r"[-+[(]?[\d.]\S*"
LIKE_A_NUMBER = re.compile(rf"{NUMBER}( ({NUMBER}|\S{{1,3}}))*")  # also 3.20 GB and 0.9 \u00b1 0.1
CELLS = [
    {"selector": "caption", "props": "caption-side: top; text-align: left"},
    {"selector": "th, td", "props": "text-align: right"},
    {"selector": "td", "props": "white-space: nowrap"},
]
TEXT = [
    {"selector": "th, td", "props": "text-align: left"},
    {"selector": "td", "props": "white-space: normal"},
]


@dataclasses.dataclass(frozen=True, repr=False)
class Table:
    """What ``table`` returns; ``display`` shows it.

    Attributes:
        frame: its cells, as text.
        caption: stands above it.
        right: the columns that are set to the right, those of numbers.
    """

    frame: pandas.DataFrame
    caption: str
    right: tuple[str, ...]

    def __repr__(self) -> str:
        """Lines of at most 90 characters; columns that have no room stand below the others."""
        shown = self.frame.map(lambda cell: textwrap.shorten(cell, LONGEST_CELL, placeholder="..."))
        for name in shown.columns.difference(self.right):
            shown[name] = _left([name, *shown[name]])[1:]
        shown.columns = [c if c in self.right else _left([c, *shown[c]])[0] for c in shown]
        lines = shown.to_string(index=False, line_width=LONGEST_LINE, max_colwidth=None)
        body = "\n".join(line.rstrip().removesuffix("\\").rstrip() for line in lines.split("\n"))
        return f"{textwrap.fill(self.caption, LONGEST_LINE)}\n{body if len(shown) else NO_ROWS}"

    def _repr_html_(self) -> str:
        digest = hashlib.sha256(repr(self).encode()).hexdigest()  # so that output repeats
        caption = html.escape(self.caption if len(self.frame) else f"{self.caption} {NO_ROWS}")
        styler = Styler(self.frame, uuid=digest[:8], caption=caption, cell_ids=False)
        left = {name: TEXT for name in self.frame if name not in self.right}
        styler.set_table_styles(CELLS).set_table_styles(left, overwrite=False)
        styler.format(escape="html").format_index(escape="html", axis="columns")
        return styler.hide(axis="index").to_html()


def table(
    rows: pandas.DataFrame | Sequence[Mapping[str, object]],
    caption: str,
    digits: Mapping[str, int | str] | None = None,
) -> Table:
    """Rows as a table: ``display(table(rows, "Accuracy by method", {"seconds": 0}))``.

    Args:
        rows: a dictionary a row, column to value, or a data frame; the first columns name the row.
            Without rows the table says so, and its columns need not be known.
        caption: one sentence without a full stop: what the table shows, on how many items.
        digits: of a column: decimals, or a format such as ``.1%``, ``+.1f`` or ``,``. Other floats
            have 3 decimals, other whole numbers commas between thousands. None and NaN read ``-``.

    Raises:
        ValueError: ``digits`` names a column that is not there.
    """
    frame = pandas.DataFrame(rows, dtype=object)  # else whole numbers with gaps turn to floats
    digits = digits or {}
    unknown = [name for name in digits if name not in frame.columns]
    if unknown and len(frame.columns):
        raise ValueError(f"the table has the columns {list(frame.columns)}, not {unknown}")
    texts = pandas.DataFrame(
        {name: frame[name].map(_formatter(digits.get(name))) for name in frame.columns},
        columns=frame.columns,
    )
    return Table(texts, caption, tuple(name for name in texts if _has_numbers(texts[name])))


def _has_numbers(column: pandas.Series) -> bool:
    """Do all texts read as numbers, apart from missing ones?"""
    known = [text for text in column if text != MISSING]
    return bool(known) and all(LIKE_A_NUMBER.fullmatch(text) for text in known)


def _formatter(digits: int | str | None) -> Callable[[object], str]:
    """From a value to the text of its cell."""
    given = f".{digits}f" if isinstance(digits, int) else digits

    def text(value: object) -> str:
        if pandas.isna(value):
            return MISSING
        if not isinstance(value, numbers.Number) or isinstance(value, bool):
            return str(value)
        return format(value, given or ("," if isinstance(value, numbers.Integral) else ".3f"))

    return text


def _left(cells: list[str]) -> list[str]:
    """The cells, all as long as the longest, with their text on the left."""
    longest = max(map(len, cells))
    return [cell.ljust(longest) for cell in cells]
