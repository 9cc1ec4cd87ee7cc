"""What a training run shows, in a notebook and elsewhere."""

import types

import IPython.display
import pytest

from course_utils.training import display as training_display
from course_utils.training.display import TrainingDisplay
from course_utils.training.state import History


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self):
        self.now = 100.0

    def perf_counter(self):
        return self.now


class Bar:
    """What is used of a tqdm bar, written down."""

    made = []

    def __init__(self, **settings):
        self.settings, self.updates, self.postfix, self.closed = settings, 0, "", False
        Bar.made.append(self)

    def set_postfix_str(self, text, refresh):
        self.postfix = text

    def update(self):
        self.updates += 1

    def close(self):
        self.closed = True


@pytest.fixture(autouse=True)
def bars(monkeypatch):
    monkeypatch.setattr(Bar, "made", [])
    monkeypatch.setattr(training_display, "tqdm", Bar)
    return Bar.made


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(training_display, "time", clock)
    return clock


@pytest.fixture
def drawn(monkeypatch):
    """In a notebook: the titles' steps of the figures shown, first through a new display."""
    shown = []

    def steps(picture):
        return len(picture.figure.axes[0].get_lines()[0].get_xdata())

    def display(picture, display_id):
        shown.append(("new", steps(picture)))
        update = lambda later: shown.append(("same", steps(later)))  # noqa: E731
        return types.SimpleNamespace(update=update)

    monkeypatch.setattr(training_display, "in_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", display)
    return shown


def take_steps(steps, history, count, clock, seconds=2.0):
    """Show ``count`` more steps of a run."""
    with TrainingDisplay(steps, 2e-3, history) as display:
        for _ in range(count):
            clock.now += seconds
            history.losses.append(1.0 / (1 + len(history.losses)))
            display.step()


def test_plain_lines_tell_step_loss_and_time_left(clock, capsys, bars):
    take_steps(20, History(), 20, clock)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10 and bars == []
    assert lines[0] == "step 2/20  loss 0.500  36 s left"
    assert lines[-1] == "step 20/20  loss 0.050  0 s left"


def test_a_short_run_has_a_line_a_step(clock, capsys):
    take_steps(3, History(), 3, clock)
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_a_resumed_run_counts_on_and_times_its_own_steps(clock, capsys):
    history = History(losses=[1.0] * 10)
    take_steps(20, history, 2, clock, seconds=3.0)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("step 12/20") and line.endswith("24 s left")


def test_a_terminal_gets_a_bar_and_no_lines(clock, capsys, bars, monkeypatch):
    monkeypatch.setattr(training_display.sys.stderr, "isatty", lambda: True)
    history = History(losses=[1.0] * 4)
    take_steps(10, history, 6, clock)
    (bar,) = bars
    assert bar.settings["total"] == 10 and bar.settings["initial"] == 4
    assert bar.updates == 6 and bar.postfix == "loss 0.100" and bar.closed
    assert capsys.readouterr().out == ""


def test_a_notebook_gets_one_plot_that_is_redrawn_now_and_then(clock, capsys, bars, drawn):
    take_steps(10, History(), 9, clock)
    assert drawn == [("new", 1), ("same", 4), ("same", 7), ("same", 9)] and bars[0].closed
    assert capsys.readouterr().out == ""


def test_a_notebook_keeps_no_figure_open(clock, drawn):
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    take_steps(4, History(), 4, clock, seconds=10.0)
    assert len(drawn) == 5 and plt.get_fignums() == before


def test_a_run_that_stops_before_its_first_step_draws_nothing(drawn, bars):
    with TrainingDisplay(10, 2e-3, History()):
        pass
    assert drawn == [] and bars[0].closed


def test_the_plot_names_the_learning_rate_of_its_run(clock, monkeypatch):
    shown = []
    monkeypatch.setattr(training_display, "in_notebook", lambda: True)
    monkeypatch.setattr(
        IPython.display, "display", lambda picture, display_id: shown.append(picture)
    )
    take_steps(4, History(), 1, clock)
    assert shown[0].figure.get_suptitle() == "Loss at the answer, learning rate 0.002"
