"""Show outcomes, hints and progress: HTML in Jupyter, plain text elsewhere.

A state is told by a word, a sign and a colour, never by colour alone. The word is white on a dark
ground of its own; everything else keeps the notebook's text colour on a nearly transparent tint,
so both read well in a light and in a dark theme.
"""

import dataclasses
import html
import sys

from course_utils.checks.core.outcome import FAILED, NOT_ATTEMPTED, PASSED, RAISED, Outcome
from course_utils.settings import in_notebook

COLOURS = {PASSED: "#1a7f37", FAILED: "#b3261e", RAISED: "#8a4b00", NOT_ATTEMPTED: "#57606a"}
SIGNS = {PASSED: "\u2713", FAILED: "\u2717", RAISED: "!", NOT_ATTEMPTED: "\u2013"}
HINT_COLOUR = "#0550ae"


@dataclasses.dataclass(frozen=True)
class Message:
    """Something to display, in both forms."""

    text: str
    html: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def show(message: Message) -> None:
    """Display a message in the cell's output, or print it."""
    if in_notebook():
        sys.modules["IPython"].display.display(message)
    else:
        print(message.text)


def show_outcome(outcome: Outcome) -> None:
    """Show what a check says."""
    rows = "".join(
        f'<div style="white-space:pre-wrap"><b>{html.escape(heading)}:</b> '
        f"{html.escape(text)}</div>"
        for heading, text in outcome.lines
    )
    head = f"{badge(outcome.state)} <b>{html.escape(outcome.exercise)}</b>"
    show(Message(outcome.text, box(COLOURS[outcome.state], head + rows)))


def show_hint(exercise: str, text: str) -> None:
    """Show a hint."""
    body = f"<b>{html.escape(exercise)}</b>, {html.escape(text)}"
    show(Message(f"{exercise}, {text}", box(HINT_COLOUR, body)))


def show_note(text: str) -> None:
    """Show a note that concerns no exercise."""
    show(Message(text, box(COLOURS[NOT_ATTEMPTED], html.escape(text))))


def show_progress(title: str, rows: list[tuple[str, str, int]]) -> None:
    """Show a list of exercises.

    Args:
        title: a line above the list.
        rows: name, state and number of tries of each exercise.
    """
    width = max(len(name) for name, _, _ in rows)
    text = [f"  {name:<{width}}  {state}{tries_text(tries)}" for name, state, tries in rows]
    items = "".join(
        f'<div style="margin-top:4px">{badge(state)} {html.escape(name)}{tries_text(tries)}</div>'
        for name, state, tries in rows
    )
    body = f"<b>{html.escape(title)}</b>{items}"
    show(Message("\n".join([title, *text]), box(HINT_COLOUR, body)))


def tries_text(tries: int) -> str:
    """``, 2 tries``; nothing where there was none."""
    return f", {tries} {'try' if tries == 1 else 'tries'}" if tries else ""


def badge(state: str) -> str:
    """HTML of a state: its sign and its word on its colour."""
    return (
        f'<span style="background:{COLOURS[state]};color:#fff;border-radius:3px;'
        f'padding:1px 6px;font-weight:600">{SIGNS[state]} {state}</span>'
    )


def box(colour: str, body: str) -> str:
    """HTML of a box with a coloured edge and a faint tint of the same colour."""
    return (
        f'<div role="status" style="border-left:4px solid {colour};background:{colour}14;'
        f'padding:6px 10px;line-height:1.5">{body}</div>'
    )
