"""What a training run shows: bar and live plot in a notebook, plain lines elsewhere.

Lessons 2 to 5, where they train. matplotlib and IPython are imported when a plot is drawn: a study
on a server has neither.
"""

import sys
import time
from typing import TYPE_CHECKING

from tqdm.auto import tqdm

from course_utils.settings import in_notebook
from course_utils.training.state import History

if TYPE_CHECKING:
    from IPython.display import DisplayHandle

REDRAW_SECONDS = 5.0


class TrainingDisplay:
    """Context manager that shows progress with loss and time left.

    Args:
        steps: length of the whole run.
        learning_rate: of the run; it tells its figure from those of other runs.
        history: of the run; the steps that it holds already were done before an interruption.
    """

    def __init__(self, steps: int, learning_rate: float, history: History):
        self._steps, self._history, self._done = steps, history, len(history.losses)
        self._title = f"Loss at the answer, learning rate {learning_rate:g}"
        self._notebook = in_notebook()
        self._bar: tqdm | None = None
        self._handle: DisplayHandle | None = None
        self._drawn = 0.0

    def __enter__(self) -> "TrainingDisplay":
        if self._notebook or sys.stderr.isatty():
            self._bar = tqdm(total=self._steps, initial=self._done, desc="training", unit="step")
        self._start = time.perf_counter()
        return self

    def __exit__(self, *exception: object) -> None:
        """Draw the last state and end the bar."""
        if self._bar is not None:
            self._bar.close()
        if self._notebook and self._history.losses:
            self._draw()

    def step(self) -> None:
        """Show the newest step of the history."""
        step, loss = len(self._history.losses), self._history.losses[-1]
        if self._bar is not None:
            self._bar.set_postfix_str(f"loss {loss:.3f}", refresh=False)
            self._bar.update()
        elif step % max(1, self._steps // 10) == 0:
            seconds = (time.perf_counter() - self._start) / (step - self._done)
            left = seconds * (self._steps - step)
            print(f"step {step}/{self._steps}  loss {loss:.3f}  {left:.0f} s left", flush=True)
        if self._notebook and time.perf_counter() - self._drawn > REDRAW_SECONDS:
            self._draw()

    def _draw(self) -> None:
        from IPython.display import display

        from course_utils.show.figures import loss_figure
        from course_utils.show.style import Picture

        history = self._history
        figure = loss_figure(history.losses, history.validations, self._steps, self._title)
        picture = Picture(figure)
        if self._handle is None:
            self._handle = display(picture, display_id=True)
        else:
            self._handle.update(picture)
        self._drawn = time.perf_counter()
