"""An answer that does not come back, or prints without end, does not hold up the session."""

import signal
import sys
import threading
import time

import pytest

from course_utils.checks.core import limits
from course_utils.checks.core.limits import StillRunning, first_lines, time_limit


def spin():
    while True:
        pass


def swallows():
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            continue


def swallows_all_but_twice():
    caught = 0
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            caught += 1
            if caught == 2:
                raise


def sleeps():
    time.sleep(60)


def ended(block, seconds=0.2):
    """The seconds after which a block was ended."""
    start = time.perf_counter()
    with pytest.raises(StillRunning), time_limit(seconds):
        block()
    return time.perf_counter() - start


def in_a_thread(function):
    """Run a function in a thread, where no alarm can be set; give its value back."""
    got = []
    thread = threading.Thread(target=lambda: got.append(function()))
    thread.start()
    thread.join(20)
    return got[0]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no alarm")
@pytest.mark.parametrize("block", [spin, swallows, sleeps])
def test_an_alarm_ends_a_block(block):
    before = signal.getsignal(signal.SIGALRM)
    assert 0.15 < ended(block) < 5
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


@pytest.mark.parametrize("block", [spin, swallows])
def test_a_watchdog_ends_it_elsewhere(block):
    assert 0.15 < in_a_thread(lambda: ended(block)) < 5


@pytest.mark.parametrize("where", [lambda f: f(), in_a_thread])
def test_who_swallows_the_end_gets_another(where):
    assert 1.0 < where(lambda: ended(swallows_all_but_twice)) < 8


@pytest.mark.parametrize("where", [lambda f: f(), in_a_thread])
def test_a_block_that_ends_in_time_is_left_alone(where):
    def quick():
        with time_limit(0.05):
            value = 3
        time.sleep(0.15)
        return value

    assert where(quick) == 3


def test_a_few_lines_are_printed_as_they_are(capsys):
    with first_lines():
        print("one\ntwo")
        print("three", file=sys.stderr)
    assert capsys.readouterr() == ("one\ntwo\n", "three\n")


def test_of_a_flood_the_first_lines_are_printed(capsys):
    with first_lines(3):
        for number in range(1000):
            print(number)
    out = capsys.readouterr().out
    assert out.startswith("0\n1\n2\n\n(Your code printed much: ")
    assert "3,884 more characters" in out  # 3,890 in all, less three lines


def test_a_long_line_is_cut_too(capsys):
    with first_lines():
        print("x" * 10**6)
    assert len(capsys.readouterr().out) < limits.CHARACTERS + 100


def test_nothing_is_printed_where_nothing_is_wanted(capsys):
    with first_lines(0):
        print("one")
    assert capsys.readouterr().out == ""
