"""The explorer of soft tokens: one page that needs no kernel and no network (lesson 4).

The recorded prompts of one start stand side by side, *true labels*, *shuffled labels* and *another
seed*, and a slider moves all of them through their training. What moves is in
``prompt_explorer.html``, ``.css`` and ``.js`` beside this file; the data come from
``recorded.explorer``. Lesson 4, *The soft tokens, seen*.
"""

import dataclasses
import html
import json
from pathlib import Path
from typing import Any

from course_utils.recorded.explorer import Journey, summary
from course_utils.show.tables import Table, table

PARTS = Path(__file__).with_suffix("")  # the three files have this name, and endings of their own
HEIGHT = 860  # pixels of the frame, until the page has measured itself
LABEL = "Explorer of soft tokens: their nearest words through the training"
STARTS = {"labels": "label words", "random": "noise"}


@dataclasses.dataclass(frozen=True, repr=False)
class PromptExplorer:
    """What ``prompt_explorer`` returns; ``display`` shows it in a frame of its own.

    Attributes:
        page: the whole page; written to a file, a browser opens it.
        numbers: the same as a table, for readers whose page runs no scripts.
    """

    page: str
    numbers: Table

    def __repr__(self) -> str:
        return f"Explorer of soft tokens; it needs a browser.\n{self.numbers!r}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        style = f"width: 100%; height: {HEIGHT}px; border: 0; border-radius: 8px"
        page = html.escape(self.page, quote=False).replace('"', "&quot;")
        frame = f'<iframe title="{LABEL}" style="{style}" srcdoc="{page}"></iframe>'
        words = f"<summary>The explorer in numbers</summary>{self.numbers._repr_html_()}"
        return {"text/html": f"{frame}<details>{words}</details>", "text/plain": repr(self)}


def prompt_explorer(report: dict[str, Any]) -> PromptExplorer:
    """The explorer of the recorded soft prompts.

    Args:
        report: ``recorded.explorer.recorded_explorer()``.
    """
    numbers = summary_table(report)
    settings = report["settings"]
    devices = " and ".join(dict.fromkeys(name.split(",")[0] for name in report["devices"]))
    source = (
        f"Recorded: {settings['task']}, {settings['length']} tokens, learning rate "
        f"{settings['learning_rate']:g}; validation on {settings['items']} reviews. "
        f"{devices}, {report['date']}."
    )
    shown = {key: report[key] for key in ("vocabulary", "chance", "prompts")} | {"source": source}
    data = json.dumps(shown, separators=(",", ":")).replace("<", "\\u003c")  # no tag can end it
    parts = {
        "style": PARTS.with_suffix(".css").read_text(encoding="utf-8"),
        "script": PARTS.with_suffix(".js").read_text(encoding="utf-8"),
        "table": numbers._repr_html_(),
        "data": data,
    }
    page = PARTS.with_suffix(".html").read_text(encoding="utf-8")
    for name, text in parts.items():
        page = page.replace("{{" + name + "}}", text)
    return PromptExplorer(page, numbers)


def summary_table(report: dict[str, Any]) -> Table:
    """A row for each recorded prompt: where it began, and what it had become at the end."""
    rows = [_row(journey) for journey in summary(report)]
    steps = report["prompts"][0]["steps"]
    caption = f"Soft prompts at the start and after {steps[-1]} steps, means over their tokens"
    return table(rows, caption)


def _row(journey: Journey) -> dict[str, str]:
    return {
        "began as": STARTS[journey.start],
        "labels": "shuffled" if journey.shuffled else "true",
        "seed": str(journey.seed),
        "accuracy": _pair(journey.accuracies, 3),
        "loss": _pair(journey.losses, 2),
        "same word": f"{journey.kept} of {journey.tokens}",
        "cosine": _pair(journey.cosines, 2),
        "length": _pair(journey.lengths, 2),
    }


def _pair(values: tuple[float, float], digits: int) -> str:
    return " \u2192 ".join(f"{value:.{digits}f}" for value in values)
