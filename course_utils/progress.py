"""What a training run shows: bar and live plot in a notebook, plain lines elsewhere."""

import sys
import time

from tqdm.auto import tqdm

from course_utils.notebook import in_notebook
from course_utils.plots import loss_figure

REDRAW_SECONDS = 5.0


class TrainingDisplay:
    """Progress with loss and time left.

    Args:
        steps: length of the whole run.
        done: steps that an earlier, interrupted run has done.
    """

    def __init__(self, steps: int, done: int = 0):
        self._notebook = in_notebook()
        self._bar = None
        if self._notebook or sys.stderr.isatty():
            self._bar = tqdm(total=steps, initial=done, desc="training", unit="step")
        self._steps, self._done, self._start = steps, done, time.perf_counter()
        self._handle, self._drawn = None, 0.0

    def step(self, history) -> None:
        """Show the newest step of ``history`` (a ``training.History``)."""
        step, loss = len(history.losses), history.losses[-1]
        if self._bar is not None:
            self._bar.set_postfix_str(f"loss {loss:.3f}", refresh=False)
            self._bar.update()
        elif step % max(1, self._steps // 10) == 0:
            seconds = (time.perf_counter() - self._start) / (step - self._done)
            left = seconds * (self._steps - step)
            print(f"step {step}/{self._steps}  loss {loss:.3f}  {left:.0f} s left", flush=True)
        if self._notebook and time.perf_counter() - self._drawn > REDRAW_SECONDS:
            self._draw(history)

    def close(self, history) -> None:
        """Draw the last state and end the bar."""
        if self._bar is not None:
            self._bar.close()
        if self._notebook and history.losses:
            self._draw(history)

    def _draw(self, history) -> None:
        import matplotlib.pyplot as plt
        from IPython.display import display

        figure = loss_figure(history, self._steps)
        if self._handle is None:
            self._handle = display(figure, display_id=True)
        else:
            self._handle.update(figure)
        plt.close(figure)
        self._drawn = time.perf_counter()
