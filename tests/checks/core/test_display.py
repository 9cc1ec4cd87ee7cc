"""HTML in Jupyter, plain text elsewhere; readable in both themes."""

import re
import sys
import types

import pytest

from course_utils.checks.core import display
from course_utils.checks.core.outcome import FAILED, PASSED, STATES, Outcome

OUTCOME = Outcome("twice", FAILED, (("Got", "<b>&'3'"), ("Likely mistake", "a\nb")))


@pytest.fixture
def jupyter(monkeypatch):
    shown = []
    shell = types.SimpleNamespace(kernel=object())
    module = types.SimpleNamespace(
        get_ipython=lambda: shell, display=types.SimpleNamespace(display=shown.append)
    )
    monkeypatch.setitem(sys.modules, "IPython", module)
    return shown


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: None))


def test_plain_text_outside_jupyter(terminal, capsys):
    display.show_outcome(OUTCOME)
    assert capsys.readouterr().out == (
        "twice: failed\n  Got:            <b>&'3'\n  Likely mistake: a\nb\n"
    )


def test_jupyter_gets_html_and_text(jupyter, capsys):
    display.show_outcome(OUTCOME)
    (message,) = jupyter
    assert capsys.readouterr().out == ""
    assert "&lt;b&gt;&amp;&#x27;3&#x27;" in message._repr_html_()
    assert "<b>&'3'" not in message._repr_html_()
    assert repr(message) == OUTCOME.text


def test_what_the_learner_wrote_is_escaped_everywhere(jupyter):
    display.show_hint("<i>", "<script>")
    display.show_note("<script>")
    display.show_progress("<script>", [("<i>", PASSED, 1)])
    for message in jupyter:
        assert "<script>" not in message.html and "<i>" not in message.html


@pytest.mark.parametrize("state", STATES)
def test_state_is_told_by_word_and_sign_not_by_colour_alone(jupyter, state):
    display.show_outcome(Outcome("twice", state))
    assert state in jupyter[0].html and display.SIGNS[state] in jupyter[0].html
    assert len({display.SIGNS[s] for s in STATES}) == len({display.COLOURS[s] for s in STATES}) == 4


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear))


@pytest.mark.parametrize("colour", [*display.COLOURS.values(), display.HINT_COLOUR])
def test_white_words_stand_out_from_every_colour(colour):
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5  # WCAG 2.1, level AA


def test_text_keeps_the_colour_of_the_theme(jupyter):
    display.show_outcome(OUTCOME)
    outside_badge = re.sub(r"<span.*?</span>", "", jupyter[0].html)
    assert not re.search(r"(?<![-\w])color:", outside_badge)
    assert re.search(r"background:#[0-9a-f]{8};", outside_badge)  # with an alpha part
