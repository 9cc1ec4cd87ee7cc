"""A workbench for a trained soft prompt: change single tokens, and see the answer follow.

Lesson 4, *The workbench*. It needs a running kernel and the model; ``show.prompt_explorer`` is
the figure that needs neither.
"""

import asyncio
import html
from collections.abc import Callable
from typing import Any

import ipywidgets
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.analysis.neighbours import nearest
from course_utils.analysis.prompt_edits import (
    Action,
    Edit,
    Effect,
    edit_effect,
    edited_prompt,
    word_id,
)
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError
from course_utils.show.explorer import LABELS, Explorer

REVIEW = "The plot is thin, but I was never bored."
PAUSE = 0.4  # seconds without a key before the model is asked
BAR = 'style="display: inline-block; height: 0.8em; width: {:.0f}px; background: #0072B2"'
BAR_WIDTH = 200  # pixels of the probability 1
MARKS = {Action.DROP: "\u2715", Action.RESET: "\u21ba", Action.WORD: "\u270e"}


class Workbench(Explorer):
    """The tokens as buttons, what to do with the chosen one, a review, and the answer to it."""

    def __init__(
        self,
        names: list[str],
        effect_of: Callable[[dict[int, Edit], str], Effect],
        name_of: Callable[[str], str],
    ):
        """Args are ``token_workbench``'s: names of the tokens, and the two things it looks up."""
        self._names, self._effect_of, self._name_of = names, effect_of, name_of
        self._edits: dict[int, Edit] = {}
        self._chosen = 0
        self._later = after_a_pause(self._answer)
        self._tokens = [ipywidgets.Button(layout={"width": "auto"}) for _ in names]
        for token, button in enumerate(self._tokens):
            button.on_click(lambda _, token=token: self._choose(token))
        self._action = ipywidgets.ToggleButtons(options=[(a.value, a) for a in Action])
        self._action.style.button_width = "9.5em"
        self._word = ipywidgets.Text("good", description="word")
        self._review = ipywidgets.Textarea(
            REVIEW, description="review", layout={"width": "95%", "height": "4em"}
        )
        for field in (self._word, self._review):
            field.style.description_width = LABELS
        self._all = ipywidgets.Button(description="all as trained", layout={"width": "9.5em"})
        self._shown = ipywidgets.HTML()
        grid = ipywidgets.GridBox(
            self._tokens, layout={"grid_template_columns": "repeat(5, 1fr)", "width": "95%"}
        )
        row = ipywidgets.HBox([self._word, self._all])
        super().__init__([grid, self._action, row, self._review, self._shown])
        self._action.observe(self._edit, "value")
        self._word.observe(self._edit, "value")
        self._review.observe(lambda _: self._later(), "value")
        self._all.on_click(lambda _: self._undo())
        self._label()
        self._answer()

    def __repr__(self) -> str:
        return "Run this cell to use the workbench; it asks the model, so it needs a kernel."

    def _choose(self, token: int) -> None:
        self._chosen = token
        edit = self._edits.get(token, Edit())
        if edit.action is Action.WORD:
            self._word.value = edit.word
        self._action.value = edit.action
        self._label()

    def _edit(self, _: Any) -> None:
        self._edits[self._chosen] = Edit(self._action.value, self._word.value)
        self._label()
        self._later()

    def _undo(self) -> None:
        self._edits.clear()
        self._choose(self._chosen)
        self._later()

    def _label(self) -> None:
        """Each button says its number, its nearest word, and what was done with it."""
        for token, (button, name) in enumerate(zip(self._tokens, self._names)):
            edit = self._edits.get(token, Edit())
            if edit.action is Action.WORD:
                name = self._name_of(edit.word)
            mark = MARKS.get(edit.action, "")
            button.description = f"{token} {name} {mark}".rstrip()
            button.tooltip = f"token {token}: {edit.action.value}"
            chosen = token == self._chosen
            button.button_style = "primary" if chosen else "warning" if mark else ""

    def _answer(self) -> None:
        try:
            self._shown.value = describe_effect(self._effect_of(self._edits, self._review.value))
        except CourseError as error:
            self._shown.value = f'<div role="alert">{html.escape(str(error))}</div>'


def token_workbench(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompt: Prompt,
    vectors: torch.Tensor,
    start: torch.Tensor,
    table: torch.Tensor,
) -> Workbench:
    """Drop, reset or replace tokens of a soft prompt; the answer to a typed review follows.

    Args:
        model: asked with soft prompts of its own; the one that it has stays.
        vectors, start: (length, d_model), the trained prompt and where it began.
        table: (vocabulary, d_model), the embeddings of the words.

    Raises:
        CourseError: ``start`` has another shape than ``vectors``; or see ``nearest``.
    """
    edited_prompt(vectors, start, {}, table, tokenizer)  # refuses what does not fit

    def effect_of(edits: dict[int, Edit], text: str) -> Effect:
        edited = edited_prompt(vectors, start, edits, table, tokenizer)
        return edit_effect(model, tokenizer, prompt, vectors, edited, text)

    def name_of(word: str) -> str:
        try:
            return tokenizer.decode([word_id(tokenizer, word)]).strip()
        except CourseError:
            return "?"

    ids = nearest(vectors, table, "cosine", 1)[:, 0].tolist()
    return Workbench([tokenizer.decode([i]).strip() for i in ids], effect_of, name_of)


def describe_effect(effect: Effect) -> str:
    """The three probabilities as lines with bars, and what the edit changed, in HTML."""
    lines = {
        "no soft prompt": effect.without,
        "as trained": effect.before,
        "edited": effect.after,
    }
    rows = [
        f'<tr style="line-height: 1.5"><td>{name}</td><td style="padding: 0 1em">{share:.3f}</td>'
        f"<td><span {BAR.format(BAR_WIDTH * share)}></span></td></tr>"
        for name, share in lines.items()
    ]
    label = html.escape(effect.label.strip())
    verdict = f"Change: {effect.points:+.1f} points."
    caption = f"Probability of <b>{label}</b>, among the label words"
    return f"{caption}<table>{''.join(rows)}</table><b>{verdict}</b>"


def after_a_pause(act: Callable[[], None], seconds: float = PAUSE) -> Callable[[], None]:
    """``act``, but only once it has not been asked for a while: typing shall not wait for it.

    Where no event loop runs (a script, a test), it acts at once.
    """
    waiting: asyncio.TimerHandle | None = None

    def ask() -> None:
        nonlocal waiting
        if waiting is not None:
            waiting.cancel()
        try:
            waiting = asyncio.get_running_loop().call_later(seconds, act)
        except RuntimeError:
            act()

    return ask
